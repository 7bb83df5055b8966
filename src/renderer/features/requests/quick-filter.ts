/** Narrowings of one click. */
export type QuickFilter = 'all' | 'backed-off' | 'refused' | 'failed'

const terms: Readonly<Record<Exclude<QuickFilter, 'all'>, string>> = {
  'backed-off': '(has:wait or has:retry)',
  refused: 'status:401,403,429',
  failed: 'has:error',
}
const names = ['backed-off', 'refused', 'failed'] as const

interface Place {
  readonly from: number
  readonly to: number
}

function findTerm(text: string, term: string): Place | null {
  const stands = (from: number) =>
    (from === 0 || /\s/.test(text.charAt(from - 1))) &&
    (from + term.length === text.length || /\s/.test(text.charAt(from + term.length)))
  for (let from = text.indexOf(term); from >= 0; from = text.indexOf(term, from + 1))
    if (stands(from)) return { from, to: from + term.length }
  return null
}

/** The narrowing that a filter text holds as this screen writes it; `all` when it holds none. */
export function readQuickFilter(text: string): QuickFilter {
  return names.find((name) => findTerm(text, terms[name]) !== null) ?? 'all'
}

/** The filter text with one narrowing in place of any other; the rest of it stays. */
export function writeQuickFilter(text: string, quick: QuickFilter): string {
  let rest = text
  for (const name of names) {
    for (let place = findTerm(rest, terms[name]); place !== null; place = findTerm(rest, terms[name]))
      rest = `${rest.slice(0, place.from).trimEnd()} ${rest.slice(place.to).trimStart()}`.trim()
  }
  if (quick === 'all') return rest
  return rest.trim() === '' ? terms[quick] : `${rest.trimEnd()} ${terms[quick]}`
}
