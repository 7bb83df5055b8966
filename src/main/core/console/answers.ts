import { limits } from '../../../shared/limits.ts'
import type { BodySlice } from '../../../shared/model/console.ts'

/** Bodies of the last answers, whole, for as long as there is room. The oldest goes first. */
export interface Answers {
  keep(callId: number, text: string): void
  /** The part that begins at `from`; null when the answer is not kept any more. */
  read(callId: number, from: number): BodySlice | null
}

/** Keeps nothing yet. */
export function createAnswers(): Answers {
  const texts = new Map<number, string>()
  let chars = 0

  return {
    keep(callId, text) {
      texts.set(callId, text)
      chars += text.length
      for (const [oldest, dropped] of texts) {
        const fits = texts.size <= limits.consoleAnswersKept && chars <= limits.consoleAnswerCharsMax
        if (fits || oldest === callId) return
        texts.delete(oldest)
        chars -= dropped.length
      }
    },
    read(callId, from) {
      const text = texts.get(callId)
      if (text === undefined) return null
      const end = from + limits.consoleSliceCharsMax
      return { text: text.slice(from, end), next: end < text.length ? end : null }
    },
  }
}
