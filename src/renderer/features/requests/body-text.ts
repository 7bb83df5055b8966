/** Part of a body: what it is decides its colour. */
export interface BodyPiece {
  readonly kind: 'key' | 'string' | 'number' | 'mark' | 'plain'
  readonly text: string
}

/** Bodies longer than this are shown without colours; laying out more pieces would stall the window. */
export const colouredCharsMax = 100_000

const token =
  /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\btrue\b|\bfalse\b|\bnull\b)|([{}[\],:])|\s+|[^\s"{}[\],:\d-]+|./gs

/** Indents JSON. A text that is no JSON (HTML, a body cut at the log's cap) is given back as it is. */
export function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
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
