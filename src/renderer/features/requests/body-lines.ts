import { type BodyPiece, colouredCharsMax, colourJson, indentJson } from './body-text.ts'

/** One line of a body as it is drawn. `cut` characters of it are left out. */
export interface BodyLine {
  readonly pieces: readonly BodyPiece[]
  readonly cut: number
}

/** Longest part of a line that is drawn: one line of 50 MB would stop the window. */
export const lineCharsMax = 2000

/** Bodies longer than this are drawn as they came: parsing and indenting more would stall the window. */
export const indentedCharsMax = 1_000_000

/** Lines that are drawn at most. */
export const bodyLinesMax = 200_000

/** A body in lines: JSON indented and coloured where that is quick, every line bounded. */
export interface BodyLines {
  readonly lines: readonly BodyLine[]
  /** Characters that no line shows; the copy has them. */
  readonly cut: number
}

function bound(pieces: readonly BodyPiece[]): BodyLine {
  const kept: BodyPiece[] = []
  let room = lineCharsMax
  let cut = 0
  for (const piece of pieces) {
    const text = piece.text.slice(0, room)
    if (text !== '') kept.push({ ...piece, text })
    room -= text.length
    cut += piece.text.length - text.length
  }
  return { pieces: kept, cut }
}

function splitPlain(text: string): BodyLines {
  const lines: BodyLine[] = []
  let at = 0
  let cut = 0
  while (at <= text.length && lines.length < bodyLinesMax) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    // Cut before it is copied: a slice of the whole line may be 50 MB.
    const kept = text.slice(at, Math.min(end, at + lineCharsMax))
    const left = end - at - kept.length
    lines.push({ pieces: [{ kind: 'plain', text: kept }], cut: left })
    cut += left
    at = end + 1
  }
  return { lines, cut: cut + Math.max(0, text.length - at) }
}

/** Splits a body into lines that can be drawn one by one. The lines joined, where nothing is cut, are the text. */
export function splitBody(text: string): BodyLines {
  const shown = text.length <= indentedCharsMax ? indentJson(text) : text
  if (shown.length > colouredCharsMax) return splitPlain(shown)
  const lines: BodyPiece[][] = [[]]
  for (const { kind, text: words } of colourJson(shown)) {
    words.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([])
      if (part !== '') lines.at(-1)?.push({ kind, text: part })
    })
  }
  const bounded = lines.slice(0, bodyLinesMax).map(bound)
  return { lines: bounded, cut: bounded.reduce((sum, { cut }) => sum + cut, 0) }
}
