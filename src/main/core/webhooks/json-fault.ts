const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y
const blank = /[ \t\r\n]*/y
// Control characters must be escaped; what follows a backslash is one of these.
const plain = /[ !#-[\]-\uffff]*/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/**
 * Offset of the first character that JSON does not allow; null for a text that is JSON. The
 * messages of `JSON.parse` name a place in some versions of the engine and not in others.
 */
export function findJsonFault(text: string): number | null {
  let at = 0
  /** What still has to be closed: `{` and `[`. */
  const open: string[] = []

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const length = pattern.exec(text)?.[0].length ?? -1
    if (length > 0) at += length
    return length > 0
  }
  const skipBlank = (): void => void take(blank)
  const takeText = (): boolean => {
    if (text[at] !== '"') return false
    at += 1
    do take(plain)
    while (take(escaped))
    if (text[at] !== '"') return false
    at += 1
    return true
  }
  /** The name of a member and its colon. */
  const takeName = (): boolean => {
    skipBlank()
    if (!takeText()) return false
    skipBlank()
    if (text[at] !== ':') return false
    at += 1
    return true
  }

  for (;;) {
    skipBlank()
    const first = text[at]
    if (first === '{' || first === '[') {
      at += 1
      skipBlank()
      const isEmpty = text[at] === (first === '{' ? '}' : ']')
      if (!isEmpty) {
        open.push(first)
        if (first === '{' && !takeName()) return at
        continue
      }
      at += 1
    } else if (!(takeText() || take(number) || take(word))) return at
    // A value ended: so may what holds it.
    for (;;) {
      skipBlank()
      const holder = open.at(-1)
      if (holder === undefined) return at === text.length ? null : at
      if (text[at] === ',') {
        at += 1
        if (holder === '{' && !takeName()) return at
        break
      }
      if (text[at] !== (holder === '{' ? '}' : ']')) return at
      at += 1
      open.pop()
    }
  }
}
