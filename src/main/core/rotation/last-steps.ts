import type { AppError } from '../../../shared/error.ts'
import { apiKeysPage, type DeathProof, type RotationKey, type RotationRecord } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import type { VaultChange } from '../ports.ts'
import { pointTo } from '../vault/records.ts'
import type { Secret } from '../vault/secret.ts'
import { addLeftBehind, readNewKey } from './first-steps.ts'
import { makeUpKey } from './made-up-key.ts'
import {
  again,
  issuerError,
  keepStep,
  moveKey,
  type Outcome,
  type RunMemory,
  retryLater,
  type StepDeps,
  tidyIssuer,
} from './run.ts'
import { backOff } from './timing.ts'

// The steps after the switch. Calls use the new key; what is left is to end the old one, and to prove it.

/** Refusals in a row that are a death. Rates and probes, rule 8. */
const refusalsNeeded = 3

/** Waits until nothing is in flight on the old key, at most as long as the overlap. */
export function drain(deps: StepDeps, memory: RunMemory, record: RotationRecord): Outcome {
  const { traffic, clock, custody } = deps
  const { oldKey, overlapMs } = record
  memory.drainSinceMs ??= clock.monotonicMs()
  const left = overlapMs - (clock.monotonicMs() - memory.drainSinceMs)
  const inFlight = traffic.inFlight(oldKey.id)
  if (inFlight > 0 && left > 0) return { kind: 'wait', waitsFor: 'calls', afterMs: left, error: null }
  const lastUse = traffic.lastUsedAtMs(oldKey.id) ?? custody.key(oldKey.id)?.lastUsedAtMs ?? null
  return keepStep(
    deps,
    memory,
    record.id,
    () => ({ step: 'revoke', drainedAtMs: clock.nowMs(), lateCalls: inFlight, oldLastUsedAtMs: lastUse }),
    inFlight > 0 ? [['overlap-over', String(inFlight)]] : [['drained']],
  )
}

