import type { Span } from './filter.ts'

/** A value between commas, with its quotes left out. `closed` is false for a quote without its end. */
export interface LexedPart extends Span {
  readonly text: string
  readonly quoted: boolean
  readonly closed: boolean
}

/** A piece of a filter text. Pieces never overlap; what lies between them is white space. */
export type Lexeme = Span &
  (
    | { readonly kind: 'open' | 'close' | 'minus' | 'not' | 'or' | 'and' }
    /** Free text, or a quoted one. */
    | { readonly kind: 'text'; readonly part: LexedPart }
    /** `name` as written before the colon, which is at `nameTo`. */
    | { readonly kind: 'term'; readonly name: string; readonly nameTo: number; readonly parts: readonly LexedPart[] }
  )

const isSpace = (character: string | undefined) => character !== undefined && /\s/.test(character)
const endsWord = (character: string | undefined) =>
  character === undefined || isSpace(character) || character === '(' || character === ')' || character === '"'

/** Reads a quoted text that begins at `from`. A backslash takes the next quote or backslash as it is. */
function readQuoted(source: string, from: number): LexedPart {
  let text = ''
  let at = from + 1
  while (at < source.length && source[at] !== '"') {
    if (source[at] === '\\' && (source[at + 1] === '"' || source[at + 1] === '\\')) at += 1
    text += source[at]
    at += 1
  }
  const closed = at < source.length
  return { text, quoted: true, closed, from, to: closed ? at + 1 : at }
}

function readBare(source: string, from: number, endsAtComma: boolean): LexedPart {
  let at = from
  while (!endsWord(source[at]) && !(endsAtComma && source[at] === ',')) at += 1
  return { text: source.slice(from, at), quoted: false, closed: true, from, to: at }
}

function readParts(source: string, from: number): readonly LexedPart[] {
  const parts: LexedPart[] = []
  let at = from
  for (;;) {
    const part = source[at] === '"' ? readQuoted(source, at) : readBare(source, at, true)
    parts.push(part)
    at = part.to
    if (source[at] !== ',') return parts
    at += 1
  }
}

/** Cuts a filter text into its pieces. Never fails: what is wrong is left to the parser. */
export function lexFilter(source: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = []
  let at = 0
  while (at < source.length) {
    const character = source[at]
    const from = at
    if (isSpace(character)) {
      at += 1
    } else if (character === '(' || character === ')') {
      at += 1
      lexemes.push({ kind: character === '(' ? 'open' : 'close', from, to: at })
    } else if (character === '"') {
      const part = readQuoted(source, at)
      at = part.to
      lexemes.push({ kind: 'text', part, from, to: at })
    } else if (character === '-' && (!endsWord(source[at + 1]) || source[at + 1] === '(' || source[at + 1] === '"')) {
      at += 1
      lexemes.push({ kind: 'minus', from, to: at })
    } else {
      const word = readBare(source, at, false)
      const name = /^([A-Za-z]+):/.exec(word.text)?.[1]
      if (name !== undefined) {
        const nameTo = from + name.length
        const parts = readParts(source, nameTo + 1)
        at = parts.at(-1)?.to ?? word.to
        lexemes.push({ kind: 'term', name, nameTo, parts, from, to: at })
      } else {
        at = word.to
        const keyword = word.text.toLowerCase()
        if (keyword === 'or' || keyword === 'and' || keyword === 'not') lexemes.push({ kind: keyword, from, to: at })
        else lexemes.push({ kind: 'text', part: word, from, to: at })
      }
    }
  }
  return lexemes
}
