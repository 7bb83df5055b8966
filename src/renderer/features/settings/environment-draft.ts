import { parseBaseUrl } from '../../../shared/base-url.ts'
import { describeBaseUrlFault } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import {
  defaultBaseUrl,
  type Environment,
  type EnvironmentInput,
  type Mark,
  type Plan,
  planPerMinute,
} from '../../../shared/model/environment.ts'

/** What a person is typing about an environment; numbers stay texts until they are saved. */
export interface EnvironmentDraft {
  readonly name: string
  readonly mark: Mark
  readonly baseUrl: string
  readonly planKind: Plan['kind']
  /** Requests a minute of an Enterprise plan, as typed. */
  readonly perMinute: string
  /** Name of the rate group as typed; empty when it counts by itself. */
  readonly rateGroup: string
  readonly protected: boolean
}

/** A sentence for each part that cannot be saved as it is. */
export type DraftFaults = Readonly<Partial<Record<'name' | 'baseUrl' | 'perMinute' | 'rateGroup', string>>>

/** Draft of an environment as it is saved. */
export function draftOf(environment: Environment): EnvironmentDraft {
  return {
    name: environment.name,
    mark: environment.mark,
    baseUrl: environment.baseUrl,
    planKind: environment.plan.kind,
    perMinute: String(environment.plan.perMinute),
    rateGroup: environment.rateGroup ?? '',
    protected: environment.protected,
  }
}

/** Draft of an environment that does not exist yet. */
export const newDraft: EnvironmentDraft = {
  name: '',
  mark: 'blue',
  baseUrl: defaultBaseUrl,
  planKind: 'free',
  perMinute: String(planPerMinute.free),
  rateGroup: '',
  protected: false,
}

function perMinuteOf(draft: EnvironmentDraft): number | null {
  if (draft.planKind === 'free' || draft.planKind === 'pro') return planPerMinute[draft.planKind]
  // Until a header says otherwise.
  if (draft.planKind === 'learn') return planPerMinute.free
  const digits = draft.perMinute.replace(/[\s,]/g, '')
  if (!/^\d{1,9}$/.test(digits)) return null
  const value = Number(digits)
  return value >= 1 && value <= limits.planPerMinuteMax ? value : null
}

/** What is wrong with a draft. `others` are the names that are taken. */
export function findFaults(draft: EnvironmentDraft, others: readonly string[]): DraftFaults {
  const faults: { -readonly [K in keyof DraftFaults]: DraftFaults[K] } = {}
  const name = draft.name.trim()
  if (name === '') faults.name = 'An environment needs a name.'
  else if (name.length > limits.environmentNameCharsMax) {
    faults.name = `A name has at most ${limits.environmentNameCharsMax} characters.`
  } else if (others.some((other) => other.toLowerCase() === name.toLowerCase())) {
    faults.name = `“${name}” exists already. Choose another name.`
  }
  const url = parseBaseUrl(draft.baseUrl)
  if (!url.ok) {
    const { title, detail } = describeBaseUrlFault(url.error)
    faults.baseUrl = `${title}. ${detail}`
  }
  if (perMinuteOf(draft) === null) {
    faults.perMinute = `Give a whole number from 1 to ${limits.planPerMinuteMax.toLocaleString('en-US')}.`
  }
  if (draft.rateGroup.trim().length > limits.environmentNameCharsMax) {
    faults.rateGroup = `A name has at most ${limits.environmentNameCharsMax} characters.`
  }
  return faults
}

/** What is sent to main; null while something is wrong. */
export function inputOf(draft: EnvironmentDraft): EnvironmentInput | null {
  const perMinute = perMinuteOf(draft)
  const url = parseBaseUrl(draft.baseUrl)
  if (perMinute === null || !url.ok || draft.name.trim() === '') return null
  return {
    name: draft.name.trim(),
    mark: draft.mark,
    baseUrl: url.value,
    plan: { kind: draft.planKind, perMinute },
    rateGroup: draft.rateGroup.trim() === '' ? null : draft.rateGroup.trim(),
    protected: draft.protected,
  }
}

/** Names of the rate groups that other environments are in, in their order. */
export function listRateGroups(environments: readonly Environment[], ownId: string | null): string[] {
  const names = environments.flatMap(({ id, rateGroup }) => (id === ownId || rateGroup === null ? [] : [rateGroup]))
  return [...new Set(names)]
}

/** How many parts of a draft differ from what is saved. */
export function countChanges(draft: EnvironmentDraft, saved: EnvironmentDraft): number {
  const plan =
    draft.planKind !== saved.planKind || (draft.planKind === 'enterprise' && draft.perMinute !== saved.perMinute)
  return [
    draft.name !== saved.name,
    draft.mark !== saved.mark,
    draft.baseUrl !== saved.baseUrl,
    plan,
    draft.rateGroup.trim() !== saved.rateGroup,
    draft.protected !== saved.protected,
  ].filter(Boolean).length
}

/** Moves one id by `step` places within the list; the same list when it cannot go there. */
export function moveId(ids: readonly string[], id: string, step: number): readonly string[] {
  const from = ids.indexOf(id)
  const to = from + step
  if (from < 0 || to < 0 || to >= ids.length) return ids
  const rest = ids.filter((other) => other !== id)
  return [...rest.slice(0, to), id, ...rest.slice(to)]
}
