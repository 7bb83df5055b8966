import { originOf } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { type DeathProof, hasBaseline, type RotationKey, type RotationRecord } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import type { Secret } from '../vault/secret.ts'
import { addLeftBehind } from './first-steps.ts'
import { makeUpKey } from './made-up-key.ts'
import { again, askService, keepStep, moveKey, type Outcome, type RunMemory, retryLater, type StepDeps } from './run.ts'
import { backOff } from './timing.ts'

// The proof that a key is dead. Calling a live key dead is worse than saying nothing.

/** Refusals in a row that are a death. Rates and probes, rule 8. */
const refusalsNeeded = 3
const noAnswer: AppError = { kind: 'ROTATION', fault: 'no-answer' }
/** No answer for so long that a live key would be called alive aloud. */
const silence: AppError = { kind: 'ROTATION', fault: 'silence' }

/** Age of the revocation in ms, by the monotonic clock as soon as this run knows of it. */
function ageOfRevocation({ clock }: StepDeps, memory: RunMemory, record: RotationRecord): number {
  if (memory.proofSinceMs === null) {
    memory.proofSinceMs = clock.monotonicMs()
    const age = clock.nowMs() - (record.revokedAtMs ?? record.revokeAskedAtMs ?? clock.nowMs())
    memory.proofAgeMs = Math.min(Math.max(0, age), record.stillAliveAfterMs)
  }
  return memory.proofAgeMs + (clock.monotonicMs() - memory.proofSinceMs)
}

/** A key that is known to work, and where it does. */
interface Control {
  readonly environment: Environment
  readonly key: RotationKey
}

/**
 * Another key that is known to work at the same server, whose answer tells a dead key from a service
 * that refuses everybody: the successor, the key in use, any other of the environment, or one of
 * another environment.
 */
export function findControl({ custody }: StepDeps, record: RotationRecord): Control | null {
  const own = custody.environment(record.environmentId)
  if (own === null) return null
  if (record.newKey !== null) return { environment: own, key: record.newKey }
  const origin = originOf(own.baseUrl)
  const rank = (environment: Environment, key: RotationKey) =>
    (environment.id === own.id ? 0 : 2) + (environment.activeKeyId === key.id ? 0 : 1)
  const controls = custody.keys().flatMap((key): Control[] => {
    const environment = custody.environment(key.environmentId)
    if (key.id === record.oldKey.id || key.state !== 'active' || environment === null) return []
    return originOf(environment.baseUrl) === origin ? [{ environment, key }] : []
  })
  const [best = null] = controls.sort(
    (one, other) => rank(one.environment, one.key) - rank(other.environment, other.key),
  )
  return best
}

/**
 * Learns how a made-up key is refused while the old one is accepted, before it is revoked. Without
 * another key to compare with, only refusals of this kind count. Best effort, asked again until `signal` aborts.
 */
