import { parseBaseUrl } from '../../../shared/base-url.ts'
import type {
  BodySlice,
  ConsoleAnswer,
  ConsoleRequest,
  CurlImport,
  SnippetForm,
} from '../../../shared/model/console.ts'
import { defaultBaseUrl } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Vault } from '../vault/vault.ts'
import { createAnswers } from './answers.ts'
import { importCurl } from './curl-import.ts'
import { checkConsoleRequest } from './request.ts'
import { writeSnippet } from './snippets.ts'

/** Any operation of the API by hand. Every send is one call through the pipeline; none throws. */
export interface Console {
  /** `ticket` names the send for `cancel`; the window makes it up. */
  send(ticket: string, environmentId: string, request: ConsoleRequest): Promise<Result<ConsoleAnswer>>
  /** Ends a send that still waits or is on the wire. */
  cancel(ticket: string): void
  /** NOT_FOUND once newer answers took its place: the request log still has the beginning. */
  body(callId: number, from: number): Result<BodySlice>
  /** The request as a command or a program. The key is named in it, never written. */
  snippet(environmentId: string, request: ConsoleRequest, form: SnippetForm): Result<string>
  /** Reads a cURL command as a request, without its key; CURL says why not. */
  importCurl(environmentId: string, text: string): Result<CurlImport>
}

/** Builds the console on the pipeline. */
export function createConsole(parts: {
  readonly pipeline: Pipeline
  readonly vault: Pick<Vault, 'environment' | 'environments'>
}): Console {
  const { pipeline, vault } = parts
  const answers = createAnswers()
  const waiting = new Map<string, AbortController>()

  return {
    async send(ticket, environmentId, request) {
      const checked = checkConsoleRequest(request)
      if (!checked.ok) return checked
      const { operation, path, query, body } = checked.value
      const { id, effect, method } = operation
      const controller = new AbortController()
      waiting.set(ticket, controller)
      try {
        const input = { environmentId, operation: id, effect, method, path, query, body, source: 'Console' } as const
        const result = await pipeline.send(input, controller.signal)
        if (!result.ok) return result
        const { callId, status } = result.value
        const text = JSON.stringify(result.value.body)
        answers.keep(callId, text)
        return succeed({ callId, status, chars: text.length })
      } finally {
        if (waiting.get(ticket) === controller) waiting.delete(ticket)
      }
    },
    cancel: (ticket) => waiting.get(ticket)?.abort(),
    body(callId, from) {
      const slice = answers.read(callId, from)
      return slice === null ? fail({ kind: 'NOT_FOUND', what: 'call' }) : succeed(slice)
    },
    snippet(environmentId, request, form) {
      const environment = vault.environment(environmentId)
      if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      const checked = checkConsoleRequest(request)
      return checked.ok ? succeed(writeSnippet(environment.baseUrl, checked.value, form)) : checked
    },
    importCurl(environmentId, text) {
      const bases = vault
        .environments()
        .filter(({ baseUrl }) => parseBaseUrl(baseUrl).ok)
        .map(({ id, name, baseUrl }) => ({ name, baseUrl, current: id === environmentId }))
      const read = importCurl(text, [...bases, { name: 'the API', baseUrl: defaultBaseUrl, current: false }])
      if (read.ok) return read
      const { fault, name } = read.error
      return fail(fault === 'key' ? { kind: 'KEY_IN_TEXT', field: 'body' } : { kind: 'CURL', fault, name })
    },
  }
}
