import { fail, type Result, succeed } from '../../../shared/result.ts'

/** Why a text is no list of plain commands: a quote stays open, or a command runs inside another. */
export type ShellFault = 'quote' | 'substitution'

/** One command as a POSIX shell reads it, before variables are filled in: `$NAME` stays as it is. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** What a here-document gives it to read, or null. */
  readonly input: string | null
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const codedEscape = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|([0-7]{1,3}))/i

/** What follows a backslash inside `$'…'`: its text, and how many characters it took. */
function readEscape(rest: string): { readonly text: string; readonly chars: number } {
  const [first = ''] = rest
  const simple = simpleEscapes[first]
  if (simple !== undefined) return { text: simple, chars: 1 }
  const [whole, byte, short, long, octal] = codedEscape.exec(rest) ?? []
  if (whole !== undefined) {
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
    return { text: code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code), chars: whole.length }
  }
  return /^['"?\\]/.test(first) ? { text: first, chars: 1 } : { text: `\\${first}`, chars: first.length }
}

/**
 * Reads commands as a POSIX shell does: quotes of every kind and `$'…'`, backslashes, lines that go on, comments,
 * here-documents. Nothing is run and nothing is filled in. Pipes, redirections and the like end a command.
 */
export function splitCommands(text: string): Result<readonly ShellCommand[], ShellFault> {
  const source = text.replaceAll('\r\n', '\n')
  const commands: ShellCommand[] = []
  let words: string[] = []
  let word: string | null = null
  let input: string | null = null
  let documentEnd: string | null = null
  let isDocumentNext = false
  let at = 0

  function endWord(): void {
    if (word === null) return
    if (isDocumentNext) {
      documentEnd = word
      isDocumentNext = false
    } else words.push(word)
    word = null
  }

  function endCommand(): void {
    endWord()
    if (words.length > 0) commands.push({ words, input })
    words = []
    input = null
  }

  /** Takes the lines up to the one that ends the here-document. */
  function readDocument(end: string): void {
    const lines = source.slice(at).split('\n')
    const length = lines.indexOf(end)
    const taken = length === -1 ? lines : lines.slice(0, length)
    input = taken.map((line) => `${line}\n`).join('')
    at += input.length + (length === -1 ? 0 : end.length)
    documentEnd = null
  }

  while (at < source.length) {
    const character = source[at] ?? ''
    const next = source[at + 1] ?? ''
    if (character === '\\') {
      if (next !== '\n') word = (word ?? '') + next
      at += 2
    } else if (character === "'") {
      const end = source.indexOf("'", at + 1)
      if (end === -1) return fail('quote')
      word = (word ?? '') + source.slice(at + 1, end)
      at = end + 1
    } else if (character === '$' && next === "'") {
      const pieces: string[] = []
      at += 2
      for (; source[at] !== "'"; ) {
        if (at >= source.length) return fail('quote')
        if (source[at] === '\\') {
          const read = readEscape(source.slice(at + 1, at + 12))
          pieces.push(read.text)
          at += 1 + read.chars
        } else {
          pieces.push(source[at] ?? '')
          at += 1
        }
      }
      word = (word ?? '') + pieces.join('')
      at += 1
    } else if (character === '"' || (character === '$' && next === '"')) {
      at += character === '"' ? 1 : 2
      const pieces: string[] = []
      for (; source[at] !== '"'; at += 1) {
        if (at >= source.length) return fail('quote')
        const inner = source[at] ?? ''
        const after = source[at + 1] ?? ''
        if (inner === '`' || (inner === '$' && after === '(')) return fail('substitution')
        if (inner === '\\' && /["\\$`\n]/.test(after)) {
          if (after !== '\n') pieces.push(after)
          at += 1
        } else pieces.push(inner)
      }
      word = (word ?? '') + pieces.join('')
      at += 1
    } else if (character === '`' || (character === '$' && next === '(')) return fail('substitution')
    else if (character === '<' && next === '<') {
      endWord()
      isDocumentNext = true
      at += source[at + 2] === '-' ? 3 : 2
    } else if (character === '\n') {
      endWord()
      at += 1
      if (documentEnd !== null) readDocument(documentEnd)
      endCommand()
    } else if (/[|;&<>()]/.test(character)) {
      endCommand()
      at += 1
    } else if (character === ' ' || character === '\t') {
      endWord()
      at += 1
    } else if (character === '#' && word === null) {
      const end = source.indexOf('\n', at)
      at = end === -1 ? source.length : end
    } else {
      word = (word ?? '') + character
      at += 1
    }
  }
  endCommand()
  return succeed(commands)
}
