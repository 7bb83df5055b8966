import type { AppError } from '../../../shared/error.ts'
import type { ApiForm, ApiTopic } from '../../../shared/model/api-form.ts'
import type { Result } from '../../../shared/result.ts'
import type { CallAnswer, CallInput, Pipeline } from '../pipeline/pipeline.ts'
import type { VaultStore } from '../ports.ts'
import type { Vault } from '../vault/vault.ts'

/** One request in both forms that sources know. */
export interface BothForms {
  readonly sdk: CallInput
  readonly concept: CallInput
}

/**
 * Requests on whose form the sources disagree. Each environment's server is asked in the form that it
 * was last found to understand, else in the SDK's, which is working code: API reference, section 7.
 */
export interface ApiForms {
  /** One call, or two where the server knows no such request in the first form. */
  send(topic: ApiTopic, forms: BothForms, signal?: AbortSignal): Promise<Result<CallAnswer>>
  /** The form that is known to work for an environment's base URL of now; null while none is. */
  known(environmentId: string, topic: ApiTopic): ApiForm['form'] | null
}

/** True when the request was certainly not carried out because the server has no such path or method. */
function isUnknownRequest(error: AppError): boolean {
  return (
    error.kind === 'API_NOT_FOUND' || (error.kind === 'API_REFUSED' && (error.status === 405 || error.status === 501))
  )
}

/** Builds it on the pipeline. What was learned is kept, and holds for one base URL. */
export function createApiForms(parts: {
  readonly pipeline: Pipeline
  readonly store: Pick<VaultStore, 'apiForms' | 'commit'>
  readonly vault: Pick<Vault, 'environment'>
}): ApiForms {
  const { pipeline, store, vault } = parts

  /** What was learned of environments that still have the base URL it was learned at. */
  function valid(): ApiForm[] {
    return store
      .apiForms()
      .filter(({ environmentId, baseUrl }) => vault.environment(environmentId)?.baseUrl === baseUrl)
  }

  const known = (environmentId: string, topic: ApiTopic): ApiForm['form'] | null =>
    valid().find((form) => form.environmentId === environmentId && form.topic === topic)?.form ?? null

  function remember(environmentId: string, baseUrl: string, topic: ApiTopic, form: ApiForm['form']): void {
    // Moved meanwhile: what was learned belongs to the address before.
    if (vault.environment(environmentId)?.baseUrl !== baseUrl || known(environmentId, topic) === form) return
    const others = valid().filter((each) => each.environmentId !== environmentId || each.topic !== topic)
    // Not kept, it is learned again by the next start: the failure is none of this call.
    store.commit([{ what: 'put-api-forms', apiForms: [...others, { environmentId, baseUrl, topic, form }] }])
  }

  return {
    known,
    async send(topic, forms, signal) {
      const { environmentId } = forms.sdk
      const baseUrl = vault.environment(environmentId)?.baseUrl ?? ''
      const order =
        known(environmentId, topic) === 'concept' ? (['concept', 'sdk'] as const) : (['sdk', 'concept'] as const)
      const [first, second] = order
      const answer = await pipeline.send(forms[first], signal)
      if (answer.ok) {
        remember(environmentId, baseUrl, topic, first)
        return answer
      }
      if (!isUnknownRequest(answer.error)) return answer
      const other = await pipeline.send(forms[second], signal)
      if (other.ok) remember(environmentId, baseUrl, topic, second)
      // 404 in both forms means the thing itself. A server that lacks the second form says nothing of it.
      if (!other.ok && isUnknownRequest(other.error) && answer.error.kind === 'API_NOT_FOUND') return answer
      return other
    },
  }
}
