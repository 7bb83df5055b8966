import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { OperationId } from './operation.ts'

/** A value of a parameter: as the schema has it, or the text that a person typed in its place. */
export const ParameterValue = z.union([
  z.string().check(z.maxLength(limits.consoleParameterCharsMax)),
  z.number(),
  z.boolean(),
])
export type ParameterValue = z.infer<typeof ParameterValue>

/** One request as it is put together in the console. Holds no key: main adds it. */
export const ConsoleRequest = z.strictObject({
  operation: OperationId,
  /** By name; what is left out is not sent. */
  parameters: z
    .record(z.string().check(z.maxLength(limits.idCharsMax)), ParameterValue)
    .check(z.refine((values) => Object.keys(values).length <= limits.consoleParametersMax)),
  /** JSON, or null for no body. */
  body: z.nullable(z.string().check(z.maxLength(limits.consoleBodyCharsMax))),
})
export type ConsoleRequest = z.infer<typeof ConsoleRequest>

/** An answer with success. Its body is read with `console.body`; `chars` is its length. */
export const ConsoleAnswer = z.object({ callId: z.int(), status: z.int(), chars: z.int() })
export type ConsoleAnswer = z.infer<typeof ConsoleAnswer>

/** A part of an answer's body, redacted. `next` is where the part after begins, or null. */
export const BodySlice = z.object({ text: z.string(), next: z.nullable(z.int()) })
export type BodySlice = z.infer<typeof BodySlice>

/** Forms that a request can be copied in. The key is named in them, never written. */
export const SnippetForm = z.enum(['curl', 'typescript', 'python'])
export type SnippetForm = z.infer<typeof SnippetForm>

/** What an imported cURL command held and the request does not. `environment`: whose address it was written for. */
export const ImportNote = z.object({
  kind: z.enum(['key', 'login', 'cookies', 'headers', 'parameters', 'body', 'options', 'rest', 'environment']),
  /** What it is about, redacted; empty where there is nothing to name. */
  names: z.array(z.string()),
})
export type ImportNote = z.infer<typeof ImportNote>

/** A request that was read from a cURL command. Its key is not in it. */
export const CurlImport = z.object({ request: ConsoleRequest, notes: z.array(ImportNote) })
export type CurlImport = z.infer<typeof CurlImport>

/** Name of a saved request. */
export const SavedName = z.string().check(z.trim(), z.minLength(1), z.maxLength(limits.savedNameCharsMax))

/** A request that was kept under a name, for any environment. The name is its identity. */
export const SavedRequest = z.object({
  name: SavedName,
  savedAtMs: z.number(),
  request: ConsoleRequest,
})
export type SavedRequest = z.infer<typeof SavedRequest>
