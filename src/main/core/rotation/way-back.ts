import type { AppError } from '../../../shared/error.ts'
import type { LeftBehind, RotationRecord } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import type { VaultChange } from '../ports.ts'
import { pointTo } from '../vault/records.ts'
import { addLeftBehind } from './first-steps.ts'
import type { CreatedKey } from './issuer.ts'
import {
  again,
  askService,
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
import { backOff } from './timing.ts'

// The ways back: before the switch the new key is taken away again, after it the old one is put in use.

const triesMax = 3
/** Answers in a row that a key must give before calls go back to it once its page was opened to revoke it. */
const answersNeeded = 3

/** True when a way back has failed so often that it ends and says what it leaves behind. */
function isHopeless(memory: RunMemory): boolean {
  return memory.tries >= triesMax
}

function endCancelled(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
  left: readonly LeftBehind[],
  others: readonly VaultChange[],
): Outcome {
  const end = record.wish === 'fail' ? 'failed' : 'cancelled'
  const atMs = deps.clock.nowMs()
  const kept = keepStep(
    deps,
    memory,
    record.id,
    (now) => ({
      end,
      endedAtMs: atMs,
      wish: null,
      leftBehind: left.reduce((list, item) => addLeftBehind({ ...now, leftBehind: list }, item), now.leftBehind),
    }),
    [['ended', end]],
    others,
  )
  // Until the end stands a person can still copy a key that lies nowhere else.
  if (kept.kind === 'again') {
    memory.obtained = null
    memory.created = null
  }
  return kept
}

/** Ends at the issuer whatever this rotation made there: null when all is gone, else what may be left. */
async function endAtIssuer(
  deps: StepDeps,
  memory: RunMemory,
  record: RotationRecord,
): Promise<Outcome | LeftBehind | null> {
  const named = record.newIssuerKeyId ?? memory.created?.issuerKeyId ?? null
  const issuerKeyId = named !== null && isNameOfOther(deps.custody, record, named) ? null : named
  const isMade = record.newKey !== null || memory.created !== null
  if (!isMade && record.createsAsked === 0) return null
  const left: LeftBehind = isMade
    ? { what: 'key-at-issuer', detail: record.newKey?.mask ?? issuerLabelOf(record) }
    : { what: 'maybe-key-at-issuer', detail: issuerLabelOf(record) }
  const found = await deps.issuerOf(record.environmentId)
  if (!found.ok) return isHopeless(memory) ? left : retryLater(deps, memory, 'issuer', found.error)
  if (found.value.kind !== 'automatic') return left
  const { issuer } = found.value
  if (issuerKeyId !== null) {
    const revoked = await issuer.revoke(issuerKeyId)
    if (!revoked.ok) return isHopeless(memory) ? left : retryLater(deps, memory, 'issuer', issuerError(revoked.error))
  }
  if (record.createsAsked > 0 || issuerKeyId === null) {
    const tidied = await tidyIssuer(deps.custody, issuer, record, null)
    if (!tidied.ok) return isHopeless(memory) ? left : retryLater(deps, memory, 'issuer', issuerError(tidied.error))
    if (tidied.value === null && (record.createsAsked > 0 || isMade)) return left
  }
  return null
}

/** Before the switch: takes the new key away again where that is possible, and says what is left where it is not. */
export async function cleanUp(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody } = deps
  const { newKey } = record
  let left: LeftBehind | null = null
  if (record.issuer === 'automatic') {
    const ended = await endAtIssuer(deps, memory, record)
    if (ended !== null && 'kind' in ended) return ended
    left = ended
  } else if (newKey === null && memory.obtained !== null) {
    left = { what: 'key-at-issuer', detail: memory.obtained.key.mask }
  }
  if (newKey === null) return endCancelled(deps, memory, record, left === null ? [] : [left], [])

  const isDead = record.issuer === 'automatic' && left === null
  const label = custody.key(newKey.id)?.label ?? newKey.label
  const isRefused = isDead || custody.key(newKey.id)?.state === 'rejected'
  const kept: LeftBehind = { what: isRefused ? 'key-kept-refused' : 'key-kept', detail: label }
  const lost: LeftBehind = { what: 'key-at-issuer', detail: newKey.mask }
  const found = await custody.look(newKey.id)
  if (!found.ok && !isHopeless(memory)) return retryLater(deps, memory, 'keychain', found.error)
  if (!isDead && !(found.ok && found.value === null)) {
    // It works, and its secret is here: a person may want it. Unseen, nobody says that it is here.
    return endCancelled(deps, memory, record, [found.ok || isRefused ? kept : lost], [])
  }
  if (!found.ok || found.value !== null) {
    const removed = await custody.remove(newKey.id)
    if (!removed.ok) {
      if (!isHopeless(memory)) return retryLater(deps, memory, 'keychain', removed.error)
      const rejected = moveKey(deps, newKey.id, () => ({ state: 'rejected' }), 'refused')
      return endCancelled(deps, memory, record, [kept], rejected)
    }
  }
  const at = isDead ? [] : [left ?? lost]
  return endCancelled(deps, memory, record, at, [{ what: 'remove-key', id: newKey.id }])
}

