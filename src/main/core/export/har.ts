import type { Attempt, CallDetail, Header, LoggedBody, Wait } from '../../../shared/model/call.ts'
import type { ExportManifest } from '../../../shared/model/export.ts'
import { buildCallUrl } from './call-url.ts'
import type { ExportOptions, ExportWriter } from './export-format.ts'
import { createSanitizer, type Sanitizer } from './manifest.ts'

const unknownType = 'application/octet-stream'
const httpVersion = 'HTTP/1.1'

const quote = (text: string) => JSON.stringify(text)

/**
 * JSON without a character beyond ASCII. One such character makes of a whole page a text of twice the bytes, which takes
 * several times as long to join and to write; for what stands in every entry that counts.
 */
function quotePlain(text: string): string {
  const escapeUnit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  // Unit by unit: what replaces within a text leaves it of twice the bytes.
  return quote(text)
    .split('')
    .map((character) => (character > '\x7f' ? escapeUnit(character) : character))
    .join('')
}

function writePairs(pairs: Iterable<readonly [string, string]>): string {
  let text = ''
  for (const [name, value] of pairs) text += `${text === '' ? '' : ','}{"name":${quote(name)},"value":${quote(value)}}`
  return `[${text}]`
}

function findValue(headers: readonly Header[], name: string): string | null {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? null
}

function writeQuery(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '[]' : writePairs(new URLSearchParams(url.slice(start + 1)))
}

const writeTime = (ms: number) => new Date(ms).toISOString()

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/**
 * The phases as HAR names them: -1 for one that did not happen, `connect` with `ssl` in it, and
 * `time` the sum of all but `ssl`. What no phase accounts for was spent before the connection, or, where no answer
 * came, in waiting for it: a connection that is not made in time accounts for its own.
 */
function formatTimings({ timings, tookMs }: Attempt) {
  const { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs } = timings
  const connect = connectMs === null && tlsMs === null ? -1 : roundMs((connectMs ?? 0) + (tlsMs ?? 0))
  const dns = dnsMs === null ? -1 : roundMs(dnsMs)
  const receive = roundMs(bodyMs ?? 0)
  const connected = Math.max(dns, 0) + Math.max(connect, 0)
  const wait = roundMs(firstByteMs ?? Math.max(0, tookMs - connected - receive))
  const known = connected + wait + receive
  const blocked = roundMs(Math.max(0, tookMs - known))
  const ssl = tlsMs === null ? -1 : roundMs(tlsMs)
  return {
    time: roundMs(blocked + known),
    timings: `{"blocked":${blocked},"dns":${dns},"connect":${connect},"send":0,"wait":${wait},"receive":${receive},"ssl":${ssl}}`,
  }
}

function describeCut({ text, bytes }: LoggedBody): string {
  return `Cut by the request log: ${text.length} characters of ${bytes} bytes.`
}

/** The members of a body: its type, and its text as far as it is wanted and kept. */
function writeBody(body: LoggedBody, type: string, cleaner: Sanitizer): string {
  const comment = body.truncated ? `,"comment":${quote(describeCut(body))}` : ''
  return `"mimeType":${quote(type)},"text":${quote(cleaner.cleanBody(body.text))}${comment}`
}

function writeRequestBody(body: LoggedBody | null, type: string, cleaner: Sanitizer, include: boolean): string {
  if (body === null) return '"bodySize":0'
  if (!include) return `"bodySize":${body.bytes},"comment":"The body was left out."`
  return `"bodySize":${body.bytes},"postData":{${writeBody(body, type, cleaner)}}`
}

function writeContent(body: LoggedBody | null, size: number, type: string, cleaner: Sanitizer, include: boolean) {
  if (body === null) return `{"size":${size},"mimeType":${quote(type)}}`
  if (!include) return `{"size":${body.bytes},"mimeType":${quote(type)},"comment":"The body was left out."}`
  return `{"size":${body.bytes},${writeBody(body, type, cleaner)}}`
}

function cleanWait({ header, ...wait }: Wait, cleaner: Sanitizer): Wait {
  const [cleaned] = header === undefined ? [] : cleaner.cleanHeaders([header])
  return cleaned === undefined ? wait : { ...wait, header: cleaned }
}

function countBodies(call: CallDetail, cleaner: Sanitizer, include: boolean): void {
  for (const body of [call.requestBody, call.responseBody]) {
    if (body === null) continue
    if (!include) cleaner.count('bodiesLeftOut')
    else if (body.truncated) cleaner.count('bodiesCut')
  }
}

function describeManifest(manifest: ExportManifest, includeBodies: boolean): string {
  const bodies = includeBodies
    ? `bodies are included as the request log keeps them, ${manifest.bodiesCut} of them cut`
    : `${manifest.bodiesLeftOut} bodies were left out`
  return (
    `Sanitised: ${manifest.headersRemoved} secret headers were removed, ` +
    `${manifest.keysRemoved} texts of the shape of a key are replaced by [redacted], ${bodies}.`
  )
}

/**
 * Writes HAR 1.2, one entry per attempt: `_callId` and `_attempt` say which, `_waits` holds the
 * waits before it with their causes and numbers, `_stop` why nothing followed the last one. Waits
 * that no attempt followed are in `_waitsAfter` of the last entry. `log._unsent` lists the calls that ended
 * before anything was sent, which HAR has no entry for. `log._removed` is the manifest.
 */