/** Nothing is revoked that is the only proven key: the new one is read and, unless just proven, asked again. */
async function confirmSuccessor(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome | null> {
  const { custody, clock, timing } = deps
  const environment = custody.environment(record.environmentId)
  const isUsed = environment?.activeKeyId === record.newKey?.id
  if (environment === null || !isUsed || custody.key(record.newKey?.id ?? '')?.state !== 'active') {
    return retryLater(deps, memory, 'service', { kind: 'ROTATION', fault: 'control-failed' })
  }
  const read = await readNewKey(deps, memory, record)
  if ('kind' in read) return read
  if (memory.provenMs !== null && clock.monotonicMs() - memory.provenMs <= timing.freshProofMs) return null
  const { id, mask } = read.key
  const outcome = await custody.probe(environment, { id, mask, secret: read.secret })
  if (outcome.kind !== 'alive') {
    return retryLater(deps, memory, 'service', { kind: 'ROTATION', fault: 'control-failed' })
  }
  memory.provenMs = clock.monotonicMs()
  return null
}

/** The old key on its way out; a revocation without a successor leaves its environment without a key. */
function markRevoking(deps: StepDeps, record: RotationRecord): VaultChange[] {
  const environment = deps.custody.environment(record.environmentId)
  const isUsed = environment !== null && environment.activeKeyId === record.oldKey.id
  return [
    ...moveKey(deps, record.oldKey.id, () => ({ state: 'revoking' }), 'revoking'),
    ...(isUsed ? [pointTo(environment, null)] : []),
  ]
}

/** Opens the page on which a person ends the key, and goes on to ask whether it is dead. */
function revokeByHand(deps: StepDeps, memory: RunMemory, record: RotationRecord, pageUrl: string): Outcome {
  const atMs = deps.clock.nowMs()
  const kept = keepStep(
    deps,
    memory,
    record.id,
    (now) => ({
      step: 'prove-dead',
      issuer: 'dashboard',
      revokeAskedAtMs: now.revokeAskedAtMs ?? atMs,
      revokedAtMs: now.revokeAskedAtMs ?? atMs,
    }),
    [['page-opened']],
    markRevoking(deps, record),
  )
  if (kept.kind === 'again' && !memory.quiet) deps.browser.open(pageUrl)
  return kept
}

/** Ends the old key at its issuer. The journal says so before it is asked: then there is no way back. */
export async function revoke(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock, journal } = deps
  if (record.kind === 'rotate') {
    const wait = await confirmSuccessor(deps, memory, record)
    if (wait !== null) return wait
  }
  const found = await deps.issuerOf(record.environmentId)
  if (!found.ok) {
    return retryLater(deps, memory, found.error.kind === 'KEYCHAIN' ? 'keychain' : 'issuer', found.error)
  }
  // A person went back while keychain and service were asked.
  if (journal.find(record.id)?.wish !== null) return again
  if (found.value.kind === 'dashboard') return revokeByHand(deps, memory, record, found.value.pageUrl)
  const { issuer } = found.value
  let issuerKeyId = custody.key(record.oldKey.id)?.issuerKeyId ?? null
  if (issuerKeyId === null) {
    const named = await issuer.find({ mask: record.oldKey.mask })
    if (!named.ok) return retryLater(deps, memory, 'issuer', issuerError(named.error))
    const others = custody.keys().flatMap((key) => (key.issuerKeyId === undefined ? [] : [key.issuerKeyId]))
    const names = (named.value ?? []).filter((name) => !others.includes(name))
    // Only one that it can be, since the end of another key would be worse than a page to open.
    issuerKeyId = names.length === 1 ? (names[0] ?? null) : null
    if (journal.find(record.id)?.wish !== null) return again
  }
  if (issuerKeyId === null) return revokeByHand(deps, memory, record, apiKeysPage)
  if (record.revokeAskedAtMs === null) {
    const atMs = clock.nowMs()
    const change = () => ({ revokeAskedAtMs: atMs })
    const asked = keepStep(deps, memory, record.id, change, [['revoke-asked']], markRevoking(deps, record))
    if (asked.kind === 'wait') return asked
    if (journal.find(record.id)?.end !== null) return again
  }
  const revoked = await issuer.revoke(issuerKeyId)
  if (!revoked.ok) return retryLater(deps, memory, 'issuer', issuerError(revoked.error))
  return keepStep(deps, memory, record.id, () => ({ step: 'prove-dead', revokedAtMs: clock.nowMs() }), [['revoked']])
}

/** Age of the revocation in ms, by the monotonic clock as soon as this run knows of it. */
function ageOfRevocation({ clock }: StepDeps, memory: RunMemory, record: RotationRecord): number {
  if (memory.proofSinceMs === null) {
    memory.proofSinceMs = clock.monotonicMs()
    const age = clock.nowMs() - (record.revokedAtMs ?? clock.nowMs())
    memory.proofAgeMs = Math.min(Math.max(0, age), record.stillAliveAfterMs)
  }
  return memory.proofAgeMs + (clock.monotonicMs() - memory.proofSinceMs)
}

/** Another key that is known to work, whose answer tells a dead key from a service that refuses everybody. */
function controlKeyOf({ custody }: StepDeps, record: RotationRecord): RotationKey | null {
  if (record.newKey !== null) return record.newKey
  const id = custody.environment(record.environmentId)?.activeKeyId ?? null
  const key = id === null ? null : custody.key(id)
  return key === null || key.id === record.oldKey.id || key.state !== 'active' ? null : key
}

type ProofChange = (proof: DeathProof) => Partial<DeathProof>

function keepProof(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  change: ProofChange,
  lines: Parameters<typeof keepStep>[4] = [],
): Outcome | null {
  const kept = keepStep(deps, memory, record.id, (now) => ({ proof: { ...now.proof, ...change(now.proof) } }), lines)
  return kept.kind === 'wait' ? kept : null
}

