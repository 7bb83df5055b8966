/** A bare item of a structured field. Byte sequences keep their base64 text, dates their seconds. */
export type BareItem = number | string | boolean

/** An item with its parameters, in their order; a later parameter of a name replaces an earlier one. */
export interface FieldItem {
  /** An inner list has the list of its items. */
  readonly value: BareItem | readonly FieldItem[]
  readonly parameters: ReadonlyMap<string, BareItem>
}

/** Longest text that is read at all; longer ones count as malformed. */
const charsMax = 4096
const itemsMax = 64

const blank = /[ \t]*/y
const space = / */y
const key = /[a-z*][a-z0-9_.*-]*/y
const number = /-?\d{1,15}(?:\.\d{1,3})?/y
const date = /@(-?\d{1,15})/y
const text = /"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y
const displayText = /%"((?:[\x20-\x21\x23-\x24\x26-\x7e]|%[0-9a-f]{2})*)"/y
const token = /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y
const bytes = /:([A-Za-z0-9+/]*={0,2}):/y
const flag = /\?([01])/y

class Malformed extends Error {}

/** Reads through one text. Each step throws `Malformed`, which never leaves this file. */
function createReader(source: string) {
  let at = 0
  function match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    if (found !== null) at += found[0].length
    return found
  }
  function take(mark: string): boolean {
    if (source[at] !== mark) return false
    at += 1
    return true
  }
  return { match, take, peek: () => source[at], isAtEnd: () => at >= source.length }
}
type Reader = ReturnType<typeof createReader>

function readBareItem(reader: Reader): BareItem {
  const first = reader.peek() ?? ''
  if (first === '"') {
    const found = reader.match(text)
    if (found !== null) return (found[1] ?? '').replace(/\\(.)/g, '$1')
  } else if (first === ':') {
    const found = reader.match(bytes)
    if (found !== null) return found[1] ?? ''
  } else if (first === '?') {
    const found = reader.match(flag)
    if (found !== null) return found[1] === '1'
  } else if (first === '@') {
    const found = reader.match(date)
    if (found !== null) return Number(found[1])
  } else if (first === '%') {
    const found = reader.match(displayText)
    if (found !== null) return found[1] ?? ''
  } else if (/[-0-9]/.test(first)) {
    const found = reader.match(number)
    if (found !== null) return Number(found[0])
  } else {
    const found = reader.match(token)
    if (found !== null) return found[0]
  }
  throw new Malformed()
}

function readParameters(reader: Reader): ReadonlyMap<string, BareItem> {
  const parameters = new Map<string, BareItem>()
  while (reader.take(';')) {
    reader.match(space)
    const name = reader.match(key)?.[0]
    if (name === undefined) throw new Malformed()
    parameters.set(name, reader.take('=') ? readBareItem(reader) : true)
    if (parameters.size > itemsMax) throw new Malformed()
  }
  return parameters
}

function readItem(reader: Reader): FieldItem {
  if (!reader.take('(')) {
    const value = readBareItem(reader)
    return { value, parameters: readParameters(reader) }
  }
  const items: FieldItem[] = []
  for (;;) {
    reader.match(space)
    if (reader.take(')')) return { value: items, parameters: readParameters(reader) }
    const value = readBareItem(reader)
    items.push({ value, parameters: readParameters(reader) })
    if (items.length > itemsMax || ![' ', ')'].includes(reader.peek() ?? '')) throw new Malformed()
  }
}

/**
 * Parses a structured field of the type list (RFC 9651, section 4.2.1), all lines of it joined by
 * commas. Null for what is malformed, as a whole: such a field is ignored. The empty list is empty.
 */
export function parseFieldList(source: string): readonly FieldItem[] | null {
  if (source.length > charsMax) return null
  const reader = createReader(source)
  const items: FieldItem[] = []
  try {
    reader.match(space)
    while (!reader.isAtEnd()) {
      items.push(readItem(reader))
      if (items.length > itemsMax) return null
      reader.match(blank)
      if (reader.isAtEnd()) return items
      if (!reader.take(',')) return null
      reader.match(blank)
      if (reader.isAtEnd()) return null
    }
    return items
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}
