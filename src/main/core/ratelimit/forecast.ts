/** What a forecast is made from. */
export interface ForecastInput {
  /** Requests per slice of the window, oldest first. */
  readonly bins: readonly number[]
  readonly windowMs: number
  readonly used: number
  readonly limit: number
}

/** Share of the newest slice in the level, and of the newest step in the trend. */
const levelWeight = 0.05
const trendWeight = 0.1
/** Slices that the level settles over before a trend is read from it. */
const settlingSlices = 16
/** Requests that tell enough of a rate; of a small limit a quarter does. */
const tellingRequests = 20

/** Requests per slice now, and how much that grows from one slice to the next. */
interface Rate {
  readonly level: number
  readonly trend: number
}

/**
 * Exponentially weighted rate of the slices since the traffic began, with its trend (Holt's
 * method): a plain average lags behind a rate that grows.
 */
function smoothRate(bins: readonly number[]): Rate {
  const first = bins.findIndex((count) => count > 0)
  if (first < 0) return { level: 0, trend: 0 }
  let level = 0
  let trend = 0
  let seen = 0
  let sum = 0
  // The slice in which the traffic began is only partly full.
  for (const count of bins.slice(first + 1)) {
    seen += 1
    sum += count
    // The first slices are averaged, so that the start does not depend on one of them.
    const weight = Math.max(levelWeight, 1 / seen)
    const before = level
    level = seen === 1 ? count : weight * count + (1 - weight) * (level + trend)
    if (seen > settlingSlices) trend = trendWeight * (level - before) + (1 - trendWeight) * trend
  }
  return seen === 0 ? { level: bins[first] ?? sum, trend: 0 } : { level, trend }
}

/**
 * Ms until the window is full if the traffic goes on as it does, with the requests that leave
 * meanwhile taken off. Null when it does not fill within the length of the window, is full already,
 * or too little was sent to tell.
 */
export function forecastFullInMs({ bins, windowMs, used, limit }: ForecastInput): number | null {
  if (used >= limit || bins.length === 0) return null
  const sent = bins.reduce((sum, count) => sum + count, 0)
  if (sent < Math.max(3, Math.min(tellingRequests, limit / 4))) return null
  const { level, trend } = smoothRate(bins)
  const sliceMs = windowMs / bins.length
  let expected = used
  for (const [index, leaving] of bins.entries()) {
    const arriving = Math.max(0, level + trend * (index + 1))
    const next = expected + arriving - leaving
    if (next >= limit) return (index + (limit - expected) / Math.max(1e-9, next - expected)) * sliceMs
    expected = next
  }
  return null
}
