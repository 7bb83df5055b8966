import type { AppError } from '../../../shared/error.ts'
import type { Rotation, RotationAction, RotationRecord } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import { proveDead } from './death-proof.ts'
import { obtain, prepare, prove, readBack, store, switchOver } from './first-steps.ts'
import { nameError } from './journal.ts'
import { askIssuerAgain, drain, forget, revoke } from './last-steps.ts'
import { createRunMemory, type Outcome, type RunMemory, type StepDeps } from './run.ts'
import { cleanUp, goBack, stopAsking } from './way-back.ts'

/** Does the next step of a rotation, or what a person asked for instead. */
function advance(deps: StepDeps, memory: RunMemory, record: RotationRecord): Promise<Outcome> | Outcome {
  switch (record.wish) {
    case 'cancel':
    case 'fail':
      return cleanUp(deps, memory, record)
    case 'back':
      return goBack(deps, memory, record)
    case 'stop':
      return stopAsking(deps, memory, record)
    case null:
      break
    default:
      return assertNever(record.wish)
  }
  switch (record.step) {
    case 'prepare':
      return prepare(deps, memory, record)
    case 'obtain':
      return obtain(deps, memory, record)
    case 'store':
      return store(deps, memory, record)
    case 'read-back':
      return readBack(deps, memory, record)
    case 'prove':
      return prove(deps, memory, record)
    case 'switch':
      return switchOver(deps, memory, record)
    case 'drain':
      return drain(deps, memory, record)
    case 'revoke':
      return revoke(deps, memory, record)
    case 'prove-dead':
      return memory.asksIssuer ? askIssuerAgain(deps, memory, record) : proveDead(deps, memory, record)
    case 'forget':
      return forget(deps, memory, record)
    default:
      return assertNever(record.step)
  }
}

/** True while a rotation can still be cancelled: nothing uses the new key. */
export function isBeforeSwitch({ kind, switchedAtMs, revokeAskedAtMs }: RotationRecord): boolean {
  return kind === 'rotate' ? switchedAtMs === null : revokeAskedAtMs === null
}

/** True while the old key can be put in use again: nobody has ended it, as far as is known. */
export function canGoBack(record: RotationRecord): boolean {
  if (record.end !== null || isBeforeSwitch(record)) return false
  if (record.revokeAskedAtMs === null) return true
  // By hand the person's word, or the first refusal, tells that it is done.
  if (record.revokedAtMs !== null) return false
  return record.issuer === 'dashboard' && record.proof.refusedAtMs.length + record.proof.unlike === 0
}

/** True when an issuer that was to end the old key can be asked once more: the key goes on answering. */
export function canAskIssuer({ issuer, step, end, wish, proof }: RotationRecord): boolean {
  return issuer === 'automatic' && step === 'prove-dead' && end === null && wish === null && proof.stillAlive
}

/** True while a person may end the asking: the key answers, or ought to be dead by now, or is ended by hand. */
export function canStopAsking(record: RotationRecord, nowMs: number): boolean {
  const { step, proof, issuer, revokedAtMs, revokeAskedAtMs, stillAliveAfterMs } = record
  if (step !== 'prove-dead') return false
  const isLate = nowMs - (revokedAtMs ?? revokeAskedAtMs ?? nowMs) >= stillAliveAfterMs
  return proof.stillAlive || issuer === 'dashboard' || isLate
}

/** True while a person may have it done at once: not the backoff between refusals, which is part of the proof. */
function canRetry({ step, proof }: RotationRecord, { nextAtMs, waitsFor, error }: RunMemory): boolean {
  if (waitsFor === 'calls' || (step === 'prove-dead' && proof.refusedAtMs.length > 0 && error === null)) return false
  return nextAtMs !== null || (waitsFor === 'keychain' && error !== null)
}

function listActions(
  record: RotationRecord,
  memory: RunMemory,
  { nowMs, hasPage }: { readonly nowMs: number; readonly hasPage: boolean },
): RotationAction[] {
  if (record.end !== null) return ['copy-report']
  const isByHand = record.issuer === 'dashboard'
  const opensPage =
    (isByHand && (record.step === 'obtain' || record.step === 'prove-dead')) || (hasPage && canAskIssuer(record))
  return [
    ...(isBeforeSwitch(record) && record.wish === null ? (['cancel'] as const) : []),
    ...(canGoBack(record) && record.wish === null ? (['go-back'] as const) : []),
    ...(record.wish === null && canStopAsking(record, nowMs) ? (['stop-asking'] as const) : []),
    ...(canRetry(record, memory) ? (['retry'] as const) : []),
    ...(canAskIssuer(record) ? (['ask-issuer'] as const) : []),
    ...(opensPage ? (['open-page'] as const) : []),
    ...(record.step === 'obtain' && isByHand ? (['paste'] as const) : []),
    ...(record.step === 'store' && memory.obtained !== null && memory.error !== null
      ? (['copy-new-key'] as const)
      : []),
    'copy-report',
  ]
}

