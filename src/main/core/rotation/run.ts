import { originOf } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { Rotation, RotationRecord } from '../../../shared/model/rotation.ts'
import type { Result } from '../../../shared/result.ts'
import type { KeyTraffic } from '../pipeline/key-traffic.ts'
import type { Browser, Clock, Log, Random, VaultChange } from '../ports.ts'
import type { Custody } from '../vault/custody.ts'
import type { PreparedKey } from '../vault/keys.ts'
import { noteEvent } from '../vault/records.ts'
import type { Secret } from '../vault/secret.ts'
import type { ProbedKey, ProbeOutcome } from '../vault/vault.ts'
import type { CreatedKey, IssuerFailure, KeyIssuer } from './issuer.ts'
import { type Journal, type LineInput, nameError, type RecordChange } from './journal.ts'
import { backOff, type RotationTiming } from './timing.ts'

/** Who makes and ends the keys of an environment. */
export type Issuer =
  | { readonly kind: 'automatic'; readonly issuer: KeyIssuer }
  | { readonly kind: 'dashboard'; readonly pageUrl: string }

/** What the steps work with. */
export interface StepDeps {
  readonly custody: Custody
  readonly journal: Journal
  readonly traffic: KeyTraffic
  readonly issuerOf: (environmentId: string) => Promise<Result<Issuer>>
  readonly browser: Browser
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly timing: RotationTiming
  /** Told that a key taken from the clipboard lies in the keychain now. */
  readonly onTaken: (secret: Secret) => void
}

/** What a rotation knows in this run only. Whatever is lost with it, the journal leads to an end. */
export interface RunMemory {
  /** What the issuer gave, before its passport is kept. */
  created: CreatedKey | null
  /** The new key, before it lies in the keychain. */
  obtained: PreparedKey | null
  oldSecret: Secret | null
  /** Failed tries of the present step, and when they began (monotonic ms). */
  tries: number
  failingSinceMs: number | null
  refusedProofs: number
  badReads: number
  /** When the new key was proven last in this run (monotonic ms). */
  provenMs: number | null
  drainSinceMs: number | null
  /** Age of the revocation when this run first looked, and when that was (monotonic ms). */
  proofAgeMs: number
  proofSinceMs: number | null
  signatureLearned: boolean
  /** Questions since the last refusal, and since the last live answer, which set the pace. */
  asksInRow: number
  /** Answers of the old key in a row, since a person wanted to go back to it. */
  aliveInRow: number
  /** A person wants the issuer asked once more to end the old key. */
  asksIssuer: boolean
  /** True for one of many revocations: the page is opened once for all. */
  quiet: boolean
  /** Ends the call to the issuer or the service when a person asks for something else, or the run stops. */
  abort: AbortController
  /** Shows the rotation as it is now. */
  tell: () => void
  waitsFor: Rotation['waitsFor']
  error: AppError | null
  hint: AppError | null
  nextAtMs: number | null
}

/** Memory of a run that has just begun. */
export function createRunMemory(): RunMemory {
  return {
    created: null,
    obtained: null,
    oldSecret: null,
    tries: 0,
    failingSinceMs: null,
    refusedProofs: 0,
    badReads: 0,
    provenMs: null,
    drainSinceMs: null,
    proofAgeMs: 0,
    proofSinceMs: null,
    signatureLearned: false,
    asksInRow: 0,
    aliveInRow: 0,
    asksIssuer: false,
    quiet: false,
    abort: new AbortController(),
    tell: () => undefined,
    waitsFor: null,
    error: null,
    hint: null,
    nextAtMs: null,
  }
}

/** What follows a step: the next one at once, or a wait (`afterMs` null: for a person, or an event). */
export type Outcome =
  | { readonly kind: 'again' }
  | {
      readonly kind: 'wait'
      readonly waitsFor: NonNullable<Rotation['waitsFor']>
      readonly afterMs: number | null
      readonly error: AppError | null
    }

/** Goes on at once. */
export const again: Outcome = { kind: 'again' }

/** Keeps a change and goes on, or waits until the disk takes it. */
export function keepStep(
  deps: StepDeps,
  memory: RunMemory,
  id: string,
  change: (now: RotationRecord) => RecordChange,
  lines: readonly LineInput[],
  others: readonly VaultChange[] = [],
): Outcome {
  const kept = deps.journal.update(id, change, lines, others)
  if (kept === 'ended' || kept.ok) return again
  return retryLater(deps, memory, 'disk', kept.error)
}

/**
 * Waits longer after each failed try of the same step. What a person denied is not asked for again
 * before they say so.
 */
