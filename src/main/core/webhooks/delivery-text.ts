import type { Header } from '../../../shared/model/call.ts'
import type { DeliveryProblem, DeliveryReport } from '../../../shared/model/webhook.ts'
import { findJsonFault } from './json-fault.ts'
import { signatureHeaders } from './signature.ts'

/** A delivery that was read out of a text. */
export interface ReadDelivery {
  readonly form: DeliveryReport['form']
  readonly headers: readonly Header[]
  readonly body: Uint8Array
  /** Bytes that `Content-Length` names and the text lacks. */
  readonly missingBytes: number
}

/** What a text came to. */
export type DeliveryReading =
  | { readonly read: 'delivery'; readonly delivery: ReadDelivery }
  | { readonly read: 'problem'; readonly problem: DeliveryProblem }

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const requestLine = /^[A-Z]{3,10} \S+( HTTP\/[\d.]+)?$/
const answerLine = /^HTTP\/[\d.]+ \d{3}/
/** How curl marks what it tells of itself, what it sent, and what it got. */
const curlLine = /^(?:[*<>](?: |$)|[{}] \[\d+ bytes data\])/
const curlFarewell = /\* Connection #\d+ to host .{1,300} left intact\s*$/

interface Line {
  readonly text: string
  /** Offset of its first character. */
  readonly start: number
  /** Offset behind its line end. */
  readonly end: number
}

function splitLines(text: string): Line[] {
  const lines: Line[] = []
  for (let start = 0; start <= text.length; ) {
    const at = text.indexOf('\n', start)
    const end = at < 0 ? text.length : at + 1
    lines.push({ text: text.slice(start, at < 0 ? end : at).replace(/\r$/, ''), start, end })
    if (at < 0) break
    start = end
  }
  return lines
}

/** Line and column, from 1, of an offset. */
function locate(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function problemAt(what: DeliveryProblem['what'], text: string, offset: number): DeliveryReading {
  return { read: 'problem', problem: { what, ...locate(text, offset) } }
}

function isSigned(headers: readonly Header[]): boolean {
  const names = Object.values(signatureHeaders)
  return headers.some(([name]) => names.includes(name.trim().toLowerCase()))
}

/** The body as `Content-Length` bounds it: a paste often adds a line end. */
function boundBody(headers: readonly Header[], body: Uint8Array): { body: Uint8Array; missingBytes: number } {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1].trim() ?? ''
  if (!/^\d{1,12}$/.test(value)) return { body, missingBytes: 0 }
  const length = Number(value)
  if (body.length < length) return { body, missingBytes: length - body.length }
  const rest = body.subarray(length)
  const isBlank = rest.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
  return { body: isBlank ? body.subarray(0, length) : body, missingBytes: 0 }
}