/** A rotation as the window shows it. `memory` is null for one that does not run. */
export function viewRotation(
  record: RotationRecord,
  memory: RunMemory | null,
  now: { readonly inFlight: number; readonly watching: boolean; readonly nowMs: number; readonly hasPage: boolean },
): Rotation {
  const run = memory ?? createRunMemory()
  const problem =
    run.error === null || record.end !== null
      ? record.problem
      : { error: run.error, atMs: now.nowMs, retryAtMs: run.nextAtMs }
  return {
    ...record,
    problem,
    waitsFor: record.end === null ? run.waitsFor : null,
    hint: record.end === null ? run.hint : null,
    watching: now.watching,
    inFlight: now.inFlight,
    nextAtMs: record.end === null ? run.nextAtMs : null,
    actions: listActions(record, run, now),
  }
}

/** One rotation on its way. */
export interface Runner {
  readonly memory: RunMemory
  /** Does at once what would be done later. */
  wake(): void
  /** Ends the run without an end of the rotation: at quit. */
  stop(): Promise<void>
}

/**
 * Runs a rotation until its end. What a step throws is a bug: the run stops there, the journal
 * stays, and the next start (or `retry`) goes on from it.
 */
export function startRunner(
  deps: StepDeps,
  id: string,
  parts: {
    readonly onWait: () => void
    readonly onStopped: (runner: Runner) => void
    readonly quiet?: boolean
  },
): Runner {
  const { journal, clock, log } = deps
  const memory = createRunMemory()
  memory.quiet = parts.quiet ?? false
  memory.tell = parts.onWait
  let stopped = false
  let sleeping = new AbortController()
  // A wake before the sleep must not be lost: something happened while the step was being done.
  let woken = false
  let saidError: string | null = null

  /** Writes the first problem of its kind into the journal; a disk that takes nothing is told of in memory only. */
  function noteProblem(record: RotationRecord, error: AppError | null): void {
    const name = error === null ? null : `${record.step} ${nameError(error)}`
    if (error !== null && name !== saidError && error.kind !== 'STORAGE') {
      journal.update(record.id, () => ({}), [['problem', nameError(error)]])
    }
    saidError = name
  }

  async function wait(outcome: Extract<Outcome, { kind: 'wait' }>, record: RotationRecord): Promise<void> {
    memory.waitsFor = outcome.waitsFor
    memory.error = outcome.error
    memory.nextAtMs = outcome.afterMs === null ? null : clock.nowMs() + outcome.afterMs
    noteProblem(record, outcome.error)
    parts.onWait()
    if (!woken) {
      sleeping = new AbortController()
      const asleep = sleeping.signal
      if (outcome.afterMs !== null) await clock.sleep(outcome.afterMs, asleep)
      else if (!asleep.aborted)
        await new Promise<void>((done) => asleep.addEventListener('abort', () => done(), { once: true }))
    }
    woken = false
    memory.nextAtMs = null
  }

  let place: Pick<RotationRecord, 'step' | 'wish'> | null = null

  /** Begins to count anew when step or wish are other ones than before, whoever changed them, and when. */
  function enter(record: RotationRecord): void {
    const before = place
    place = record
    if (before === null || (before.step === record.step && before.wish === record.wish)) return
    memory.tries = 0
    memory.failingSinceMs = null
    memory.error = null
    memory.waitsFor = null
    memory.asksInRow = 0
    memory.aliveInRow = 0
    if (before.step !== record.step && record.step !== 'obtain') memory.hint = null
  }

  async function run(): Promise<void> {
    for (;;) {
      const record = journal.find(id)
      if (stopped || record === null || record.end !== null) return
      enter(record)
      if (memory.abort.signal.aborted) memory.abort = new AbortController()
      const outcome = await advance(deps, memory, record)
      const after = journal.find(id)
      if (after !== null) enter(after)
      if (outcome.kind === 'wait' && !stopped) await wait(outcome, after ?? record)
      else if (!stopped) memory.error = null
    }
  }

  const runner: Runner = {
    memory,
    wake() {
      woken = true
      sleeping.abort()
    },
    async stop() {
      stopped = true
      sleeping.abort()
      memory.abort.abort()
      await ended
    },
  }
  const ended = Promise.resolve()
    .then(run)
    .catch((cause: unknown) => {
      const reference = log.error('rotation.broken', cause)
      memory.error = { kind: 'INTERNAL', reference }
      memory.waitsFor = 'disk'
      parts.onWait()
    })
    .finally(() => parts.onStopped(runner))
  return runner
}
