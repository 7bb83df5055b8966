import type { Header } from '../../../shared/model/call.ts'

const httpDate =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT)$/

/** Epoch ms of an HTTP date, or null for any other text. */
export function parseHttpDate(text: string): number | null {
  if (!httpDate.test(text)) return null
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : atMs
}

/** Longest wait that is believed: beyond it a header is taken for malformed. */
export const believedMsMax = 31 * 86_400_000

/** The longest of what can be believed; null when nothing can. */
function believe(waits: readonly number[]): number | null {
  const believed = waits.filter((ms) => ms <= believedMsMax)
  return believed.length === 0 ? null : Math.max(...believed)
}

function readWaitMs(value: string, answeredAtMs: number): number | null {
  // A date holds a comma itself; of a list of numbers the longest counts, which is never too early.
  if (/^\d{1,12}(?:\.\d{1,9})?(?:\s{0,8},\s{0,8}\d{1,12}(?:\.\d{1,9})?){0,20}$/.test(value)) {
    return believe(value.split(',').map((part) => Math.ceil(Number(part)) * 1000))
  }
  const atMs = parseHttpDate(value)
  return atMs === null ? null : believe([Math.max(0, atMs - answeredAtMs)])
}

/** The longest wait of all `Retry-After` lines that can be believed, and the line. */
export function readRetryAfter(
  headers: readonly Header[],
  nowMs: number,
): { readonly ms: number; readonly value: string } | null {
  const valuesOf = (name: string) => headers.filter(([candidate]) => candidate.toLowerCase() === name)
  const lines = valuesOf('retry-after')
  if (lines.length === 0) return null
  const date = valuesOf('date')[0]?.[1].trim()
  const answeredAtMs = (date === undefined ? null : parseHttpDate(date)) ?? nowMs
  let longest: { readonly ms: number; readonly value: string } | null = null
  for (const [, value] of lines) {
    const ms = readWaitMs(value.trim(), answeredAtMs)
    if (ms !== null && ms > (longest?.ms ?? -1)) longest = { ms, value }
  }
  return longest
}

/**
 * The wait that an answer asks for: seconds, or an HTTP date measured against the answer's own
 * `Date`, so that a wrong clock here does no harm. Null when there is none or it is malformed; the
 * longest of several. Rates and probes, rule 1.
 */
export function readRetryAfterMs(headers: readonly Header[], nowMs: number): number | null {
  return readRetryAfter(headers, nowMs)?.ms ?? null
}
