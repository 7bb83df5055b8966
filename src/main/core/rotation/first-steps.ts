import type { AppError } from '../../../shared/error.ts'
import type { LeftBehind, RotationKey, RotationRecord } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import type { VaultChange } from '../ports.ts'
import { noteEvent, pointTo } from '../vault/records.ts'
import type { Secret } from '../vault/secret.ts'
import type { IssuerFailure } from './issuer.ts'
import { rememberKey } from './journal.ts'
import {
  again,
  askService,
  failRotation,
  isGivenUp,
  isNameOfOther,
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

// The steps up to the switch. Until then calls use the old key, and every failure leads back to it.

const refusedProofsMax = 3
const badReadsMax = 3

/** Failures of an issuer that another try may cure. */
function isPassing({ fault, status }: IssuerFailure): boolean {
  return fault === 'unreachable' || fault === 'timeout' || fault === 'failed' || status === 429 || status === 408
}

function retryOrGiveUp(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  waitsFor: 'issuer' | 'service' | 'keychain',
  error: AppError,
): Outcome {
  if (isGivenUp(deps, memory)) return failRotation(deps, memory, record.id, error)
  return retryLater(deps, memory, waitsFor, error)
}

/** Adds what is left behind, once. */
export function addLeftBehind(now: RotationRecord, left: LeftBehind): LeftBehind[] {
  const known = now.leftBehind.some(({ what, detail }) => what === left.what && detail === left.detail)
  return known ? now.leftBehind : [...now.leftBehind, left]
}

/** Nothing is done yet: the first line of the journal stands. */
export function prepare(deps: StepDeps, memory: RunMemory, record: RotationRecord): Outcome {
  return keepStep(deps, memory, record.id, () => ({ step: record.kind === 'rotate' ? 'obtain' : 'revoke' }), [])
}

/** Keeps the passport of the new key, which from here on can be found again whatever happens. */
function keepPassport(deps: StepDeps, memory: RunMemory, record: RotationRecord, createsAsked: number): Outcome {
  const { obtained } = memory
  if (obtained === null) return again
  const { key } = obtained
  const others: VaultChange[] = [{ what: 'put-key', key }, noteEvent(key.id, deps.clock.nowMs(), 'added', key.source)]
  const what = key.source === 'issuer' ? 'created' : 'taken'
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({
      step: 'store',
      newKey: rememberKey(key),
      newIssuerKeyId: key.issuerKeyId ?? null,
      createsAsked,
      // A key that was lost on its way to the keychain, and is copied again, is left behind no more.
      leftBehind: now.leftBehind.filter(({ what, detail }) => what !== 'key-at-issuer' || detail !== key.mask),
    }),
    [[what, key.mask]],
    others,
  )
}

async function obtainFromIssuer(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody } = deps
  if (memory.created === null) {
    const found = await deps.issuerOf(record.environmentId)
    if (!found.ok) {
      if (found.error.kind === 'KEYCHAIN') return retryOrGiveUp(deps, memory, record, 'keychain', found.error)
      return failRotation(deps, memory, record.id, found.error)
    }
    if (found.value.kind !== 'automatic') {
      return failRotation(deps, memory, record.id, { kind: 'ISSUER', fault: 'no-credential', status: null })
    }
    const { issuer } = found.value
    if (record.createsAsked > 0) {
      // Asked before, and never learned what became of it: such a key is ended before another is made.
      const tidied = await tidyIssuer(custody, issuer, record, null)
      if (!tidied.ok) return retryOrGiveUp(deps, memory, record, 'issuer', issuerError(tidied.error))
      const left: LeftBehind = { what: 'maybe-key-at-issuer', detail: issuerLabelOf(record) }
      const noted = keepStep(
        deps,
        memory,
        record.id,
        (now) => (tidied.value === null ? { leftBehind: addLeftBehind(now, left) } : {}),
        tidied.value === null || tidied.value === 0 ? [] : [['tidied', String(tidied.value)]],
      )
      if (noted.kind === 'wait') return noted
    }
    const asked = keepStep(deps, memory, record.id, (now) => ({ createsAsked: now.createsAsked + 1 }), [
      ['create-asked'],
    ])
    if (asked.kind === 'wait') return asked
    // Cancelled while the journal was written to: then nothing is asked for.
    if (deps.journal.find(record.id)?.wish !== null) return again
    const label = issuerLabelOf(record)
    // A key of this rotation that was lost has been ended: asked by the same name, the issuer would give it again.
    const lost = record.lines.filter(({ what }) => what === 'lost' || what === 'tidied').length
    const created = await issuer.create({ label, idempotencyKey: `${label}-${lost}` }, memory.abort.signal)
    if (!created.ok) {
      if (created.error.settled) {
        const settled = keepStep(deps, memory, record.id, (now) => ({ createsAsked: now.createsAsked - 1 }), [])
        if (settled.kind === 'wait') return settled
      }
      const error = issuerError(created.error)
      if (isPassing(created.error)) return retryOrGiveUp(deps, memory, record, 'issuer', error)
      return failRotation(deps, memory, record.id, error)
    }
    memory.created = created.value
  }
  const { text, issuerKeyId } = memory.created
  if (memory.obtained === null) {
    const prepared = custody.prepareKey({
      environmentId: record.environmentId,
      text,
      source: 'issuer',
      ...(issuerKeyId === null ? {} : { issuerKeyId }),
    })
    if (!prepared.ok && prepared.error.kind === 'KEY_EXISTS') {
      // It gave a key that is here already, perhaps the one in use: nothing was made, and nothing is to be ended.
      const settled = keepStep(deps, memory, record.id, (now) => ({ createsAsked: now.createsAsked - 1 }), [])
      if (settled.kind === 'wait') return settled
      memory.created = null
    }
    if (!prepared.ok) return failRotation(deps, memory, record.id, prepared.error)
    if (issuerKeyId !== null && isNameOfOther(custody, record, issuerKeyId)) {
      // By this name another key would be ended in the place of the new one.
      memory.created = null
      return failRotation(deps, memory, record.id, { kind: 'ISSUER', fault: 'bad-answer', status: null })
    }
    memory.obtained = prepared.value
  }
  const asked = deps.journal.find(record.id)?.createsAsked ?? 0
  return keepPassport(deps, memory, record, Math.max(0, asked - 1))
}