function give(form: ReadDelivery['form'], headers: readonly Header[], body: Uint8Array): DeliveryReading {
  return { read: 'delivery', delivery: { form, headers, ...boundBody(headers, body) } }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Headers up to an empty line or the body's first brace, then the body. A request line may stand before. */
function readHttp(text: string): DeliveryReading {
  const lines = splitLines(text)
  let index = lines.findIndex((line) => line.text.trim() !== '')
  const first = lines[index]
  if (first === undefined) return problemAt('empty', text, 0)
  if (answerLine.test(first.text)) return problemAt('answer', text, first.start)
  const isHttp = requestLine.test(first.text)
  if (isHttp) index += 1
  const headers: Header[] = []
  for (; index < lines.length; index += 1) {
    const line = lines[index]
    if (line === undefined) break
    if (line.text.trim() === '') return finish(line.end)
    // A paste may have lost the empty line; no header begins like this.
    if (/^\s*[{[]/.test(line.text)) return finish(line.start)
    const last = headers.at(-1)
    if (/^[ \t]/.test(line.text) && last !== undefined) {
      headers[headers.length - 1] = [last[0], `${last[1]} ${line.text.trim()}`]
      continue
    }
    const at = line.text.indexOf(':')
    const name = at < 0 ? '' : line.text.slice(0, at)
    if (!headerName.test(name)) {
      const wrong = at < 0 ? line.text.length : Math.max(0, name.search(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/))
      return problemAt('header', text, line.start + wrong)
    }
    headers.push([name, line.text.slice(at + 1).trim()])
  }
  return problemAt('no-body', text, text.length)

  function finish(from: number): DeliveryReading {
    const body = text.slice(from)
    return body === ''
      ? problemAt('no-body', text, text.length)
      : give(isHttp ? 'http' : 'headers', headers, encode(body))
  }
}

/** What `curl -v` prints: marked lines are headers of either side, what is not marked is the body. */
function readCurl(text: string): DeliveryReading {
  const sent: Header[] = []
  const got: Header[] = []
  const body: string[] = []
  for (const line of splitLines(text)) {
    const mark = line.text[0]
    if (!curlLine.test(line.text)) {
      body.push(text.slice(line.start, line.end))
      continue
    }
    if (mark !== '>' && mark !== '<') continue
    const content = line.text.slice(2)
    if (content.trim() === '' || requestLine.test(content) || answerLine.test(content)) continue
    const at = content.indexOf(':')
    if (at < 1 || !headerName.test(content.slice(0, at))) return problemAt('header', text, line.start + 2)
    const header: Header = [content.slice(0, at), content.slice(at + 1).trim()]
    ;(mark === '>' ? sent : got).push(header)
  }
  const content = body
    .join('')
    .replace(curlFarewell, '')
    .replace(/^\r?\n/, '')
  if (content.trim() === '') return problemAt('no-body', text, text.length)
  return give('curl', isSigned(got) && !isSigned(sent) ? got : sent, encode(content))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** A member by one of several names, whatever their case. */
function memberOf(value: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const lower = names.map((name) => name.toLowerCase())
  return Object.entries(value).find(([name, item]) => lower.includes(name.toLowerCase()) && item !== null)?.[1]
}

function readHeaderValue(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(readHeaderValue)
  return typeof value === 'string' ? [value.trim()] : typeof value === 'number' ? [String(value)] : []
}

/** Headers as an object, a list of pairs, a list of objects, or a flat list of names and values in turn. */
function readHeaders(value: unknown): Header[] | null {
  if (isObject(value))
    return Object.entries(value).flatMap(([name, item]) => readHeaderValue(item).map((text): Header => [name, text]))
  if (!Array.isArray(value)) return null
  if (value.every((item) => typeof item === 'string')) {
    return value.flatMap((name, index): Header[] => (index % 2 === 0 ? [[name, String(value[index + 1] ?? '')]] : []))
  }
  return value.flatMap((item): Header[] => {
    const [name, text] = Array.isArray(item)
      ? item
      : isObject(item)
        ? [memberOf(item, ['name', 'key']), memberOf(item, ['value'])]
        : []
    return typeof name === 'string' ? readHeaderValue(text).map((each): Header => [name, each]) : []
  })
}

function readBase64(text: string): Uint8Array | null {
  const plain = text.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain) || plain.replace(/=+$/, '').length % 4 === 1) return null
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of plain.replace(/=+$/, '')) {
    bits = (bits << 6) | alphabet.indexOf(character)
    held += 6
    if (held < 8) continue
    held -= 8
    bytes.push((bits >> held) & 0xff)
  }
  return Uint8Array.from(bytes)
}

/** A request as tools record it: an object with headers and a body, under the names in use. */
function readJson(text: string): DeliveryReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return problemAt('json', text, findJsonFault(text) ?? text.length)
  }
  const start = text.search(/\S/)
  const request: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (!isObject(request)) return problemAt('json-headers', text, start)
  const inner = memberOf(request, ['request'])
  const holder = isObject(inner) ? inner : request
  const given = memberOf(holder, ['headers', 'rawHeaders'])
  if (given === undefined) {
    const isEvent = typeof request.event === 'string' && request.data !== undefined
    return problemAt(isEvent ? 'body-only' : 'json-headers', text, start)
  }
  const headers = readHeaders(given)
  if (headers === null) return problemAt('json-headers', text, Math.max(start, text.search(/"(?:raw)?headers"/i)))
  const content = memberOf(holder, ['rawBody', 'body', 'content', 'payload', 'postData'])
  const body = isObject(content) && typeof content.text === 'string' ? content.text : content
  if (body === undefined || body === '') return problemAt('json-body', text, start)
  if (typeof body !== 'string') return give('json', headers, encode(JSON.stringify(body)))
  if (memberOf(holder, ['isBase64Encoded']) !== true) return give('json', headers, encode(body))
  const bytes = readBase64(body)
  return bytes === null
    ? problemAt('base64', text, Math.max(start, text.search(/"(?:rawBody|body|content|payload)"/i)))
    : give('json', headers, bytes)
}

/**
 * Reads a delivery out of what a person pasted: a raw request, headers and body, the output of
 * `curl -v`, or a request as JSON. Names the place of what it cannot read.
 */
export function readDeliveryText(pasted: string): DeliveryReading {
  const text = pasted.replace(/^\uFEFF/, '')
  const start = text.search(/\S/)
  if (start < 0) return problemAt('empty', text, 0)
  if (text[start] === '{' || text[start] === '[') return readJson(text)
  return curlLine.test(text.slice(start, start + 200)) ? readCurl(text) : readHttp(text)
}
