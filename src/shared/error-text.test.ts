import { describe, expect, test } from 'vitest'
import type { AppError, ErrorKind } from './error.ts'
import { describeBaseUrlFault, describeError, describeKeyFault, type ErrorText } from './error-text.ts'

const callId = null
const apiMessage = 'Nope!'

/** One error or more for every kind; the compiler asks for a kind that is left out. */
const errors: { readonly [K in ErrorKind]: readonly Extract<AppError, { kind: K }>[] } = {
  UNAUTHORIZED: [{ kind: 'UNAUTHORIZED', apiMessage, callId }],
  FORBIDDEN: [{ kind: 'FORBIDDEN', apiMessage, callId }],
  API_NOT_FOUND: [{ kind: 'API_NOT_FOUND', apiMessage, callId }],
  RATE_LIMITED: [
    { kind: 'RATE_LIMITED', apiMessage, retryAfterMs: null, callId },
    { kind: 'RATE_LIMITED', apiMessage, retryAfterMs: 1000, callId },
    { kind: 'RATE_LIMITED', apiMessage, retryAfterMs: 12_300, callId },
  ],
  API_REFUSED: [{ kind: 'API_REFUSED', status: 422, apiMessage, callId }],
  SERVER_ERROR: [{ kind: 'SERVER_ERROR', status: 503, apiMessage: '', callId }],
  BAD_ANSWER: (['not-json', 'empty', 'cut-off', 'unexpected', 'success-false'] as const).map((reason) => ({
    kind: 'BAD_ANSWER',
    reason,
    status: 200,
    apiMessage,
    callId,
  })),
  ANSWER_TOO_LARGE: [{ kind: 'ANSWER_TOO_LARGE', bytesMax: 20 * 1024 * 1024, callId }],
  REDIRECTED: [{ kind: 'REDIRECTED', toOrigin: 'https://elsewhere.example', callId }],
  TIMEOUT: [{ kind: 'TIMEOUT', afterMs: 30_000, callId }],
  NETWORK: (['dns', 'refused', 'reset', 'tls', 'unreachable', 'other'] as const).map((reason) => ({
    kind: 'NETWORK',
    reason,
    callId,
  })),
  CANCELLED: [{ kind: 'CANCELLED', callId }],
  UNKNOWN_OUTCOME: [
    { kind: 'UNKNOWN_OUTCOME', status: 503, callId },
    { kind: 'UNKNOWN_OUTCOME', status: null, callId },
  ],
  KEYCHAIN: (['locked', 'denied', 'unavailable', 'busy', 'too-large', 'mismatch', 'failed'] as const).map((fault) => ({
    kind: 'KEYCHAIN',
    fault,
  })),
  STORAGE: (['full', 'read-only', 'newer', 'damaged', 'failed'] as const).map((fault) => ({ kind: 'STORAGE', fault })),
  BAD_REQUEST: [
    { kind: 'BAD_REQUEST', field: 'label' },
    { kind: 'BAD_REQUEST', field: '' },
  ],
  WRONG_SENDER: [{ kind: 'WRONG_SENDER' }],
  OVERLOADED: [{ kind: 'OVERLOADED' }],
  INTERNAL: [{ kind: 'INTERNAL', reference: 'a1b2c3' }],
  NOT_FOUND: (
    ['environment', 'key', 'call', 'link', 'message', 'draft', 'rotation', 'question', 'webhook', 'delivery'] as const
  ).map((what) => ({
    kind: 'NOT_FOUND',
    what,
  })),
  KEY_MALFORMED: (
    ['empty', 'prefix', 'whitespace', 'control', 'alphabet', 'too-short', 'too-long', 'surrounded'] as const
  ).map((fault) => ({ kind: 'KEY_MALFORMED', fault })),
  KEY_IN_TEXT: [{ kind: 'KEY_IN_TEXT', field: 'label' }],
  KEY_EXISTS: [{ kind: 'KEY_EXISTS', environmentName: 'Staging', label: 'ci' }],
  TEST_KEY: [{ kind: 'TEST_KEY', environmentName: 'Prod' }],
  NO_KEY: [{ kind: 'NO_KEY', environmentName: 'Dev' }],
  KEY_MISSING: [{ kind: 'KEY_MISSING', environmentName: 'Dev', label: 'agent' }],
  KEY_CHANGED: [{ kind: 'KEY_CHANGED', label: 'agent' }],
  BASE_URL: (['not-a-url', 'scheme', 'plain-http', 'credentials', 'query', 'too-long'] as const).map((fault) => ({
    kind: 'BASE_URL',
    fault,
  })),
  NAME_TAKEN: [{ kind: 'NAME_TAKEN', name: 'Dev' }],
  FIXED: [
    { kind: 'FIXED', what: 'sandbox' },
    { kind: 'FIXED', what: 'last-environment' },
  ],
  TOO_MANY: [
    { kind: 'TOO_MANY', what: 'environments', max: 50 },
    { kind: 'TOO_MANY', what: 'keys', max: 500 },
    { kind: 'TOO_MANY', what: 'filters', max: 50 },
  ],
  MORE_CALLS: [{ kind: 'MORE_CALLS', count: 12 }],
  FILTER: [
    { kind: 'FILTER', problems: [] },
    {
      kind: 'FILTER',
      problems: [{ fault: 'unknown-field', from: 0, to: 4, field: null, word: 'stat', closest: 'status' }],
    },
  ],
  GUARDED: [
    ...(['arm', 'switch', 'fallen'] as const).map((need) => ({
      kind: 'GUARDED' as const,
      environmentId: 'prod',
      environmentName: 'Prod',
      need,
    })),
    { kind: 'GUARDED', environmentId: 'prod', environmentName: 'Prod', need: 'consent', questionId: 'q-1' },
  ],
  HELD_TOO_SHORT: [{ kind: 'HELD_TOO_SHORT' }],
  SANDBOX_DOWN: [{ kind: 'SANDBOX_DOWN' }],
  BUSY: [{ kind: 'BUSY', environmentName: 'Dev' }],
  CONFIRMATION: [{ kind: 'CONFIRMATION', expected: 'Prod' }],
  TOO_LATE: (['cancel', 'go-back', 'other'] as const).map((what) => ({ kind: 'TOO_LATE', what })),
  ISSUER: (
    [
      'unreachable',
      'timeout',
      'unauthorized',
      'conflict',
      'refused',
      'failed',
      'no-key',
      'bad-answer',
      'unknown-key',
      'no-credential',
    ] as const
  ).flatMap((fault) => [
    { kind: 'ISSUER', fault, status: null },
    { kind: 'ISSUER', fault, status: 500 },
  ]),
  ROTATION: (
    [
      'new-key-refused',
      'new-key-unproven',
      'new-key-lost',
      'old-key-refused',
      'old-key-unproven',
      'old-key-missing',
      'no-answer',
      'no-signature',
      'control-failed',
      'no-control',
      'silence',
      'revoke-by-hand',
      'gave-up',
    ] as const
  ).map((fault) => ({ kind: 'ROTATION', fault })),
  EXPORT: (['busy', 'full', 'denied', 'gone', 'log', 'failed'] as const).map((fault) => ({ kind: 'EXPORT', fault })),
  WEBHOOK_SECRET: (['empty', 'prefix', 'key', 'shape', 'none', 'lost', 'missing'] as const).map((fault) => ({
    kind: 'WEBHOOK_SECRET',
    fault,
  })),
  DELIVERY_TEXT: (
    ['empty', 'header', 'answer', 'json', 'json-headers', 'json-body', 'body-only', 'no-body', 'base64'] as const
  ).map((what) => ({ kind: 'DELIVERY_TEXT', problem: { what, line: 2, column: 3 } })),
  RECEIVER: [{ kind: 'RECEIVER' }],
  OUTBOX: (
    [
      'no-recipient',
      'bad-address',
      'no-subject',
      'no-text',
      'files-too-large',
      'too-many-files',
      'file-gone',
      'file-denied',
      'no-file',
      'moved-on',
      'left-already',
    ] as const
  ).map((fault) => ({ kind: 'OUTBOX', fault })),
  CURL: (
    [
      'empty',
      'too-long',
      'not-curl',
      'quote',
      'substitution',
      'option',
      'value',
      'file',
      'form',
      'url',
      'host',
      'path',
      'body',
    ] as const
  ).map((fault) => ({ kind: 'CURL', fault, name: 'x' })),
  REPLAY: (['cut', 'redacted', 'sends-again', 'changes-again'] as const).map((fault) => ({ kind: 'REPLAY', fault })),
}

