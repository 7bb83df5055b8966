import type { Attempt, CallDetail, Header, LoggedBody, Wait } from '../../../shared/model/call.ts'
import type { ExportManifest } from '../../../shared/model/export.ts'
import { buildCallUrl } from './call-url.ts'
import type { ExportOptions, ExportWriter } from './export-format.ts'
import { createSanitizer, type Sanitizer } from './manifest.ts'

const unknownType = 'application/octet-stream'
const httpVersion = 'HTTP/1.1'

function nameHeaders(headers: readonly Header[]) {
  return headers.map(([name, value]) => ({ name, value }))
}

function findValue(headers: readonly Header[], name: string): string | null {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? null
}

function readQuery(url: string) {
  const start = url.indexOf('?')
  if (start < 0) return []
  return [...new URLSearchParams(url.slice(start + 1))].map(([name, value]) => ({ name, value }))
}

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/**
 * The phases as HAR names them: -1 for one that did not happen, `connect` with `ssl` in it, and
 * `time` the sum of all but `ssl`. What no phase accounts for was spent before the connection.
 */
function formatTimings({ timings, tookMs }: Attempt) {
  const { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs } = timings
  const connect = connectMs === null && tlsMs === null ? -1 : roundMs((connectMs ?? 0) + (tlsMs ?? 0))
  const dns = dnsMs === null ? -1 : roundMs(dnsMs)
  const wait = roundMs(firstByteMs ?? 0)
  const receive = roundMs(bodyMs ?? 0)
  const known = Math.max(dns, 0) + Math.max(connect, 0) + wait + receive
  const blocked = roundMs(Math.max(0, tookMs - known))
  return {
    time: roundMs(blocked + known),
    timings: { blocked, dns, connect, send: 0, wait, receive, ssl: tlsMs === null ? -1 : roundMs(tlsMs) },
  }
}

function describeCut({ text, bytes }: LoggedBody): string {
  return `Cut by the request log: ${text.length} characters of ${bytes} bytes.`
}

function writeRequestBody(body: LoggedBody | null, type: string, cleaner: Sanitizer, include: boolean) {
  if (body === null) return { bodySize: 0 }
  if (!include) return { bodySize: body.bytes, comment: 'The body was left out.' }
  return {
    bodySize: body.bytes,
    postData: {
      mimeType: type,
      text: cleaner.cleanBody(body.text),
      ...(body.truncated ? { comment: describeCut(body) } : {}),
    },
  }
}

function writeContent(body: LoggedBody | null, size: number, type: string, cleaner: Sanitizer, include: boolean) {
  const content = { size: body?.bytes ?? size, mimeType: type }
  if (body === null) return content
  if (!include) return { ...content, comment: 'The body was left out.' }
  return {
    ...content,
    text: cleaner.cleanBody(body.text),
    ...(body.truncated ? { comment: describeCut(body) } : {}),
  }
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
  let isFirst = true

  function describeCall({ summary, keyMask }: CallDetail) {
    return {
      _environment: cleaner.cleanText(options.environment(summary.environmentId)?.name ?? ''),
      _key: keyMask,
      _operation: summary.operation,
      _source: summary.source,
    }
  }

  function writeUnsent(call: CallDetail, url: string): string {
    const { summary, waits, stop } = call
    return JSON.stringify({
      startedDateTime: new Date(summary.startedAtMs).toISOString(),
      time: roundMs(summary.tookMs),
      request: { method: summary.method, url },
      _callId: summary.id,
      ...describeCall(call),
      _outcome: summary.outcome,
      _waits: waits.map((wait) => cleanWait(wait, cleaner)),
      _stop: stop,
    })
  }

  function writeEntry(call: CallDetail, attempt: Attempt, index: number, url: string): string {
    const { summary, waits, stop, requestBody, responseBody } = call
    const isLast = index === call.attempts.length - 1
    const requestHeaders = cleaner.cleanHeaders(attempt.requestHeaders)
    const responseHeaders = cleaner.cleanHeaders(attempt.responseHeaders)
    const requestType = findValue(requestHeaders, 'content-type') ?? unknownType
    const responseType = findValue(responseHeaders, 'content-type') ?? unknownType
    const { time, timings } = formatTimings(attempt)
    const waitsAt = (place: number) =>
      waits.filter(({ beforeAttempt }) => beforeAttempt === place).map((wait) => cleanWait(wait, cleaner))
    const waitsAfter = isLast ? waitsAt(call.attempts.length) : []
    return JSON.stringify({
      startedDateTime: new Date(attempt.startedAtMs).toISOString(),
      time,
      request: {
        method: summary.method,
        url,
        httpVersion,
        cookies: [],
        headers: nameHeaders(requestHeaders),
        queryString: readQuery(url),
        headersSize: -1,
        ...writeRequestBody(requestBody, requestType, cleaner, includeBodies),
      },
      response: {
        // What never came has the status 0, as browsers write it.
        status: attempt.status ?? 0,
        statusText: '',
        httpVersion,
        cookies: [],
        headers: nameHeaders(responseHeaders),
        // The log keeps the body of the last answer.
        content: writeContent(
          isLast ? responseBody : null,
          attempt.responseBytes,
          responseType,
          cleaner,
          includeBodies,
        ),
        redirectURL: findValue(responseHeaders, 'location') ?? '',
        headersSize: -1,
        bodySize: attempt.status === null ? -1 : attempt.responseBytes,
      },
      cache: {},
      timings,
      _callId: summary.id,
      _attempt: index + 1,
      _attempts: call.attempts.length,
      ...describeCall(call),
      _outcome: attempt.outcome,
      ...(attempt.networkFault === undefined ? {} : { _networkFault: attempt.networkFault }),
      _waits: waitsAt(index),
      ...(waitsAfter.length === 0 ? {} : { _waitsAfter: waitsAfter }),
      ...(isLast && stop !== null ? { _stop: stop } : {}),
    })
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
