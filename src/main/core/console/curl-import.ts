import type { CurlFault } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, CurlImport, ImportNote, ParameterValue } from '../../../shared/model/console.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { operations } from '../jasni/operations.ts'
import { holdsSecret, isSecretName, redactText } from '../log/redaction.ts'
import { type CurlOption, ignoredOptions, readOptions } from './curl-options.ts'
import { parseBody } from './request.ts'
import { type ShellCommand, splitCommands } from './shell-words.ts'

/** A base URL that a command may be written for. */
export interface KnownBase {
  readonly name: string
  readonly baseUrl: string
  /** The environment that the request is imported into. */
  readonly current: boolean
}

/** Why a command is not imported, and the redacted word that it is about. */
export interface CurlProblem {
  readonly fault: CurlFault | 'key'
  readonly name: string
}

// What every client sends, and what the app sends by itself.
const ownHeaders = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'content-length', 'host'])
ownHeaders.add('connection').add('user-agent').add('expect')
const shownCharsMax = 80

const show = (text: string): string => redactText(text).slice(0, shownCharsMax)
const refuse = (fault: CurlProblem['fault'], name = ''): Result<never, CurlProblem> => fail({ fault, name: show(name) })

interface Address {
  readonly host: string
  /** As it was written, percent-encoded. */
  readonly path: string
  readonly query: string
  readonly hasLogin: boolean
}

