// Apart from the schemas, so that the window's first script has the names without a schema library.

/** Names of the parts of the product that make calls. */
export const callSources = ['Inbox', 'Console', 'Probe', 'Sandbox', 'Replay', 'Webhooks'] as const

/** Names of the ways in which a call ends. */
export const callOutcomes = [
  'ok',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'API_NOT_FOUND',
  'RATE_LIMITED',
  'API_REFUSED',
  'SERVER_ERROR',
  'BAD_ANSWER',
  'ANSWER_TOO_LARGE',
  'REDIRECTED',
  'TIMEOUT',
  'NETWORK',
  'CANCELLED',
] as const

/** Names of the causes of a wait. */
export const waitCauses = [
  'pacing',
  'concurrency',
  'retry-after',
  'reset',
  'full-jitter',
  'pause',
  'parked',
  'hold',
] as const
