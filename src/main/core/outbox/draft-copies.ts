import type { AppError } from '../../../shared/error.ts'
import { isSameParty } from '../../../shared/mail/addresses.ts'
import type { KeptContent } from '../../../shared/model/outgoing.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { ApiForms } from '../jasni/api-forms.ts'
import { type MessageContent, readData, readMessage } from '../jasni/mail-reader.ts'
import { type Operation, operations } from '../jasni/operations.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { buildCall } from './outgoing-call.ts'

/** Whose drafts. */
export interface DraftsPlace {
  readonly environmentId: string
  readonly account: string
}

/** Drafts on the server. Each method is one call, two where a server takes only the other form. API reference, section 7. */
export interface DraftCopies {
  read(place: DraftsPlace, uid: number): Promise<Result<MessageContent>>
  /** Answers the uid of the new draft. */
  create(place: DraftsPlace, content: KeptContent): Promise<Result<number>>
  /** Answers the uid, which the server may have changed. */
  replace(place: DraftsPlace, uid: number, content: KeptContent): Promise<Result<number>>
  /** Succeeds when there is none any more. */
  remove(place: DraftsPlace, uid: number): Promise<Result<null>>
}

const textOf = (text: string) => text.replace(/\r\n?/g, '\n').trimEnd()

/** True when two versions of a draft say the same. Servers trim and fold, so blanks at ends do not count. */
export function isSameDraft(one: KeptContent, other: KeptContent): boolean {
  return (
    isSameParty(one.to, other.to) &&
    isSameParty(one.cc, other.cc) &&
    one.subject.replace(/\s+/g, ' ').trim() === other.subject.replace(/\s+/g, ' ').trim() &&
    textOf(one.text) === textOf(other.text)
  )
}

/** Builds the drafts of all servers on the pipeline, in the form that each is known to take. */
export function createDraftCopies(pipeline: Pipeline, forms: Pick<ApiForms, 'send'>): DraftCopies {
  const call = (environmentId: string, operation: Operation, parts: Parameters<typeof buildCall>[2]) =>
    buildCall(environmentId, operation, parts)

  function readUid(result: Awaited<ReturnType<Pipeline['send']>>, fallback: number | null): Result<number> {
    if (!result.ok) return result
    const uid = readData(result.value.body)?.uid
    if (typeof uid === 'number' && Number.isSafeInteger(uid) && uid >= 0) return succeed(uid)
    if (fallback !== null) return succeed(fallback)
    const { status, callId } = result.value
    return fail<AppError>({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
  }

  /** What is empty is left out: an empty list is no address. */
  function bodyOf(account: string, { to, cc, subject, text }: KeptContent) {
    return { account, ...(to.length === 0 ? {} : { to }), ...(cc.length === 0 ? {} : { cc }), subject, text }
  }

  return {
    async read({ environmentId, account }, uid) {
      const query = [
        ['account', account],
        ['folder', 'Drafts'],
      ] as const
      const result = await pipeline.send(call(environmentId, operations.getEmail, { path: { id: uid }, query }))
      if (!result.ok) return result
      const data = readData(result.value.body)
      const message = data === null ? null : readMessage(data)
      const { status, callId } = result.value
      return message === null
        ? fail<AppError>({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
        : succeed(message)
    },

    async create({ environmentId, account }, content) {
      const body = bodyOf(account, content)
      return readUid(await pipeline.send(call(environmentId, operations.createDraft, { body })), null)
    },

    async replace({ environmentId, account }, uid, content) {
      const body = bodyOf(account, content)
      const result = await forms.send('draft-replace', {
        sdk: call(environmentId, operations.updateDraftByBody, { body: { ...body, uid } }),
        concept: call(environmentId, operations.updateDraft, { path: { draftId: uid }, body }),
      })
      return readUid(result, uid)
    },

    async remove({ environmentId, account }, uid) {
      const query = [['account', account]] as const
      const result = await forms.send('draft-delete', {
        sdk: call(environmentId, operations.deleteDraftByQuery, { query: [...query, ['uid', String(uid)]] }),
        concept: call(environmentId, operations.deleteDraft, { path: { draftId: uid }, query }),
      })
      return result.ok || result.error.kind === 'API_NOT_FOUND' ? succeed(null) : result
    },
  }
}