const every: readonly AppError[] = Object.values(errors).flat()
const contexts = [{}, { environmentName: 'Dev', backend: 'Secret Service' }]

function sentencesOf(text: ErrorText): string[] {
  return [text.title, text.detail, text.action?.label].filter((part) => part !== undefined)
}

describe('error sentences', () => {
  test.each(every.map((error) => [JSON.stringify(error), error] as const))('%s has its sentences', (_name, error) => {
    for (const context of contexts) {
      const text = describeError(error, context)
      for (const sentence of sentencesOf(text)) {
        expect(sentence.trim()).not.toBe('')
        expect(sentence).not.toMatch(/!|undefined|null|Oops|NaN|\[object/)
        expect(sentence).not.toMatch(/^please try again\.?$/i)
        expect(sentence).toMatch(/^[“A-Z]/)
      }
      expect(text.title).not.toMatch(/\.$/)
      expect(text.detail).toMatch(/[.”]$/)
      // A sentence of its own: no machine word of the error stands in it.
      expect(sentencesOf(text).join(' ')).not.toContain(error.kind.includes('_') ? error.kind : '\u0000')
    }
  })

  test('every fault is told in other words than the rest of its kind', () => {
    for (const kind of [
      'KEYCHAIN',
      'STORAGE',
      'NETWORK',
      'KEY_MALFORMED',
      'BASE_URL',
      'NOT_FOUND',
      'BAD_ANSWER',
      'TOO_LATE',
      'ROTATION',
      'WEBHOOK_SECRET',
      'DELIVERY_TEXT',
    ] as const) {
      const texts = errors[kind].map((error) => {
        const { title, detail } = describeError(error)
        return `${title} ${detail}`
      })
      expect(new Set(texts).size).toBe(texts.length)
    }
  })

  test('the environment and the keychain are named where they are known', () => {
    const context = { environmentName: 'Staging', backend: 'Secret Service' }
    expect(describeError({ kind: 'UNAUTHORIZED', apiMessage: '', callId }, context).title).toContain('Staging')
    expect(describeError({ kind: 'KEYCHAIN', fault: 'locked' }, context).title).toBe('Secret Service is locked')
  })

  test('the server is quoted without its exclamation marks', () => {
    expect(describeError({ kind: 'FORBIDDEN', apiMessage: 'No way!!', callId }).detail).toContain('It said: “No way”.')
    expect(describeError({ kind: 'FORBIDDEN', apiMessage: '  ', callId }).detail).not.toContain('It said')
  })

  test('faults of keys and base URLs are told the same alone as inside an error', () => {
    expect(describeKeyFault('whitespace')).toEqual(describeError({ kind: 'KEY_MALFORMED', fault: 'whitespace' }))
    expect(describeBaseUrlFault('query')).toEqual(describeError({ kind: 'BASE_URL', fault: 'query' }))
  })
})