/** After the switch: proves the old key once more, then puts it in use again. The new one is kept. */
export async function goBack(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> {
  const { custody, clock, journal } = deps
  const { oldKey, newKey } = record
  const stay = (fault: 'old-key-refused' | 'old-key-unproven' | 'old-key-missing') => {
    memory.hint = { kind: 'ROTATION', fault }
    return keepStep(deps, memory, record.id, () => ({ wish: null }), [['problem', `ROTATION ${fault}`]])
  }
  const found = await custody.look(oldKey.id)
  if (!found.ok) {
    return isHopeless(memory) ? stay('old-key-unproven') : retryLater(deps, memory, 'keychain', found.error)
  }
  if (found.value === null || !custody.isOf(found.value, oldKey.fingerprint)) return stay('old-key-missing')
  const asked = custody.environment(record.environmentId)
  if (asked === null) return stay('old-key-unproven')
  const outcome = await askService(deps, memory, asked, { id: oldKey.id, mask: oldKey.mask, secret: found.value })
  if (outcome === null) return again
  switch (outcome.kind) {
    case 'refused':
      return stay('old-key-refused')
    case 'unknown':
      if (isHopeless(memory)) return stay('old-key-unproven')
      return retryLater(deps, memory, 'service', { kind: 'ROTATION', fault: 'old-key-unproven' })
    case 'alive': {
      const environment = custody.environment(record.environmentId)
      if (environment === null || journal.find(record.id)?.wish !== 'back') return again
      memory.aliveInRow += 1
      if (record.revokeAskedAtMs !== null && memory.aliveInRow < answersNeeded) {
        // A key that was ended by hand may answer for a while: one answer says little of the next minutes.
        const afterMs = backOff(deps.timing.refusalBaseMs, deps.timing.aliveCapMs, memory.aliveInRow - 1, deps.random)
        return { kind: 'wait', waitsFor: 'service', afterMs, error: null }
      }
      const atMs = clock.nowMs()
      const left: LeftBehind | null =
        newKey === null ? null : { what: 'key-kept', detail: custody.key(newKey.id)?.label ?? newKey.label }
      const takes = record.kind === 'rotate' || environment.activeKeyId === null
      return keepStep(
        deps,
        memory,
        record.id,
        (now) => ({
          end: 'went-back',
          endedAtMs: atMs,
          wish: null,
          leftBehind: left === null ? now.leftBehind : addLeftBehind(now, left),
        }),
        [['ended', 'went-back']],
        [
          ...(takes ? [pointTo(environment, oldKey.id)] : []),
          ...moveKey(deps, oldKey.id, () => ({ state: 'active', lastProvenAtMs: atMs }), 'back'),
        ],
      )
    }
    default:
      return assertNever(outcome)
  }
}

/** Ends the asking. The old key stays `revoking`: it was not proven dead. */
export function stopAsking(deps: StepDeps, memory: RunMemory, record: RotationRecord): Outcome {
  const left = { what: 'old-key-unproven', detail: record.oldKey.mask } as const
  return keepStep(
    deps,
    memory,
    record.id,
    (now) => ({ end: 'unproven', endedAtMs: deps.clock.nowMs(), wish: null, leftBehind: addLeftBehind(now, left) }),
    [['ended', 'unproven']],
  )
}

/**
 * Ends at the issuer what a rotation that was overtaken at Obtain may have made there. `created` is
 * what it got and kept no passport of. Null when nothing of it is left, as far as the issuer can tell.
 */
export async function endOvertaken(
  deps: StepDeps,
  record: RotationRecord,
  created: CreatedKey | null,
): Promise<AppError | null> {
  const { custody, journal } = deps
  const found = await deps.issuerOf(record.environmentId)
  if (!found.ok) return found.error
  if (found.value.kind !== 'automatic') return null
  const { issuer } = found.value
  const name = created?.issuerKeyId ?? null
  const isEnded = name !== null && !isNameOfOther(custody, record, name)
  const revoked = isEnded ? await issuer.revoke(name) : null
  if (revoked?.ok === false) return issuerError(revoked.error)
  const tidied = await tidyIssuer(custody, issuer, record, null)
  if (!tidied.ok) return issuerError(tidied.error)
  if (tidied.value === null && !isEnded) return issuerError({ fault: 'timeout', status: null, settled: false })
  const count = (tidied.value ?? 0) + (isEnded && tidied.value === null ? 1 : 0)
  const isMaybe = ({ what }: LeftBehind) => what === 'maybe-key-at-issuer'
  journal.amend(
    record.id,
    ({ leftBehind }) => ({ leftBehind: leftBehind.filter((left) => !isMaybe(left)) }),
    count === 0 ? [] : [['tidied', String(count)]],
  )
  return null
}
