/** Prefix of every path of the API. API reference, section 1. */
export const apiPath = '/api/v1'

/** Bodies of errors, word for word where the API reference, section 4, gives them; else its assumed texts. */
const errorTexts = {
  400: 'Invalid request',
  401: 'Unauthorized. Please provide a valid API key.',
  403: 'Forbidden. Your API key does not have access to this resource.',
  404: 'Resource not found',
  405: 'Method not allowed',
  409: 'Resource already exists',
  413: 'Request body too large',
  421: 'This server answers on 127.0.0.1 only.',
  429: 'Rate limit exceeded. Please try again later.',
  500: 'Internal server error',
} as const

/** Statuses that this server fails with. */
export type ErrorStatus = keyof typeof errorTexts

/** The one error shape of the API. */
export interface ErrorEnvelope {
  readonly success: false
  readonly error: string
}

/** The error body of a status; `detail` says what was wrong where the reference leaves the text open. */
export function createError(status: ErrorStatus, detail?: string): ErrorEnvelope {
  return { success: false, error: detail === undefined ? errorTexts[status] : `${errorTexts[status]}: ${detail}` }
}

/** The success shape with data. */
export function createSuccess<Data>(data: Data): { readonly success: true; readonly data: Data } {
  return { success: true, data }
}

/** The success shape of calls that return nothing but a sentence. */
export function createMessage(message: string): { readonly success: true; readonly message: string } {
  return { success: true, message }
}
