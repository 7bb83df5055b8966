import { apiKeysPage } from '../../../shared/model/defaults.ts'
import type { LeftBehind, RotationRecord } from '../../../shared/model/rotation.ts'
import type { VaultChange } from '../ports.ts'
import { pointTo } from '../vault/records.ts'
import { learnBaseline } from './death-proof.ts'
import { addLeftBehind, readNewKey } from './first-steps.ts'
import { type LineInput, nameError } from './journal.ts'
import {
  again,
  askService,
  issuerError,
  issuerLabelOf,
  keepStep,
  moveKey,
  type Outcome,
  type RunMemory,
  retryLater,
  type StepDeps,
  tidyIssuer,
} from './run.ts'

// The steps after the switch. Calls use the new key; what is left is to end the old one, and to prove it.

/** Longest that a revocation waits for what the service says before it. */
const baselineMs = 2000

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
    return retryLater(deps, memory, 'service', { kind: 'ROTATION', fault: 'no-answer' })
  }
  const read = await readNewKey(deps, memory, record)
  if ('kind' in read) return read
  if (memory.provenMs !== null && clock.monotonicMs() - memory.provenMs <= timing.freshProofMs) return null
  const { id, mask } = read.key
  const outcome = await askService(deps, memory, environment, { id, mask, secret: read.secret })
  if (outcome === null) return again
  if (outcome.kind !== 'alive') {
    const fault = outcome.kind === 'unknown' ? 'no-answer' : 'control-failed'
    return retryLater(deps, memory, 'service', { kind: 'ROTATION', fault })
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
  if (record.kind === 'revoke' && record.revokeAskedAtMs === null) {
    // While the key still works. Whatever could be compared with now may be gone when it is needed, as in a panic.
    const tooLong = new AbortController()
    await Promise.race([learnBaseline(deps, memory, record, tooLong.signal), clock.sleep(baselineMs, tooLong.signal)])
    tooLong.abort()
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
  // By a name that the issuer does not know nothing may have been ended: only the proof tells.
  const isEnded = revoked.value === 'ended'
  return keepStep(
    deps,
    memory,
    record.id,
    () => ({ step: 'prove-dead', ...(isEnded ? { revokedAtMs: clock.nowMs() } : {}) }),
    [isEnded ? ['revoked'] : ['revoked', 'unknown']],
  )
}

/** Asks the issuer once more to end a key that goes on answering. The proof goes on whatever it says. */
export async function askIssuerAgain(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  memory.asksIssuer = false
  const found = await deps.issuerOf(record.environmentId)
  const issuerKeyId = deps.custody.key(record.oldKey.id)?.issuerKeyId ?? null
  if (!found.ok || found.value.kind !== 'automatic' || issuerKeyId === null) {
    memory.hint = found.ok ? { kind: 'ISSUER', fault: 'no-credential', status: null } : found.error
    return again
  }
  const revoked = await found.value.issuer.revoke(issuerKeyId)
  memory.hint = revoked.ok ? null : issuerError(revoked.error)
  if (!revoked.ok)
    return keepStep(deps, memory, record.id, () => ({}), [['problem', nameError(issuerError(revoked.error))]])
  const isEnded = revoked.value === 'ended'
  const atMs = deps.clock.nowMs()
  return keepStep(deps, memory, record.id, () => (isEnded ? { revokedAtMs: atMs } : {}), [
    ['revoke-asked'],
    isEnded ? ['revoked'] : ['revoked', 'unknown'],
  ])
}

/** Tries to end what an issuer may have made late, before the report says that it may be there. */
const tidyTriesMax = 3

/** Deletes the secret of the dead key. Its passport stays. */
export async function forget(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock } = deps
  const removed = await custody.remove(record.oldKey.id)
  if (!removed.ok) return retryLater(deps, memory, 'keychain', removed.error)
  const tidiedLines: LineInput[] = []
  let left: LeftBehind | null = null
  if (record.createsAsked > 0) {
    // A creation whose answer was lost may have been done late: its key is ended as well, if it can be found.
    const found = await deps.issuerOf(record.environmentId)
    const tidied =
      found.ok && found.value.kind === 'automatic'
        ? await tidyIssuer(custody, found.value.issuer, record, record.newIssuerKeyId)
        : null
    const error = !found.ok ? found.error : tidied?.ok === false ? issuerError(tidied.error) : null
    if (error !== null && memory.tries < tidyTriesMax) return retryLater(deps, memory, 'issuer', error)
    if (tidied?.ok === true && tidied.value !== null) {
      if (tidied.value > 0) tidiedLines.push(['tidied', String(tidied.value)])
    } else left = { what: 'maybe-key-at-issuer', detail: issuerLabelOf(record) }
  }
  const atMs = clock.nowMs()
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({
      end: 'done',
      endedAtMs: atMs,
      problem: null,
      leftBehind: left === null ? now.leftBehind : addLeftBehind(now, left),
    }),
    [...tidiedLines, ['forgotten'], ['ended', 'done']],
  )
}
