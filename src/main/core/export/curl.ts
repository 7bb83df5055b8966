import type { CallDetail } from '../../../shared/model/call.ts'
import { redactBody, redactText } from '../log/redaction.ts'
import { buildCallUrl } from './call-url.ts'

/** A command line and what keeps it from being the whole request, if anything. */
export interface CurlCommand {
  readonly text: string
  /** The log had cut the body. */
  readonly bodyCut: boolean
  /** The log had taken a key out of it. */
  readonly redacted: boolean
  /** The folder of the base URL is not known any more. */
  readonly urlGuessed: boolean
}

// What curl decides by itself, and what must never be in it.
const ownHeaders = new Set([
  'authorization',
  'user-agent',
  'accept-encoding',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'cookie',
])

// One argument of a program can hold 128 KiB on Linux; a longer body goes in by standard input.
const argumentCharsMax = 30_000
const bodyEnd = 'JASNI_BODY'

/** A text as one word of a POSIX shell, whatever it holds. NUL, which no word can hold, is dropped. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`
}

function writeBody(text: string): { readonly option: string; readonly after: string } {
  const lines = text.split('\n')
  if (text.length <= argumentCharsMax || lines.includes(bodyEnd)) {
    return { option: `--data-raw ${quoteForShell(text)}`, after: '' }
  }
  return { option: `--data-binary @- <<'${bodyEnd}'`, after: `\n${text}\n${bodyEnd}` }
}

/** One request as curl is told it. Headers are `name: value`; the one with the key is added. */
export interface CurlRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly body: string | null
}

/** The command for a POSIX shell, whatever the parts hold. The shell fills in `$JASNI_API_KEY`. */
export function joinCurl({ method, url, headers, body }: CurlRequest): string {
  const written = body === null ? null : writeBody(body)
  const words = [
    `curl --request ${/^[A-Z]+$/.test(method) ? method : quoteForShell(method)}`,
    // Brackets and braces in an address would be patterns to curl.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    `--url ${quoteForShell(url)}`,
    '--header "Authorization: Bearer $JASNI_API_KEY"',
    ...headers.map((header) => `--header ${quoteForShell(header)}`),
    ...(written === null ? [] : [written.option]),
  ]
  return words.join(' \\\n  ') + (written?.after ?? '')
}

/**
 * The call as a curl command for a POSIX shell. The key is named and never in it: the shell fills in
 * `$JASNI_API_KEY`. What is missing is said in comment lines above it.
 */
export function writeCurl(call: CallDetail, baseUrl: string | null): CurlCommand {
  const { summary, requestBody } = call
  const headers = call.attempts.at(-1)?.requestHeaders ?? []
  const { url, exact } = buildCallUrl(call, baseUrl)
  const cleanUrl = redactText(url)
  const body = requestBody === null ? null : redactBody(requestBody.text)
  const kept = headers
    .filter(([name]) => !ownHeaders.has(name.toLowerCase()))
    .map(([name, value]) => redactText(`${name}: ${value}`))
  const bodyCut = requestBody?.truncated === true
  const isRedacted = [cleanUrl, body ?? '', ...kept].some((text) => text.includes('[redacted]'))

  const notes = [
    ...(bodyCut
      ? [`# The request log had cut this body: it is not the whole of ${requestBody?.bytes ?? 0} bytes.`]
      : []),
    ...(isRedacted ? ['# [redacted] stands where the request log took out a key.'] : []),
    ...(exact ? [] : ['# The environment has another address by now: put the folder of its base URL in.']),
  ]
  const command = joinCurl({ method: summary.method, url: cleanUrl, headers: kept, body })
  return {
    text: [...notes, command].join('\n'),
    bodyCut,
    redacted: isRedacted,
    urlGuessed: !exact,
  }
}