export function createHarWriter(options: ExportOptions): ExportWriter {
  const { includeBodies, version } = options
  const cleaner = createSanitizer()
  const unsent: string[] = []
  /** JSON of names and masks, which stand in every entry and are few. */
  const plain = new Map<string, string>()
  let isFirst = true

  function quoteOnce(text: string): string {
    const known = plain.get(text)
    if (known !== undefined) return known
    const quoted = quotePlain(text)
    plain.set(text, quoted)
    return quoted
  }

  function describeCall({ summary, keyMask }: CallDetail): string {
    const environment = cleaner.cleanText(options.environment(summary.environmentId)?.name ?? '')
    return (
      `"_environment":${quoteOnce(environment)},"_key":${keyMask === null ? 'null' : quoteOnce(keyMask)},` +
      `"_operation":${quote(summary.operation)},"_source":${quote(summary.source)}`
    )
  }

  function writeWaits(waits: readonly Wait[]): string {
    return waits.length === 0 ? '[]' : JSON.stringify(waits.map((wait) => cleanWait(wait, cleaner)))
  }

  function writeUnsent(call: CallDetail, url: string): string {
    const { summary, waits, stop } = call
    return (
      `{"startedDateTime":"${writeTime(summary.startedAtMs)}","time":${roundMs(summary.tookMs)},` +
      `"request":{"method":${quote(summary.method)},"url":${quote(url)}},"_callId":${summary.id},${describeCall(call)},` +
      `"_outcome":${quote(summary.outcome)},"_waits":${writeWaits(waits)},"_stop":${JSON.stringify(stop)}}`
    )
  }

  /** An entry, put together from its parts: as objects first, 50,000 of them would take twice as long. */
  function writeEntry(call: CallDetail, attempt: Attempt, index: number, url: string): string {
    const { summary, waits, stop, requestBody, responseBody } = call
    const isLast = index === call.attempts.length - 1
    const requestHeaders = cleaner.cleanHeaders(attempt.requestHeaders)
    const responseHeaders = cleaner.cleanHeaders(attempt.responseHeaders)
    const requestType = findValue(requestHeaders, 'content-type') ?? unknownType
    const responseType = findValue(responseHeaders, 'content-type') ?? unknownType
    const { time, timings } = formatTimings(attempt)
    const waitsAt = (place: number) => waits.filter(({ beforeAttempt }) => beforeAttempt === place)
    const waitsAfter = isLast ? waitsAt(call.attempts.length) : []
    const requestParts = writeRequestBody(requestBody, requestType, cleaner, includeBodies)
    const size = attempt.responseBytes
    // The log keeps the body of the last answer.
    const content = writeContent(isLast ? responseBody : null, size, responseType, cleaner, includeBodies)
    const redirect = findValue(responseHeaders, 'location') ?? ''
    const fault = attempt.networkFault === undefined ? '' : `,"_networkFault":${quote(attempt.networkFault)}`
    const after = waitsAfter.length === 0 ? '' : `,"_waitsAfter":${writeWaits(waitsAfter)}`
    const stopped = isLast && stop !== null ? `,"_stop":${quote(stop)}` : ''
    return (
      `{"startedDateTime":"${writeTime(attempt.startedAtMs)}","time":${time},` +
      `"request":{"method":${quote(summary.method)},"url":${quote(url)},"httpVersion":"${httpVersion}","cookies":[],` +
      `"headers":${writePairs(requestHeaders)},"queryString":${writeQuery(url)},"headersSize":-1,${requestParts}},` +
      // What never came has the status 0, as browsers write it.
      `"response":{"status":${attempt.status ?? 0},"statusText":"","httpVersion":"${httpVersion}","cookies":[],` +
      `"headers":${writePairs(responseHeaders)},"content":${content},"redirectURL":${quote(redirect)},` +
      `"headersSize":-1,"bodySize":${attempt.status === null ? -1 : size}},"cache":{},"timings":${timings},` +
      `"_callId":${summary.id},"_attempt":${index + 1},"_attempts":${call.attempts.length},${describeCall(call)},` +
      `"_outcome":${quote(attempt.outcome)}${fault},"_waits":${writeWaits(waitsAt(index))}${after}${stopped}}`
    )
  }

  return {
    head: () => `{"log":{"version":"1.2","creator":${JSON.stringify({ name: 'Jasni Vault', version })},"entries":[`,

    writeCall(call) {
      const baseUrl = options.environment(call.summary.environmentId)?.baseUrl ?? null
      const url = cleaner.cleanText(buildCallUrl(call, baseUrl).url)
      cleaner.count('calls')
      cleaner.count('attempts', call.attempts.length)
      countBodies(call, cleaner, includeBodies)
      if (call.attempts.length === 0) {
        cleaner.count('callsWithoutAttempt')
        unsent.push(writeUnsent(call, url))
      }
      let text = ''
      for (const [index, attempt] of call.attempts.entries()) {
        text += (isFirst ? '\n' : ',\n') + writeEntry(call, attempt, index, url)
        isFirst = false
      }
      return text
    },

    tail() {
      const manifest = cleaner.manifest()
      const comment = JSON.stringify(describeManifest(manifest, includeBodies))
      return `\n],"comment":${comment},"_unsent":[${unsent.join(',\n')}],"_removed":${JSON.stringify(manifest)}}}\n`
    },

    manifest: cleaner.manifest,
  }
}
