import type { AppError } from '../../../shared/error.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'

/** Blanks and control characters become one space each run; none at the ends. */
function cleanText(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

/** Reads a name or label that a person typed: one line, not empty, not too long, no key in it. */
export function readPlainText(text: string, field: string, charsMax: number): Result<string> {
  const clean = cleanText(text)
  if (holdsSecret(clean)) return fail<AppError>({ kind: 'KEY_IN_TEXT', field })
  if (clean === '' || clean.length > charsMax) return fail<AppError>({ kind: 'BAD_REQUEST', field })
  return succeed(clean)
}

/** True for two texts that a person would take for the same. */
export function isSameText(a: string, b: string): boolean {
  const fold = (text: string) => text.normalize('NFKC').toLowerCase()
  return fold(a) === fold(b)
}