export async function learnBaseline(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  signal: AbortSignal,
): Promise<void> {
  const { custody, random, clock, timing } = deps
  const environment = custody.environment(record.environmentId)
  if (environment === null || record.proof.signature !== null) return
  const found = await custody.look(record.oldKey.id)
  if (!found.ok || found.value === null) return
  const { id, mask } = record.oldKey
  for (let tries = 0; !signal.aborted; tries += 1) {
    if (tries > 0) await clock.sleep(backOff(timing.retryBaseMs, timing.retryCapMs, tries - 1, random), signal)
    const secret = makeUpKey(found.value, random)
    const madeUp = await askService(deps, memory, environment, { id: null, mask: 'jsk_…', secret })
    if (madeUp === null) return
    if (madeUp.kind !== 'refused') continue
    // Asked second: an outage that begins between the two must not be learned as the usual refusal.
    const old = await askService(deps, memory, environment, { id, mask, secret: found.value })
    if (old === null) return
    if (old.kind !== 'alive') continue
    const now = deps.journal.find(record.id)
    // Too late: the revocation was asked for meanwhile, and the proof learns one of its own.
    if (now === null || now.revokeAskedAtMs !== null || now.proof.signature !== null) return
    const { signature } = madeUp
    keepProof(deps, memory, record, () => ({ signature }), [['signature', signature.slice(0, 200)]])
    return
  }
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

/** Asks again later; slowly once the proof takes longer than it may. */
function askLater(deps: StepDeps, memory: RunMemory, record: RotationRecord, error: AppError | null): Outcome {
  const { timing, random } = deps
  const now = deps.journal.find(record.id)
  if (now === null || now.end !== null) return again
  const isLate = ageOfRevocation(deps, memory, record) >= record.stillAliveAfterMs
  const afterMs = isLate ? timing.slowMs : backOff(timing.aliveBaseMs, timing.aliveCapMs, memory.asksInRow, random)
  memory.asksInRow += 1
  const waitsFor = record.issuer === 'dashboard' && now.proof.refusedAtMs.length === 0 ? 'revoke' : 'service'
  return { kind: 'wait', waitsFor, afterMs, error: isLate && error === noAnswer ? silence : error }
}

/** A refusal that is no evidence. The service may have changed how it refuses: learned anew before the next question. */
function noteUnlike(deps: StepDeps, memory: RunMemory, record: RotationRecord, signature: string): Outcome {
  memory.signatureLearned = false
  const isFirst = deps.journal.find(record.id)?.proof.unlike === 0
  const kept = keepProof(
    deps,
    memory,
    record,
    ({ unlike }) => ({ unlike: unlike + 1, refusedAtMs: [] }),
    isFirst ? [['unlike', signature.slice(0, 200)]] : [],
  )
  return kept ?? askLater(deps, memory, record, null)
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
  const outcome = await askService(deps, memory, environment, { id: null, mask: 'jsk_…', secret })
  if (outcome === null) return again
  switch (outcome.kind) {
    case 'alive':
      return askLater(deps, memory, record, { kind: 'ROTATION', fault: 'no-signature' })
    case 'unknown':
      return askLater(deps, memory, record, noAnswer)
    case 'refused': {
      const { signature } = outcome
      const before = deps.journal.find(record.id)?.proof.signature ?? null
      if (before !== null && before !== signature && findControl(deps, record) === null) {
        // It refuses everybody in another way than before: that says nothing of this key.
        return noteUnlike(deps, memory, record, signature)
      }
      memory.signatureLearned = true
      if (before === signature) return null
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
async function compareWithControl(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  { environment, key: { id, mask } }: Control,
): Promise<Outcome | null> {
  const { custody } = deps
  const found = await custody.look(id)
  if (!found.ok) return retryLater(deps, memory, 'keychain', found.error)
  if (found.value !== null) {
    const outcome = await askService(deps, memory, environment, { id, mask, secret: found.value })
    if (outcome === null) return again
    if (outcome.kind === 'alive') return null
    if (outcome.kind === 'unknown') return askLater(deps, memory, record, noAnswer)
  }
  const reset = keepProof(deps, memory, record, () => ({ refusedAtMs: [] }), [['control', 'refused']])
  return reset ?? askLater(deps, memory, record, { kind: 'ROTATION', fault: 'control-failed' })
}

/** The key in use is accepted: the old one must still be refused after it, since an outage may have ended in between. */
async function askOnceMore(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  environment: Environment,
): Promise<Outcome | null> {
  const secret = await readOldSecret(deps, memory, record)
  if ('kind' in secret) return secret
  const { id, mask } = record.oldKey
  const outcome = await askService(deps, memory, environment, { id, mask, secret })
  if (outcome === null) return again
  if (outcome.kind === 'unknown') return askLater(deps, memory, record, noAnswer)
  if (outcome.kind === 'refused') {
    return outcome.signature === record.proof.signature ? null : noteUnlike(deps, memory, record, outcome.signature)
  }
  const lastAliveAtMs = deps.clock.nowMs()
  const change: ProofChange = ({ alive }) => ({ alive: alive + 1, lastAliveAtMs, refusedAtMs: [] })
  return keepProof(deps, memory, record, change, [['alive']]) ?? askLater(deps, memory, record, null)
}

/** With no other key to ask, a made-up one must still be refused as it was before the three refusals. */
async function compareWithMadeUp(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  environment: Environment,
  oldSecret: Secret,
): Promise<Outcome | null> {
  const secret = makeUpKey(oldSecret, deps.random)
  const outcome = await askService(deps, memory, environment, { id: null, mask: 'jsk_…', secret })
  if (outcome === null) return again
  if (outcome.kind === 'unknown') return askLater(deps, memory, record, noAnswer)
  if (outcome.kind === 'refused' && outcome.signature === record.proof.signature) return null
  return noteUnlike(deps, memory, record, outcome.kind === 'refused' ? outcome.signature : '200')
}

/**
 * Three refusals with nothing to compare them with say nothing: an outage in which everybody is
 * refused looks the same. Another key may still be added; after the time of a live key it ends unproven.
 */
function waitForControl(deps: StepDeps, memory: RunMemory, record: RotationRecord): Outcome {
  const error: AppError = { kind: 'ROTATION', fault: 'no-control' }
  if (ageOfRevocation(deps, memory, record) >= record.stillAliveAfterMs) {
    return endUnproven(deps, memory, record, error)
  }
  const reset = keepProof(deps, memory, record, () => ({ refusedAtMs: [] }), [['control', 'missing']])
  return reset ?? askLater(deps, memory, record, error)
}

async function concludeDeath(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock } = deps
  const environment = custody.environment(record.environmentId)
  if (environment === null) return endUnproven(deps, memory, record, { kind: 'NOT_FOUND', what: 'environment' })
  const control = findControl(deps, record)
  if (control === null && !hasBaseline(record)) return waitForControl(deps, memory, record)
  const oldSecret = control === null ? await readOldSecret(deps, memory, record) : null
  if (oldSecret !== null && 'kind' in oldSecret) return oldSecret
  const wait =
    control !== null
      ? ((await compareWithControl(deps, memory, record, control)) ??
        (await askOnceMore(deps, memory, record, environment)))
      : oldSecret === null
        ? null
        : await compareWithMadeUp(deps, memory, record, environment, oldSecret)
  if (wait !== null) return wait
  const atMs = clock.nowMs()
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({ step: 'forget', deadAtMs: atMs, wish: null, proof: { ...now.proof, stillAlive: false } }),
    [['control', control === null ? 'none' : 'alive'], ['dead']],
    moveKey(deps, record.oldKey.id, () => ({ state: 'dead' }), 'dead'),
  )
}

/** What is left of the backoff after a refusal, whoever woke the run: three at the same moment prove nothing. */
function restAfterRefusal({ clock, timing }: StepDeps, { proof: { refusedAtMs } }: RotationRecord): number {
  const lastAtMs = refusedAtMs.at(-1)
  if (lastAtMs === undefined) return 0
  const waitMs = backOff(timing.refusalBaseMs, timing.aliveCapMs, refusedAtMs.length - 1)
  // A clock that was set back must not make it longer.
  return Math.min(waitMs, waitMs - (clock.nowMs() - lastAtMs))
}

/** Asks the service about the old key until it is proven dead. */
export async function proveDead(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock, timing, random } = deps
  if (record.proof.refusedAtMs.length >= refusalsNeeded) return concludeDeath(deps, memory, record)
  const restMs = restAfterRefusal(deps, record)
  if (restMs > 0) return { kind: 'wait', waitsFor: 'service', afterMs: restMs, error: null }
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
  const outcome = await askService(deps, memory, environment, { id, mask, secret: oldSecret })
  if (outcome === null) return again
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
      if (kept !== null) return kept
      // Only an answer says that it is alive; without one nothing is known, however long it takes.
      const isLate = ageOfRevocation(deps, memory, record) >= record.stillAliveAfterMs
      const said =
        isLate && !now.proof.stillAlive
          ? keepProof(deps, memory, record, () => ({ stillAlive: true }), [['still-alive']])
          : null
      return said ?? askLater(deps, memory, record, null)
    }
    case 'refused': {
      if (outcome.signature !== now.proof.signature) {
        return noteUnlike(deps, memory, record, outcome.signature)
      }
      const count = now.proof.refusedAtMs.length + 1
      memory.asksInRow = 0
      const kept = keepProof(
        deps,
        memory,
        record,
        ({ refusedAtMs }) => ({ refusedAtMs: [...refusedAtMs, atMs], stillAlive: false }),
        [['refusal', String(count)]],
      )
      if (kept !== null) return kept
      if (count >= refusalsNeeded) return again
      const afterMs = backOff(timing.refusalBaseMs, timing.aliveCapMs, count - 1, random)
      return { kind: 'wait', waitsFor: 'service', afterMs, error: null }
    }
    case 'unknown': {
      // No answer says nothing, and three refusals around it are not in a row.
      const kept = keepProof(deps, memory, record, ({ unknown }) => ({ unknown: unknown + 1, refusedAtMs: [] }))
      return kept ?? askLater(deps, memory, record, noAnswer)
    }
    default:
      return assertNever(outcome)
  }
}
