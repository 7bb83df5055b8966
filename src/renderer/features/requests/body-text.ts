/** Part of a body: what it is decides its colour. */
export interface BodyPiece {
  readonly kind: 'key' | 'string' | 'number' | 'mark' | 'plain'
  readonly text: string
}

/** Bodies longer than this are shown without colours; laying out more pieces would stall the window. */
export const colouredCharsMax = 100_000

const token =
  /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\btrue\b|\bfalse\b|\bnull\b)|([{}[\],:])|\s+|[^\s"{}[\],:\d-]+|./gs

const depthMax = 100
const breaks = Array.from({ length: depthMax + 1 }, (_, depth) => `\n${'  '.repeat(depth)}`)
const isSpace = (character: string) =>
  character === ' ' || character === '\n' || character === '\r' || character === '\t'
const tokenEnd = /[\s{}[\],:]/g

/** True for a quote that an odd number of backslashes stands before. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote
  while (text.charAt(first - 1) === '\\') first -= 1
  return (quote - first) % 2 === 1
}

/** End of the text or of the number or word that begins at `at` in JSON without a fault. */
function findTokenEnd(text: string, at: number): number {
  if (text.charAt(at) !== '"') {
    tokenEnd.lastIndex = at
    return tokenEnd.exec(text)?.index ?? text.length
  }
  let end = text.indexOf('"', at + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

/** Lays white space between the parts of JSON without a fault; null where it is nested too deep to be read. */
function layOut(text: string): string | null {
  const parts: string[] = []
  let depth = 0
  let at = 0
  const skipSpace = () => {
    while (at < text.length && isSpace(text.charAt(at))) at += 1
  }
  const breakLine = () => parts.push(breaks[depth] ?? '')
  for (skipSpace(); at < text.length; skipSpace()) {
    const character = text.charAt(at)
    switch (character) {
      case '{':
      case '[':
        at += 1
        skipSpace()
        parts.push(character)
        if (text.charAt(at) === '}' || text.charAt(at) === ']') {
          parts.push(text.charAt(at))
          at += 1
          break
        }
        depth += 1
        if (depth > depthMax) return null
        breakLine()
        break
      case '}':
      case ']':
        depth -= 1
        breakLine()
        parts.push(character)
        at += 1
        break
      case ',':
        parts.push(character)
        breakLine()
        at += 1
        break
      case ':':
        parts.push(': ')
        at += 1
        break
      default: {
        const end = findTokenEnd(text, at)
        parts.push(text.slice(at, end))
        at = end
      }
    }
  }
  return parts.join('')
}

/**
 * Indents JSON. Nothing but white space changes: a long number, the order of members and a name that stands twice are
 * shown as they came. A text that is no JSON (HTML, a body cut at the log's cap) is given back as it is.
 */
export function indentJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    // Most answers come as they would be written here, and then the engine is twenty times as fast.
    if (JSON.stringify(value) === text) return JSON.stringify(value, null, 2)
  } catch {
    return text
  }
  return layOut(text) ?? text
}

/** Splits JSON into coloured pieces; anything else is one plain piece. The pieces joined are the text. */
export function colourJson(text: string): readonly BodyPiece[] {
  const start = text.trimStart().charAt(0)
  if (text.length > colouredCharsMax || (start !== '{' && start !== '[')) return [{ kind: 'plain', text }]
  const pieces: BodyPiece[] = []
  for (const match of text.matchAll(token)) {
    const [whole, quoted, colon, literal, mark] = match
    if (quoted !== undefined && colon !== undefined) {
      pieces.push({ kind: 'key', text: quoted }, { kind: 'mark', text: colon })
    } else if (quoted !== undefined) pieces.push({ kind: 'string', text: quoted })
    else if (literal !== undefined) pieces.push({ kind: 'number', text: literal })
    else pieces.push({ kind: mark === undefined ? 'plain' : 'mark', text: whole })
  }
  return pieces
}