/** Asks again later; slowly once the key answered for longer than it may, and that is said aloud. */
function askLater(deps: StepDeps, memory: RunMemory, record: RotationRecord, error: AppError | null): Outcome {
  const { timing, random } = deps
  const now = deps.journal.find(record.id)
  if (now === null || now.end !== null) return again
  const isLate = ageOfRevocation(deps, memory, record) >= record.stillAliveAfterMs
  if (isLate && !now.proof.stillAlive) {
    const said = keepProof(deps, memory, record, () => ({ stillAlive: true }), [['still-alive']])
    if (said !== null) return said
  }
  const afterMs = isLate ? timing.slowMs : backOff(timing.aliveBaseMs, timing.aliveCapMs, memory.asksInRow, random)
  memory.asksInRow += 1
  const waitsFor = record.issuer === 'dashboard' && now.proof.refusedAtMs.length === 0 ? 'revoke' : 'service'
  return { kind: 'wait', waitsFor, afterMs, error }
}

/** Learns how the service refuses a key that never existed. */
async function learnSignature(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  oldSecret: Secret,
): Promise<Outcome | null> {
  const { custody, random } = deps
  const environment = custody.environment(record.environmentId)
  if (environment === null) return endUnproven(deps, memory, record, { kind: 'NOT_FOUND', what: 'environment' })
  const secret = makeUpKey(oldSecret, random)
  const outcome = await custody.probe(environment, { id: null, mask: 'jsk_…', secret })
  switch (outcome.kind) {
    case 'alive':
      return askLater(deps, memory, record, { kind: 'ROTATION', fault: 'no-signature' })
    case 'unknown':
      return askLater(deps, memory, record, null)
    case 'refused': {
      const { signature } = outcome
      memory.signatureLearned = true
      if (record.proof.signature === signature) return null
      const change = () => ({ signature, refusedAtMs: [] })
      return keepProof(deps, memory, record, change, [['signature', signature.slice(0, 200)]])
    }
    default:
      return assertNever(outcome)
  }
}

/** Nobody can ask any more: the old key stays `revoking`, and the end says so. */
function endUnproven(deps: StepDeps, memory: RunMemory, record: RotationRecord, error: AppError): Outcome {
  const atMs = deps.clock.nowMs()
  const problem = { error, atMs, retryAtMs: null }
  const left = { what: 'old-key-unproven', detail: record.oldKey.mask } as const
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({ end: 'unproven', endedAtMs: atMs, wish: null, problem, leftBehind: addLeftBehind(now, left) }),
    [['ended', 'unproven']],
  )
}

async function readOldSecret(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Secret | Outcome> {
  if (memory.oldSecret !== null) return memory.oldSecret
  const found = await deps.custody.look(record.oldKey.id)
  if (!found.ok) return retryLater(deps, memory, 'keychain', found.error)
  if (found.value === null || !deps.custody.isOf(found.value, record.oldKey.fingerprint)) {
    return endUnproven(deps, memory, record, { kind: 'ROTATION', fault: 'old-key-missing' })
  }
  memory.oldSecret = found.value
  return found.value
}

/** Three refusals stand. They count only if the key in use is not refused as well. */
async function concludeDeath(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock } = deps
  const environment = custody.environment(record.environmentId)
  const control = controlKeyOf(deps, record)
  if (environment !== null && control !== null) {
    const found = await custody.look(control.id)
    if (!found.ok) return retryLater(deps, memory, 'keychain', found.error)
    if (found.value !== null) {
      const { id, mask } = control
      const outcome = await custody.probe(environment, { id, mask, secret: found.value })
      if (outcome.kind === 'refused') {
        const reset = keepProof(deps, memory, record, () => ({ refusedAtMs: [] }), [['control', 'refused']])
        return reset ?? askLater(deps, memory, record, { kind: 'ROTATION', fault: 'control-failed' })
      }
      if (outcome.kind === 'unknown') return askLater(deps, memory, record, null)
    }
  }
  const atMs = clock.nowMs()
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({ step: 'forget', deadAtMs: atMs, wish: null, proof: { ...now.proof, stillAlive: false } }),
    control === null ? [['dead']] : [['control', 'alive'], ['dead']],
    moveKey(deps, record.oldKey.id, () => ({ state: 'dead' }), 'dead'),
  )
}

