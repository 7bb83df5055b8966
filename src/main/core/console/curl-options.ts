import { fail, type Result, succeed } from '../../../shared/result.ts'

/** One option as it was given, by its long name; `url` for a word that is no option. */
export interface CurlOption {
  readonly name: string
  readonly value: string
}

/** What the import reads, and how it takes it: with a value or without. */
const read = {
  value: [
    'request',
    'url',
    'header',
    'data',
    'data-ascii',
    'data-raw',
    'data-binary',
    'data-urlencode',
    'json',
    'url-query',
    'user',
    'cookie',
    'form',
    'form-string',
    'upload-file',
    'oauth2-bearer',
    'proxy-user',
    'proxy-header',
  ],
  flag: ['get', 'head', 'next'],
} as const

/** What says only how curl talks to its person: dropped without a word. */
const quiet = {
  value: ['output', 'write-out', 'stderr', 'trace', 'trace-ascii', 'dump-header', 'user-agent'],
  flag: [
    'silent',
    'show-error',
    'verbose',
    'include',
    'progress-bar',
    'no-progress-meter',
    'compressed',
    'globoff',
    'fail',
    'fail-with-body',
    'fail-early',
    'no-buffer',
    'remote-name',
    'remote-header-name',
  ],
} as const

/** What says how curl reaches the server: the app has its own ways, and names what it left out. */
const ignored = {
  value: [
    'cacert',
    'capath',
    'cert',
    'cert-type',
    'ciphers',
    'connect-timeout',
    'connect-to',
    'cookie-jar',
    'interface',
    'key',
    'limit-rate',
    'max-redirs',
    'max-time',
    'noproxy',
    'pass',
    'proxy',
    'referer',
    'resolve',
    'retry',
    'retry-delay',
    'retry-max-time',
    'socks5',
    'socks5-hostname',
    'speed-limit',
    'speed-time',
    'tls-max',
    'unix-socket',
  ],
  flag: [
    'anyauth',
    'basic',
    'disable',
    'http1.0',
    'http1.1',
    'http2',
    'http2-prior-knowledge',
    'http3',
    'insecure',
    'ipv4',
    'ipv6',
    'location',
    'location-trusted',
    'netrc',
    'parallel',
    'retry-all-errors',
    'retry-connrefused',
    'ssl-reqd',
    'tlsv1.2',
    'tlsv1.3',
  ],
} as const

const short: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  b: 'cookie',
  F: 'form',
  T: 'upload-file',
  G: 'get',
  I: 'head',
  ':': 'next',
  o: 'output',
  w: 'write-out',
  D: 'dump-header',
  A: 'user-agent',
  s: 'silent',
  S: 'show-error',
  v: 'verbose',
  i: 'include',
  '#': 'progress-bar',
  g: 'globoff',
  f: 'fail',
  N: 'no-buffer',
  O: 'remote-name',
  J: 'remote-header-name',
  E: 'cert',
  c: 'cookie-jar',
  m: 'max-time',
  x: 'proxy',
  U: 'proxy-user',
  e: 'referer',
  q: 'disable',
  k: 'insecure',
  L: 'location',
  n: 'netrc',
  Z: 'parallel',
  '0': 'http1.0',
  '1': 'tlsv1.2',
  '4': 'ipv4',
  '6': 'ipv6',
}

const withValue: ReadonlySet<string> = new Set([...read.value, ...quiet.value, ...ignored.value])
const withoutValue: ReadonlySet<string> = new Set([...read.flag, ...quiet.flag, ...ignored.flag])

/** Options that change how curl reaches the server, which an import leaves out and names. */
export const ignoredOptions: ReadonlySet<string> = new Set([...ignored.value, ...ignored.flag])

/** An option that is not known, or that lacks its value. `name` is as it was written. */
export interface OptionFault {
  readonly fault: 'option' | 'value'
  readonly name: string
}

/** Reads the words after `curl`: long options, short ones together (`-sSXPOST`), and addresses. */
export function readOptions(words: readonly string[]): Result<readonly CurlOption[], OptionFault> {
  const options: CurlOption[] = []
  let isOver = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (isOver || word === '-' || !word.startsWith('-')) {
      options.push({ name: 'url', value: word })
    } else if (word === '--') {
      isOver = true
    } else if (word.startsWith('--')) {
      const name = word.slice(2)
      if (withValue.has(name)) {
        at += 1
        const value = words[at]
        if (value === undefined) return fail({ fault: 'value', name: word })
        options.push({ name, value })
      } else if (withoutValue.has(name.replace(/^no-(?!buffer$|progress-meter$)/, ''))) {
        if (withoutValue.has(name)) options.push({ name, value: '' })
      } else return fail({ fault: 'option', name: word })
    } else {
      const letters = word.slice(1)
      for (let index = 0; index < letters.length; index += 1) {
        const name = short[letters[index] ?? '']
        if (name === undefined) return fail({ fault: 'option', name: `-${letters[index] ?? ''}` })
        if (!withValue.has(name)) {
          options.push({ name, value: '' })
          continue
        }
        let value: string | undefined = letters.slice(index + 1)
        if (value === '') {
          at += 1
          value = words[at]
        }
        if (value === undefined) return fail({ fault: 'value', name: `-${letters[index] ?? ''}` })
        options.push({ name, value })
        break
      }
    }
  }
  return succeed(options)
}
