import * as z from 'zod/mini'

/** Every operation of the API, by the `operationId` of the OpenAPI file. The build fails when the two differ. */
export const OperationId = z.enum([
  'listEmails',
  'getEmail',
  'sendEmail',
  'replyToEmail',
  'forwardEmail',
  'updateEmail',
  'deleteEmail',
  'listThreads',
  'getThread',
  'listDrafts',
  'createDraft',
  'updateDraft',
  'updateDraftByBody',
  'deleteDraft',
  'deleteDraftByQuery',
  'sendDraft',
  'listEmailLabels',
  'assignEmailLabels',
  'removeEmailLabels',
  'listAttachments',
  'getAttachment',
  'getRawEmail',
  'listLabels',
  'createLabel',
  'deleteLabel',
  'listWebhooks',
  'createWebhook',
  'updateWebhook',
  'deleteWebhook',
  'getWebhook',
  'listAccounts',
  'createAccount',
  'updateAccount',
  'deleteAccount',
])
export type OperationId = z.infer<typeof OperationId>

/** What an operation does to the world: `x-jasni-effect` of the OpenAPI file. `outbound` sends mail to people. */
export type Effect = 'read' | 'write' | 'outbound' | 'destructive'

/** The part of JSON Schema that the OpenAPI file describes requests with. References are resolved. */
export interface RequestSchema {
  readonly type?: 'string' | 'integer' | 'boolean' | 'array' | 'object'
  readonly description?: string
  readonly default?: string | number | boolean
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: 'uri' | 'date-time'
  readonly contentEncoding?: 'base64'
  readonly minItems?: number
  readonly items?: RequestSchema
  readonly properties?: Readonly<Record<string, RequestSchema>>
  readonly required?: readonly string[]
  /** Members of any name are welcome. */
  readonly additionalProperties?: boolean
  /** Exactly one of these forms, as one address or several. */
  readonly oneOf?: readonly RequestSchema[]
  /** At least one of these lists of members must be there. */
  readonly anyOf?: readonly { readonly required: readonly string[] }[]
}

/** One parameter in the path or the query. */
export interface OperationParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description: string
  readonly schema: RequestSchema
}

/** The JSON body of an operation. */
export interface OperationBody {
  readonly required: boolean
  readonly schema: RequestSchema
  /** The first example of the OpenAPI file. */
  readonly example: unknown
}

/** One operation of the API as the OpenAPI file describes it. */
export interface Operation {
  readonly id: OperationId
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base URL; `{name}` stands for a parameter. */
  readonly path: string
  readonly effect: Effect
  /** False for what is known from the SDKs only, which a server may refuse. */
  readonly documented: boolean
  readonly tag: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly OperationParameter[]
  readonly body: OperationBody | null
}
