/** One number of a bench with what it should be. */
export interface Figure {
  readonly value: number | boolean
  readonly unit: string
  readonly target: string
  readonly ok: boolean
}

/** What a bench found. */
export interface Report {
  readonly bench: string
  readonly figures: Readonly<Record<string, Figure>>
  /** What it was compared with, in the same run. */
  readonly baseline: string
  readonly runtime: string
  readonly runs: number
}

/** The value below which the share `part` (0 to 1) of the values lies, by linear interpolation. NaN for no values. */
export function findQuantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place - Math.floor(place))
}

/** Median of the values. */
export function findMedian(values: readonly number[]): number {
  return findQuantile(values, 0.5)
}

const comparisons = {
  '<=': (value: number, limit: number) => value <= limit,
  '>=': (value: number, limit: number) => value >= limit,
  '=': (value: number, limit: number) => value === limit,
} as const

/** A figure with its target, such as `['<=', 1.6]`. Judged on the value as it is printed: three decimals. */
export function judge(value: number, unit: string, target: readonly [keyof typeof comparisons, number]): Figure {
  const [comparison, limit] = target
  const rounded = Math.round(value * 1000) / 1000
  return { value: rounded, unit, target: `${comparison}${limit}`, ok: comparisons[comparison](rounded, limit) }
}

/** A table of texts in aligned columns; the first row is its head. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n')
}

/** Rows of a table that describe samples in ms: count, median, p95, least and most. */
export function describeSamples(samples: Readonly<Record<string, readonly number[]>>, unit: string): string {
  const number = (value: number) => value.toFixed(2)
  return formatTable([
    [unit, 'runs', 'median', 'p95', 'least', 'most'],
    ...Object.entries(samples).map(([name, values]) => [
      name,
      String(values.length),
      number(findMedian(values)),
      number(findQuantile(values, 0.95)),
      number(Math.min(...values)),
      number(Math.max(...values)),
    ]),
  ])
}

/** The report for people, and as its last line one JSON object for programs. */
export function formatReport(report: Report): string {
  const rows = Object.entries(report.figures).map(([name, { value, unit, target, ok }]) => [
    name,
    String(value),
    unit,
    target,
    ok ? 'met' : 'MISSED',
  ])
  return `${formatTable([['figure', 'value', 'unit', 'target', ''], ...rows])}\n${JSON.stringify(report)}`
}