// Read by hand: the URL parser would resolve dots in a path, which a value may hold.
function readAddress(text: string): Address | null {
  const [, authority, path = '', query = ''] = /^(?:https?:\/\/)?([^/?#\s]+)([^?#]*)(?:\?([^#]*))?/i.exec(text) ?? []
  if (authority === undefined || authority.includes('$') || authority.includes(':/')) return null
  const at = authority.lastIndexOf('@')
  return { host: authority.slice(at + 1).toLowerCase(), path, query, hasLogin: at !== -1 }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const placeOf = (segment: string): string | null => /^\{(\w+)\}$/.exec(segment)?.[1] ?? null

/** Plain parts before parameters, from the left: `/emails/threads` is no message's id. */
function comparePlain(a: Operation, b: Operation): number {
  const segments = b.path.split('/')
  for (const [index, segment] of a.path.split('/').entries()) {
    const difference = Number(placeOf(segment) !== null) - Number(placeOf(segments[index] ?? '') !== null)
    if (difference !== 0) return difference
  }
  return 0
}

interface Match {
  readonly operation: Operation
  readonly values: ReadonlyMap<string, string>
}

function matchOperation(method: string, path: string): Match | null {
  const segments = path.replace(/\/+$/, '').split('/')
  const fitting = Object.values(operations).filter((operation) => {
    const parts = operation.path.split('/')
    const fits = (part: string, index: number): boolean => placeOf(part) !== null || part === segments[index]
    return operation.method === method && parts.length === segments.length && parts.every(fits)
  })
  const [operation] = fitting.sort(comparePlain)
  if (operation === undefined) return null
  const values = new Map<string, string>()
  for (const [index, part] of operation.path.split('/').entries()) {
    const name = placeOf(part)
    const value = decode(segments[index] ?? '')
    if (name === null) continue
    if (value === null) return null
    values.set(name, value)
  }
  return { operation, values }
}

/** A text as its schema has it, or as it is: the form says then what is wrong. */
function readValue(type: string | undefined, text: string): ParameterValue {
  if (type === 'integer' && /^-?(?:0|[1-9]\d{0,14})$/.test(text) && text !== '-0') return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** The base whose host and folder the address lies below, the current environment's first. */
function findBase(bases: readonly KnownBase[], address: Address) {
  const ordered = [...bases].sort((a, b) => Number(b.current) - Number(a.current))
  for (const base of ordered) {
    const { host, pathname } = new URL(base.baseUrl)
    const folder = pathname.replace(/\/+$/, '')
    if (host === address.host && `${address.path}/`.startsWith(`${folder}/`)) {
      return { base, path: address.path.slice(folder.length) }
    }
  }
  return null
}

/** `name=content` with the content percent-encoded, as `--data-urlencode` has it; null where it names a file. */
function encodePart(value: string): string | null {
  const [, name = '', sign = '', content = ''] = /^([^=@]*)([=@]?)([\s\S]*)$/.exec(value) ?? []
  if (sign === '@') return null
  return sign === '' ? encodeURIComponent(name) : `${name === '' ? '' : `${name}=`}${encodeURIComponent(content)}`
}

interface Collected {
  readonly method: string
  readonly url: string
  readonly query: readonly string[]
  readonly body: string | null
  readonly notes: readonly ImportNote[]
}

/** Everything that the options say, before it is held against the API. */
function collect(options: readonly CurlOption[], input: string | null): Result<Collected, CurlProblem> {
  const last = options.findIndex(({ name }) => name === 'next')
  const own = last === -1 ? options : options.slice(0, last)
  const all = (...names: readonly string[]) => own.filter(({ name }) => names.includes(name))
  const urls = all('url')
  const data: string[] = []
  let json = ''
  let hasJson = false
  const query = all('url-query').flatMap(({ value }) =>
    value.startsWith('+') ? value.slice(1) : (encodePart(value) ?? []),
  )
  for (const { name, value } of own) {
    if (name === 'upload-file' || (name.startsWith('form') && /=[@<]/.test(value) && name !== 'form-string')) {
      return refuse('file', value.replace(/^[^@<]*[@<]/, ''))
    }
    if (name === 'form' || name === 'form-string') return refuse('form')
    if (name === 'data' || name === 'data-ascii' || name === 'data-binary' || name === 'json') {
      const isInput = value === '@-' && input !== null
      if (value.startsWith('@') && !isInput) return refuse('file', value.slice(1))
      const text = isInput ? input : value
      if (name === 'json') {
        json += text
        hasJson = true
      } else data.push(text)
    } else if (name === 'data-raw') data.push(value)
    else if (name === 'data-urlencode') {
      const part = encodePart(value)
      if (part === null) return refuse('file', value.replace(/^[^@]*@/, ''))
      data.push(part)
    }
  }
  const hasData = hasJson || data.length > 0
  const whole = [...(hasJson ? [json] : []), ...data].join('&')
  const isGet = all('get').length > 0
  const fallback = all('head').length > 0 ? 'HEAD' : hasData && !isGet ? 'POST' : 'GET'
  const method = all('request').at(-1)?.value.toUpperCase() ?? fallback

  const headers = all('header').map(({ value }) => {
    const [name = '', ...rest] = value.split(/[:;]/)
    return { name: name.trim().toLowerCase(), value: rest.join(':').trim() }
  })
  const isCookie = (name: string): boolean => name === 'cookie' || name === 'set-cookie'
  const isNamed = headers.some(({ name, value }) => isSecretName(name) && !isCookie(name) && !/\$\{?\w/.test(value))
  const others = headers
    .filter(({ name }) => !ownHeaders.has(name) && !isSecretName(name))
    .map(({ name }) => show(name))
  const unread = own.filter(({ name }) => ignoredOptions.has(name) || name.startsWith('proxy-'))
  const notes: ImportNote[] = [
    ...(isNamed || all('oauth2-bearer').length > 0 ? [{ kind: 'key' as const, names: [] }] : []),
    ...(all('user').some(({ value }) => !holdsSecret(value)) ? [{ kind: 'login' as const, names: [] }] : []),
    ...(all('cookie').length > 0 || headers.some(({ name }) => isCookie(name))
      ? [{ kind: 'cookies' as const, names: [] }]
      : []),
    ...(others.length > 0 ? [{ kind: 'headers' as const, names: [...new Set(others)] }] : []),
    ...(unread.length > 0
      ? [{ kind: 'options' as const, names: [...new Set(unread.map(({ name }) => `--${name}`))] }]
      : []),
    ...(last !== -1 || urls.length > 1 ? [{ kind: 'rest' as const, names: [] }] : []),
  ]
  return succeed({
    method,
    url: urls[0]?.value ?? '',
    query: isGet && hasData ? [...query, whole] : query,
    body: hasData && !isGet ? whole : null,
    notes,
  })
}

function findCurl(
  commands: readonly ShellCommand[],
): { readonly words: readonly string[]; readonly input: string | null } | null {
  for (const { words, input } of commands) {
    // A prompt that was copied along, and variables that are set for the command.
    const start = words.findIndex((word) => word !== '$' && !/^\w+=/.test(word))
    if (start !== -1 && /^(?:.*[\\/])?curl(?:\.exe)?$/i.test(words[start] ?? '')) {
      return { words: words.slice(start + 1), input }
    }
  }
  return null
}

/**
 * Reads a cURL command as a request of the console: its method and path name the operation, below any known base URL.
 * A key, a login and cookies are left out, and said; nothing that is answered holds a key.
 */
export function importCurl(text: string, bases: readonly KnownBase[]): Result<CurlImport, CurlProblem> {
  if (text.trim() === '') return refuse('empty')
  if (text.length > limits.curlCharsMax) return refuse('too-long')
  const commands = splitCommands(text)
  const curl = commands.ok ? findCurl(commands.value) : null
  if (!commands.ok) return /\bcurl\b/i.test(text) ? refuse(commands.error) : refuse('not-curl')
  if (curl === null) return refuse('not-curl')
  const options = readOptions(curl.words)
  if (!options.ok) return refuse(options.error.fault, options.error.name)
  const collected = collect(options.value, curl.input)
  if (!collected.ok) return collected
  const { method, url, body } = collected.value
  const address = readAddress(url)
  if (address === null) return refuse('url')
  const found = findBase(bases, address)
  if (found === null) {
    const isOwnHost = bases.some(({ baseUrl }) => new URL(baseUrl).host === address.host)
    return isOwnHost ? refuse('path', `${method} ${address.path || '/'}`) : refuse('host', address.host)
  }
  const match = matchOperation(method, found.path)
  if (match === null) return refuse('path', `${method} ${found.path || '/'}`)
  const { operation } = match

  const queryText = [address.query, ...collected.value.query].filter((part) => part !== '').join('&')
  const given = [...match.values, ...new URLSearchParams(queryText)]
  const parameters: Record<string, ParameterValue> = {}
  const unknown = new Set<string>()
  let hadKey = holdsSecret(text)
  for (const [name, value] of given) {
    const parameter = operation.parameters.find((each) => each.name === name)
    if (holdsSecret(value) || isSecretName(name)) hadKey = true
    else if (parameter === undefined || value.length > limits.consoleParameterCharsMax) unknown.add(show(name))
    else if (value !== '') parameters[name] = readValue(parameter.schema.type, value)
  }

  const takesBody = operation.body !== null
  let written: ConsoleRequest['body'] = null
  if (body !== null && takesBody && body.trim() !== '') {
    const parsed = parseBody(body)
    const isObject =
      parsed.ok && typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value)
    written = isObject ? JSON.stringify(parsed.value) : null
    if (written === null) return refuse('body')
    if (written.length > limits.consoleBodyCharsMax) return refuse('too-long')
    // It is a value there, not the key of the call: what it stands for cannot be guessed.
    if (holdsSecret(written)) return refuse('key')
  }

  const said = collected.value.notes.filter(({ kind }) => kind !== 'key')
  const hasLogin = address.hasLogin && !said.some(({ kind }) => kind === 'login')
  hadKey ||= said.length < collected.value.notes.length
  const notes: ImportNote[] = [
    ...(hadKey ? [{ kind: 'key' as const, names: [] }] : []),
    ...(found.base.current ? [] : [{ kind: 'environment' as const, names: [show(found.base.name)] }]),
    ...(hasLogin ? [{ kind: 'login' as const, names: [] }] : []),
    ...said,
    ...(unknown.size > 0 ? [{ kind: 'parameters' as const, names: [...unknown] }] : []),
    ...(body !== null && !takesBody ? [{ kind: 'body' as const, names: [] }] : []),
    ...(commands.value.length > 1 && !said.some(({ kind }) => kind === 'rest')
      ? [{ kind: 'rest' as const, names: [] }]
      : []),
  ]
  return succeed({ request: { operation: operation.id, parameters, body: written }, notes })
}