/** Asks the service about the old key until it is proven dead. */
export async function proveDead(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock, timing, random } = deps
  if (record.proof.refusedAtMs.length >= refusalsNeeded) return concludeDeath(deps, memory, record)
  const oldSecret = await readOldSecret(deps, memory, record)
  if ('kind' in oldSecret) return oldSecret
  if (!memory.signatureLearned) {
    const wait = await learnSignature(deps, memory, record, oldSecret)
    if (wait !== null || !memory.signatureLearned) return wait ?? again
  }
  const environment = custody.environment(record.environmentId)
  const now = deps.journal.find(record.id)
  if (environment === null || now === null || now.end !== null) return again
  const { id, mask } = record.oldKey
  const outcome = await custody.probe(environment, { id, mask, secret: oldSecret })
  const atMs = clock.nowMs()
  switch (outcome.kind) {
    case 'alive': {
      const isNews = now.proof.alive === 0 || now.proof.refusedAtMs.length > 0
      if (now.proof.refusedAtMs.length > 0) memory.asksInRow = 0
      const kept = keepProof(
        deps,
        memory,
        record,
        ({ alive }) => ({ alive: alive + 1, lastAliveAtMs: atMs, refusedAtMs: [] }),
        isNews ? [['alive']] : [],
      )
      return kept ?? askLater(deps, memory, record, null)
    }
    case 'refused': {
      if (outcome.signature !== now.proof.signature) {
        // It may have changed how it refuses: learned anew before the next question.
        memory.signatureLearned = false
        const kept = keepProof(
          deps,
          memory,
          record,
          ({ unlike }) => ({ unlike: unlike + 1, refusedAtMs: [] }),
          now.proof.unlike === 0 ? [['unlike', outcome.signature.slice(0, 200)]] : [],
        )
        return kept ?? askLater(deps, memory, record, null)
      }
      const count = now.proof.refusedAtMs.length + 1
      memory.asksInRow = 0
      const kept = keepProof(deps, memory, record, ({ refusedAtMs }) => ({ refusedAtMs: [...refusedAtMs, atMs] }), [
        ['refusal', String(count)],
      ])
      if (kept !== null) return kept
      if (count >= refusalsNeeded) return again
      const afterMs = backOff(timing.refusalBaseMs, timing.aliveCapMs, count - 1, random)
      return { kind: 'wait', waitsFor: 'service', afterMs, error: null }
    }
    case 'unknown': {
      const kept = keepProof(deps, memory, record, ({ unknown }) => ({ unknown: unknown + 1 }))
      return kept ?? askLater(deps, memory, record, null)
    }
    default:
      return assertNever(outcome)
  }
}

/** Deletes the secret of the dead key. Its passport stays. */
export async function forget(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock } = deps
  const removed = await custody.remove(record.oldKey.id)
  if (!removed.ok) return retryLater(deps, memory, 'keychain', removed.error)
  if (record.issuer === 'automatic' && record.createsAsked > 0) {
    // A creation whose answer was lost may have been done late: its key is ended as well, if it can be found.
    const found = await deps.issuerOf(record.environmentId)
    if (found.ok && found.value.kind === 'automatic') {
      await tidyIssuer(found.value.issuer, record, record.newIssuerKeyId)
    }
  }
  const atMs = clock.nowMs()
  const change = () => ({ end: 'done', endedAtMs: atMs, problem: null }) as const
  return keepStep(deps, memory, record.id, change, [['forgotten'], ['ended', 'done']])
}
