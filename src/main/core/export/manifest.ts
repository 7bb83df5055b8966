import type { Header } from '../../../shared/model/call.ts'
import type { ExportManifest } from '../../../shared/model/export.ts'
import { isSecretName, redacted, redactKeys, redactText } from '../log/redaction.ts'

/** Takes out of an export what may not leave the app, and counts it. */
export interface Sanitizer {
  /** Paths, addresses and other short texts: without keys and tokens. */
  cleanText(text: string): string
  /** Bodies: without keys. */
  cleanBody(text: string): string
  /** Headers without those that are secret by their name, and without keys in the others. */
  cleanHeaders(headers: readonly Header[]): Header[]
  count(what: keyof ExportManifest, by?: number): void
  /** What was counted until now. */
  manifest(): ExportManifest
}

function countMarks(text: string): number {
  let count = 0
  for (let at = text.indexOf(redacted); at >= 0; at = text.indexOf(redacted, at + redacted.length)) count += 1
  return count
}

/**
 * Builds a sanitizer for one export. The log is redacted already: this is the second look before a
 * file that people hand on, and the count of what both found.
 */
export function createSanitizer(): Sanitizer {
  const counts: ExportManifest = {
    calls: 0,
    attempts: 0,
    callsWithoutAttempt: 0,
    headersRemoved: 0,
    keysRemoved: 0,
    bodiesLeftOut: 0,
    bodiesCut: 0,
    fieldsGuarded: 0,
  }

  function clean(text: string, redact: (text: string) => string): string {
    const cleaned = redact(text)
    counts.keysRemoved += countMarks(cleaned)
    return cleaned
  }
  const cleanText = (text: string) => clean(text, redactText)

  return {
    cleanText,
    cleanBody: (text) => clean(text, redactKeys),
    cleanHeaders(headers) {
      const kept = headers.filter(([name]) => !isSecretName(name))
      counts.headersRemoved += headers.length - kept.length
      return kept.map(([name, value]) => [cleanText(name), cleanText(value)])
    },
    count(what, by = 1) {
      counts[what] += by
    },
    manifest: () => ({ ...counts }),
  }
}
