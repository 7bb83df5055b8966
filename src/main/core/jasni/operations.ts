import type { CallInput, Effect } from '../pipeline/pipeline.ts'

/** One operation of the API. */
export interface Operation {
  /** `operationId` of the OpenAPI file. */
  readonly id: string
  readonly method: CallInput['method']
  /** Path below the base URL; `{name}` stands for a value. */
  readonly path: string
  readonly effect: Effect
}

/** The operations that the product uses by itself. API reference, section 5. */
export const operations = {
  listAccounts: { id: 'listAccounts', method: 'GET', path: '/accounts', effect: 'read' },
  listEmails: { id: 'listEmails', method: 'GET', path: '/emails', effect: 'read' },
  getEmail: { id: 'getEmail', method: 'GET', path: '/emails/{id}', effect: 'read' },
  updateEmail: { id: 'updateEmail', method: 'PATCH', path: '/emails/{id}', effect: 'write' },
  listLabels: { id: 'listLabels', method: 'GET', path: '/labels', effect: 'read' },
} as const satisfies Readonly<Record<string, Operation>>
