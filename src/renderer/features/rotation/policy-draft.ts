import { create } from 'zustand'
import { originOf, parsePageUrl } from '../../../shared/base-url.ts'
import { describeBaseUrlFault } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import { apiKeysPage } from '../../../shared/model/defaults.ts'
import type { AutomaticIssuer, IssuerKind, RotationPolicyInput } from '../../../shared/model/rotation.ts'

/** What a person is typing about the rotations of an environment; numbers stay texts until they are saved. */
export interface PolicyDraft {
  readonly issuerKind: IssuerKind
  readonly pageUrl: string
  readonly createMethod: AutomaticIssuer['createMethod']
  readonly createUrl: string
  readonly keyPath: string
  readonly idPath: string
  readonly revokeMethod: AutomaticIssuer['revokeMethod']
  readonly revokeUrl: string
  readonly warnDays: string
  readonly overdueDays: string
  readonly overlapSeconds: string
  readonly stillAliveMinutes: string
}

/** A sentence for each part that cannot be saved as it is. */
export type PolicyFaults = Readonly<
  Partial<Record<'age' | 'overlap' | 'stillAlive' | 'pageUrl' | 'createUrl' | 'paths' | 'revokeUrl', string>>
>

const emptyIssuer = {
  pageUrl: apiKeysPage,
  createMethod: 'POST',
  createUrl: '',
  keyPath: 'data.key',
  idPath: 'data.id',
  revokeMethod: 'DELETE',
  revokeUrl: '',
} as const

/** Draft of a policy as it is saved. */
export function policyDraftOf({ issuer, age, overlapMs, stillAliveAfterMs }: RotationPolicyInput): PolicyDraft {
  const { kind, ...rest } = issuer
  return {
    ...emptyIssuer,
    ...rest,
    issuerKind: kind,
    warnDays: String(age.warnDays),
    overdueDays: String(age.overdueDays),
    overlapSeconds: String(overlapMs / 1000),
    stillAliveMinutes: String(stillAliveAfterMs / 60_000),
  }
}

function readWhole(text: string, least: number, most: number): number | null {
  if (!/^\d{1,6}$/.test(text.trim())) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}

function readNumber(text: string, least: number, most: number): number | null {
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text.trim())) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}

const pathPattern = /^[\w.-]+$/

function describeUrl(text: string): string | null {
  const url = parsePageUrl(text.trim().replaceAll('{id}', 'id'))
  if (url.ok) return null
  const { title, detail } = describeBaseUrlFault(url.error)
  return `${title}. ${detail}`
}

const overlapSecondsMax = limits.overlapMsMax / 1000
const stillAliveMinutesMax = limits.stillAliveMsMax / 60_000
const stillAliveMinutesMin = 1 / 6

function readAge(draft: PolicyDraft): RotationPolicyInput['age'] | null {
  const warnDays = readWhole(draft.warnDays, 1, limits.ageDaysMax)
  const overdueDays = readWhole(draft.overdueDays, 1, limits.ageDaysMax)
  return warnDays === null || overdueDays === null || warnDays > overdueDays ? null : { warnDays, overdueDays }
}

/** What is wrong with a draft. */
export function findPolicyFaults(draft: PolicyDraft): PolicyFaults {
  const faults: { -readonly [K in keyof PolicyFaults]: PolicyFaults[K] } = {}
  if (readAge(draft) === null) {
    faults.age = `Give whole days from 1 to ${limits.ageDaysMax}, the warning not after the limit.`
  }
  if (readNumber(draft.overlapSeconds, 0, overlapSecondsMax) === null) {
    faults.overlap = `Give seconds from 0 to ${overlapSecondsMax}.`
  }
  if (readNumber(draft.stillAliveMinutes, stillAliveMinutesMin, stillAliveMinutesMax) === null) {
    faults.stillAlive = `Give minutes from 0.2 to ${stillAliveMinutesMax}.`
  }
  if (draft.issuerKind === 'dashboard') {
    const fault = describeUrl(draft.pageUrl)
    if (fault !== null) faults.pageUrl = fault
    return faults
  }
  const createFault = describeUrl(draft.createUrl)
  if (createFault !== null) faults.createUrl = createFault
  if (
    ![draft.keyPath, draft.idPath].every((path) => pathPattern.test(path) && path.length <= limits.jsonPathCharsMax)
  ) {
    faults.paths = 'Write each place with dots, as data.key.'
  }
  const revokeFault = describeUrl(draft.revokeUrl.replaceAll('{id}', 'id'))
  if (revokeFault !== null) faults.revokeUrl = revokeFault
  else if (!draft.revokeUrl.includes('{id}')) faults.revokeUrl = 'Put {id} where the name of the key goes.'
  else if (createFault === null && originOf(draft.createUrl.trim()) !== originOf(draft.revokeUrl.trim())) {
    faults.revokeUrl = 'Both addresses have the same host: the credential goes there and nowhere else.'
  }
  return faults
}

/** What is sent to main; null while something is wrong. */
export function policyInputOf(draft: PolicyDraft): RotationPolicyInput | null {
  const age = readAge(draft)
  const overlap = readNumber(draft.overlapSeconds, 0, overlapSecondsMax)
  const stillAlive = readNumber(draft.stillAliveMinutes, stillAliveMinutesMin, stillAliveMinutesMax)
  if (age === null || overlap === null || stillAlive === null || Object.keys(findPolicyFaults(draft)).length > 0) {
    return null
  }
  return {
    issuer:
      draft.issuerKind === 'dashboard'
        ? { kind: 'dashboard', pageUrl: draft.pageUrl.trim() }
        : {
            kind: 'automatic',
            createMethod: draft.createMethod,
            createUrl: draft.createUrl.trim(),
            keyPath: draft.keyPath,
            idPath: draft.idPath,
            revokeMethod: draft.revokeMethod,
            revokeUrl: draft.revokeUrl.trim(),
          },
    age,
    overlapMs: Math.round(overlap * 1000),
    stillAliveAfterMs: Math.round(stillAlive * 60_000),
  }
}

const shared = ['issuerKind', 'warnDays', 'overdueDays', 'overlapSeconds', 'stillAliveMinutes'] as const
const automatic = ['createMethod', 'createUrl', 'keyPath', 'idPath', 'revokeMethod', 'revokeUrl'] as const

/** How many parts of a draft differ from what is saved; fields of the other issuer do not count. */
export function countPolicyChanges(draft: PolicyDraft, saved: PolicyDraft): number {
  const fields = [...shared, ...(draft.issuerKind === 'dashboard' ? (['pageUrl'] as const) : automatic)]
  return fields.filter((field) => draft[field] !== saved[field]).length
}

/** Drafts that are being typed, by environment; they survive a look at another screen. */
export const usePolicyDrafts = create<{ readonly byId: Readonly<Record<string, PolicyDraft>> }>(() => ({ byId: {} }))

/** Keeps what is being typed; null forgets it. */
export function keepPolicyDraft(environmentId: string, draft: PolicyDraft | null): void {
  usePolicyDrafts.setState(({ byId }) => {
    const { [environmentId]: _gone, ...rest } = byId
    return { byId: draft === null ? rest : { ...rest, [environmentId]: draft } }
  })
}