export function retryLater(
  { timing, random, clock }: StepDeps,
  memory: RunMemory,
  waitsFor: NonNullable<Rotation['waitsFor']>,
  error: AppError,
): Outcome {
  const isDenied = error.kind === 'KEYCHAIN' && error.fault === 'denied'
  const afterMs = isDenied ? null : backOff(timing.retryBaseMs, timing.retryCapMs, memory.tries, random)
  memory.tries += 1
  memory.failingSinceMs ??= clock.monotonicMs()
  return { kind: 'wait', waitsFor, afterMs, error }
}

/** A question that is not answered within this is told of as a wait. */
const slowAnswerMs = 300

/**
 * Asks the service about a key, before all other calls. Null when the run was stopped or a person
 * asked for something else meanwhile: the step ends there. One that gets no turn for too long has
 * no answer.
 */
export async function askService(
  { custody, clock, timing }: StepDeps,
  memory: RunMemory,
  environment: Environment,
  key: ProbedKey,
): Promise<ProbeOutcome | null> {
  const { signal } = memory.abort
  const startedMs = clock.monotonicMs()
  const limit = new AbortController()
  const end = () => limit.abort()
  if (signal.aborted) return null
  signal.addEventListener('abort', end, { once: true })
  const answered = new AbortController()
  const probing = custody.probe(environment, key, { signal: limit.signal, priority: 'proof' })
  void clock.sleep(slowAnswerMs, answered.signal).then(() => {
    if (answered.signal.aborted || memory.waitsFor !== null) return
    memory.waitsFor = 'service'
    memory.tell()
  })
  void clock.sleep(timing.giveUpMs, answered.signal).then(() => {
    if (answered.signal.aborted) return
    memory.failingSinceMs ??= startedMs
    limit.abort()
  })
  const outcome = await probing
  answered.abort()
  signal.removeEventListener('abort', end)
  return signal.aborted ? null : outcome
}

/** True once a step before the switch has failed for too long. */
export function isGivenUp({ timing, clock }: StepDeps, memory: RunMemory): boolean {
  return memory.failingSinceMs !== null && clock.monotonicMs() - memory.failingSinceMs >= timing.giveUpMs
}

/** The error that a person reads for an issuer's failure. */
export function issuerError({ fault, status }: IssuerFailure): AppError {
  return { kind: 'ISSUER', fault, status }
}

/** Gives the rotation up: what follows cleans up and ends it with this reason. The old key stays in use. */
export function failRotation(deps: StepDeps, memory: RunMemory, id: string, error: AppError): Outcome {
  const problem = { error, atMs: deps.clock.nowMs(), retryAtMs: null }
  return keepStep(deps, memory, id, () => ({ wish: 'fail', problem }), [['problem', nameError(error)]])
}

/** A passport in another state, with the line of its history. Nothing when there is no passport any more. */
export function moveKey(
  { custody, clock }: StepDeps,
  keyId: string,
  change: (key: KeySummary) => Partial<KeySummary>,
  what: Parameters<typeof noteEvent>[2],
  detail = '',
): VaultChange[] {
  const key = custody.key(keyId)
  if (key === null) return []
  return [{ what: 'put-key', key: { ...key, ...change(key) } }, noteEvent(keyId, clock.nowMs(), what, detail)]
}

/** Label under which the issuer keeps the new key of a rotation. */
export function issuerLabelOf({ id }: RotationRecord): string {
  return `rotation-${id}`
}

/** Where an environment's keys are made: what two environments with the same issuer have in common. */
function issuerPlaceOf(custody: Custody, environmentId: string): string {
  const issuer = custody.policies().find((policy) => policy.environmentId === environmentId)?.issuer
  return issuer?.kind === 'automatic' ? originOf(issuer.revokeUrl) : environmentId
}

/**
 * True when the issuer knows another key by this name: one with a passport that is not dead. Whoever
 * ends a new key by such a name ends the other one, which may be in use.
 */
export function isNameOfOther(custody: Custody, record: RotationRecord, issuerKeyId: string): boolean {
  const place = issuerPlaceOf(custody, record.environmentId)
  return custody.keys().some((key) => {
    if (key.issuerKeyId !== issuerKeyId || key.id === record.newKey?.id || key.state === 'dead') return false
    return key.environmentId === record.environmentId || issuerPlaceOf(custody, key.environmentId) === place
  })
}

/** Ends the keys at the issuer that this rotation asked for and never got, but for `keptId`. Null when it cannot tell. */
export async function tidyIssuer(
  custody: Custody,
  issuer: KeyIssuer,
  record: RotationRecord,
  keptId: string | null,
): Promise<Result<number | null, IssuerFailure>> {
  const found = await issuer.find({ label: issuerLabelOf(record) })
  if (!found.ok) return found
  if (found.value === null) return { ok: true, value: null }
  const lost = found.value.filter((name) => name !== keptId && !isNameOfOther(custody, record, name))
  for (const name of lost) {
    const revoked = await issuer.revoke(name)
    if (!revoked.ok) return revoked
  }
  return { ok: true, value: lost.length }
}