/** Gets the new key: from the issuer, or from a person by way of the clipboard. */
export async function obtain(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  if (record.issuer === 'automatic') return obtainFromIssuer(deps, memory, record)
  if (memory.obtained !== null) return keepPassport(deps, memory, record, 0)
  return { kind: 'wait', waitsFor: 'new-key', afterMs: null, error: null }
}

/** The passport is there and no secret is: the key is lost, since it is shown only once. */
async function loseKey(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  newKey: RotationKey,
): Promise<Outcome> {
  const left: LeftBehind = { what: 'key-at-issuer', detail: newKey.mask }
  let isLeft = true
  if (record.issuer === 'automatic' && record.newIssuerKeyId !== null) {
    const found = await deps.issuerOf(record.environmentId)
    if (!found.ok) return retryOrGiveUp(deps, memory, record, 'issuer', found.error)
    if (found.value.kind === 'automatic') {
      const revoked = await found.value.issuer.revoke(record.newIssuerKeyId)
      if (!revoked.ok) return retryOrGiveUp(deps, memory, record, 'issuer', issuerError(revoked.error))
      isLeft = false
    }
  }
  memory.created = null
  memory.hint = { kind: 'ROTATION', fault: 'new-key-lost' }
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({
      step: 'obtain',
      newKey: null,
      newIssuerKeyId: null,
      ...(isLeft ? { leftBehind: addLeftBehind(now, left) } : {}),
    }),
    [['lost', newKey.mask]],
    [{ what: 'remove-key', id: newKey.id }],
  )
}

/** Puts the new key into an item of its own, which nothing lies in. */
export async function store(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody } = deps
  const { newKey } = record
  if (newKey === null || custody.key(newKey.id) === null) {
    return failRotation(deps, memory, record.id, { kind: 'ROTATION', fault: 'new-key-lost' })
  }
  const wait = (error: AppError) => retryOrGiveUp(deps, memory, record, 'keychain', error)
  const found = await custody.look(newKey.id)
  if (!found.ok) return wait(found.error)
  const isStored = found.value !== null && custody.isOf(found.value, newKey.fingerprint)
  if (!isStored) {
    if (found.value !== null) {
      const removed = await custody.remove(newKey.id)
      if (!removed.ok) return wait(removed.error)
    }
    if (memory.obtained === null) return loseKey(deps, memory, record, newKey)
    const written = await custody.write(newKey.id, memory.obtained.secret)
    if (!written.ok) {
      if (written.error.fault === 'too-large') return failRotation(deps, memory, record.id, written.error)
      return wait(written.error)
    }
  }
  const others = moveKey(deps, newKey.id, () => ({}), 'stored')
  return keepStep(deps, memory, record.id, () => ({ step: 'read-back' }), [['stored']], others)
}

