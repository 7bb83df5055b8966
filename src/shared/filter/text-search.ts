import type { CallDetail, CallSummary } from '../model/call.ts'

/** What is known of a call when a filter looks at it: its row alone, or all of it. */
export interface FilterSubject {
  readonly summary: CallSummary
  readonly detail: Pick<CallDetail, 'attempts' | 'requestBody' | 'responseBody'> | null
}

const wordCharacter = /[\p{L}\p{N}]/u
const words = /[\p{L}\p{N}]+/gu
const wordCharsMax = 40

/** Text without regard to case. */
export function foldText(text: string): string {
  return text.toLowerCase()
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Texts of a call's row that free text is looked for in. */
export function listRowTexts({ method, path, operation, status, outcome }: CallSummary): readonly string[] {
  const decoded = decodePath(path)
  const lines = [`${method} ${path}`, operation, `${status ?? ''}`, outcome]
  return decoded === path ? lines : [...lines, `${method} ${decoded}`]
}

/** Texts of a call beyond its row: bodies, and why no answer came. */
export function listDetailTexts({ attempts, requestBody, responseBody }: NonNullable<FilterSubject['detail']>) {
  const faults = attempts.flatMap(({ networkFault }) => networkFault ?? [])
  return [requestBody?.text ?? '', responseBody?.text ?? '', ...faults]
}

/** True where `needle`, which is folded, begins a word of the text, or begins with no letter and is anywhere in it. */
export function holdsText(text: string, needle: string): boolean {
  if (needle === '') return true
  const folded = foldText(text)
  const beginsWord = wordCharacter.test(String.fromCodePoint(needle.codePointAt(0) ?? 0))
  for (let at = folded.indexOf(needle); at >= 0; at = folded.indexOf(needle, at + 1)) {
    if (!beginsWord || at === 0) return true
    const low = folded.charCodeAt(at - 1)
    const isPair = low >= 0xdc00 && low <= 0xdfff && at > 1
    if (!wordCharacter.test(folded.slice(isPair ? at - 2 : at - 1, at))) return true
  }
  return false
}

/** Words of a text as an index keeps them: folded, at most 40 characters of each. */
export function listWords(text: string): readonly string[] {
  return (
    foldText(text)
      .match(words)
      ?.map((word) => word.slice(0, wordCharsMax)) ?? []
  )
}

/** A word that every text with the needle holds: whole, or as the beginning of one. */
export interface NeededWord {
  readonly word: string
  readonly whole: boolean
}

/** Words that a text must hold to hold the needle, which is folded. */
export function listNeededWords(needle: string): readonly NeededWord[] {
  return [...needle.matchAll(words)].map((match) => {
    const [word] = match
    return { word: word.slice(0, wordCharsMax), whole: match.index + word.length < needle.length }
  })
}
