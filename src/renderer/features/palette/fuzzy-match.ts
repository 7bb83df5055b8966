/** A text that matches a query: how well, and which of its letters do. */
export interface Match {
  /** Higher is better. */
  readonly score: number
  /** Places of the letters that matched, ascending, as indices into the text. */
  readonly letters: readonly number[]
}

const wordStart = /[\s:/_.,-]/

function scoreLetters(text: string, letters: readonly number[]): number {
  return letters.reduce((score, at, index) => {
    const before = letters[index - 1]
    const follows = before !== undefined && before === at - 1
    const begins = at === 0 || wordStart.test(text[at - 1] ?? '')
    const gap = before === undefined ? 0 : at - before - 1
    return score + 1 + (follows ? 4 : 0) + (begins ? 3 : 0) - Math.min(gap, 10) * 0.2
  }, 0)
}

function findLetters(text: string, query: string, from: number): number[] | null {
  const letters: number[] = []
  let at = from
  for (const letter of query) {
    at = text.indexOf(letter, at)
    if (at < 0) return null
    letters.push(at)
    at += letter.length
  }
  return letters
}

/**
 * Finds the letters of `query` in `text`, in order, whatever the case; blanks in the query are
 * skipped. Null when they are not all there. Whole words and beginnings of words win.
 */
export function matchText(text: string, query: string): Match | null {
  // Lower case letter by letter keeps the indices: some letters grow in lower case.
  const lower = [...text]
    .map((letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter))
    .join('')
  const wanted = query.toLowerCase().replace(/\s+/g, '')
  if (wanted === '') return { score: 0, letters: [] }
  let best: Match | null = null
  for (let from = 0; from < lower.length; from += 1) {
    const letters = findLetters(lower, wanted, from)
    if (letters === null) break
    const score = scoreLetters(lower, letters) - lower.length * 0.01
    if (best === null || score > best.score) best = { score, letters }
    from = letters[0] ?? from
  }
  return best
}

/** A text cut into pieces that matched and pieces that did not. */
export function splitByMatch(
  text: string,
  letters: readonly number[],
): { text: string; marked: boolean; at: number }[] {
  const marked = new Set(letters)
  const pieces: { text: string; marked: boolean; at: number }[] = []
  for (let at = 0; at < text.length; at += 1) {
    const isMarked = marked.has(at)
    const last = pieces.at(-1)
    if (last !== undefined && last.marked === isMarked) last.text += text[at] ?? ''
    else pieces.push({ text: text[at] ?? '', marked: isMarked, at })
  }
  return pieces
}
