import { honestHeaders } from './honest-headers.ts'
import { lyingHeaders } from './lying-headers.ts'
import type { Dialect, HeaderPair, RateMoment } from './rate-moment.ts'

const dialects = { ...honestHeaders, ...lyingHeaders }

/** A family of rate-limit headers; the real service documents none. API reference, section 3. */
export type HeaderDialect = keyof typeof dialects

/** All families, those that tell the truth first. */
export const headerDialects = Object.keys(dialects) as readonly HeaderDialect[]

/** One line for people about what answers carry. */
export function describeDialect(dialect: HeaderDialect): string {
  return dialects[dialect].about
}

/** Rate-limit headers of one answer. */
export function formatRateHeaders(dialect: HeaderDialect, moment: RateMoment): readonly HeaderPair[] {
  const { format }: Dialect = dialects[dialect]
  return format(moment)
}