/** Reads the item as every later call does, and compares. */
export async function readBack(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody } = deps
  const { newKey } = record
  if (newKey === null) return failRotation(deps, memory, record.id, { kind: 'ROTATION', fault: 'new-key-lost' })
  const found = await custody.look(newKey.id)
  if (!found.ok) return retryOrGiveUp(deps, memory, record, 'keychain', found.error)
  if (found.value === null || !custody.isOf(found.value, newKey.fingerprint)) {
    memory.badReads += 1
    if (memory.badReads > badReadsMax) {
      return failRotation(deps, memory, record.id, { kind: 'KEYCHAIN', fault: 'mismatch' })
    }
    return keepStep(deps, memory, record.id, () => ({ step: 'store' }), [])
  }
  // Before the journal goes on, so that no kill in between leaves the key on the clipboard.
  if (custody.key(newKey.id)?.source === 'clipboard') deps.onTaken(found.value)
  const kept = keepStep(deps, memory, record.id, () => ({ step: 'prove' }), [['read-back']])
  if (kept.kind === 'again') {
    memory.obtained = null
    memory.created = null
  }
  return kept
}

/** The stored secret of the new key, or what is to be waited for. */
export async function readNewKey(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
): Promise<{ readonly secret: Secret; readonly key: RotationKey } | Outcome> {
  const { newKey } = record
  if (newKey === null) return failRotation(deps, memory, record.id, { kind: 'ROTATION', fault: 'new-key-lost' })
  const found = await deps.custody.look(newKey.id)
  if (!found.ok) return retryLater(deps, memory, 'keychain', found.error)
  if (found.value === null || !deps.custody.isOf(found.value, newKey.fingerprint)) {
    return retryLater(deps, memory, 'keychain', { kind: 'KEYCHAIN', fault: 'mismatch' })
  }
  return { secret: found.value, key: newKey }
}

/** Asks the service whether the new key works. Only a yes leads to the switch. */
export async function prove(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock } = deps
  const environment = custody.environment(record.environmentId)
  if (environment === null) {
    return failRotation(deps, memory, record.id, { kind: 'NOT_FOUND', what: 'environment' })
  }
  const read = await readNewKey(deps, memory, record)
  if ('kind' in read) {
    return isGivenUp(deps, memory)
      ? failRotation(deps, memory, record.id, { kind: 'ROTATION', fault: 'new-key-unproven' })
      : read
  }
  const { secret, key } = read
  const outcome = await askService(deps, memory, environment, { id: key.id, mask: key.mask, secret })
  if (outcome === null) return again
  switch (outcome.kind) {
    case 'alive': {
      const atMs = clock.nowMs()
      memory.provenMs = clock.monotonicMs()
      const others = moveKey(
        deps,
        key.id,
        () => ({ state: 'active', lastProvenAtMs: atMs }),
        'proven',
        outcome.narrow ? 'narrow' : '',
      )
      const change = () => ({ step: 'switch', provenAtMs: atMs }) as const
      return keepStep(deps, memory, record.id, change, [['proven', outcome.narrow ? 'narrow' : '']], others)
    }
    case 'refused': {
      memory.refusedProofs += 1
      const error: AppError = { kind: 'ROTATION', fault: 'new-key-refused' }
      // A new key may need a moment to be known everywhere.
      if (memory.refusedProofs < refusedProofsMax) return retryLater(deps, memory, 'service', error)
      const problem = { error, atMs: clock.nowMs(), retryAtMs: null }
      const others = moveKey(deps, key.id, () => ({ state: 'rejected' }), 'refused')
      return keepStep(deps, memory, record.id, () => ({ wish: 'fail', problem }), [['refused', key.mask]], others)
    }
    case 'unknown':
      return retryOrGiveUp(deps, memory, record, 'service', { kind: 'ROTATION', fault: 'new-key-unproven' })
    default:
      return assertNever(outcome)
  }
}

/** Moves the pointer: one transaction, after which every new call uses the new key. */
export async function switchOver(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock, journal } = deps
  const { newKey, oldKey } = record
  if (newKey === null) return failRotation(deps, memory, record.id, { kind: 'ROTATION', fault: 'new-key-lost' })
  const warmed = await custody.warm(newKey.id)
  if (!warmed.ok) return retryOrGiveUp(deps, memory, record, 'keychain', warmed.error)
  if (warmed.value === null || !custody.isOf(warmed.value, newKey.fingerprint)) {
    return keepStep(deps, memory, record.id, () => ({ step: 'store' }), [])
  }
  const environment = custody.environment(record.environmentId)
  if (environment === null) {
    return failRotation(deps, memory, record.id, { kind: 'NOT_FOUND', what: 'environment' })
  }
  // From here to the commit nothing waits: a cancel has come before it, or comes too late.
  if (journal.find(record.id)?.wish !== null) return again
  const atMs = clock.nowMs()
  return keepStep(
    deps,
    memory,
    record.id,
    () => ({ step: 'drain', switchedAtMs: atMs }),
    [['switched', newKey.mask]],
    [
      pointTo(environment, newKey.id),
      noteEvent(newKey.id, atMs, 'switched'),
      ...moveKey(deps, oldKey.id, () => ({ state: 'retiring' }), 'retiring'),
    ],
  )
}
