import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'

/** Where documentation, SDKs and server may disagree on how something is asked for. API reference, section 13. */
export const ApiTopic = z.enum(['draft-replace', 'draft-delete'])
export type ApiTopic = z.infer<typeof ApiTopic>

/**
 * The form that a server was found to understand. `sdk`: the Python SDK's. `concept`: the concept
 * pages'. It holds for one base URL and is forgotten with it.
 */
export const ApiForm = z.object({
  environmentId: RecordId,
  baseUrl: z.string().check(z.maxLength(limits.urlCharsMax)),
  topic: ApiTopic,
  form: z.enum(['sdk', 'concept']),
})
export type ApiForm = z.infer<typeof ApiForm>
