import { limits } from '../../../shared/limits.ts'

/** A piece of text; `href` is set where it is a link that may be asked to open. */
export interface TextPiece {
  readonly text: string
  readonly href: string | null
}

// A URL ends at white space, a quote, an angle bracket, a control or an invisible formatting
// character: the last could make the shown address differ from the one that is opened.
const candidate = /(?:https:\/\/|mailto:)[^\s<>"'`\p{Cc}\p{Cf}]+/giu

const closers: ReadonlyMap<string, string> = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
])

function countChar(text: string, char: string): number {
  return text.split(char).length - 1
}

/** Cuts what belongs to the sentence around a URL: end marks, and closing brackets without their partner. */
function trimUrl(text: string): string {
  let end = text.length
  while (end > 0) {
    const char = text.charAt(end - 1)
    const opener = closers.get(char)
    const head = text.slice(0, end)
    const loose = opener !== undefined && countChar(head, char) > countChar(head, opener)
    if (!loose && !/[.,;:!?*_|…。、»”’]/u.test(char)) break
    end -= 1
  }
  return text.slice(0, end)
}

function readHref(text: string): string | null {
  try {
    const url = new URL(text)
    if (url.protocol === 'https:' && url.hostname !== '') return url.href
    if (url.protocol === 'mailto:' && url.pathname.includes('@')) return url.href
    return null
  } catch {
    return null
  }
}

/** Splits text at its `https:` and `mailto:` links. The pieces joined are the text again. */
export function splitAtLinks(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let done = 0
  for (const match of text.matchAll(candidate)) {
    if (match[0].length > limits.urlCharsMax) continue
    const shown = trimUrl(match[0])
    const href = readHref(shown)
    if (href === null) continue
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), href: null })
    pieces.push({ text: shown, href })
    done = match.index + shown.length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), href: null })
  return pieces
}
