import type { Alarm, AlarmChoices, AlarmKind } from '../../../shared/model/alarm.ts'
import type { CallSummary } from '../../../shared/model/call.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { assertNever } from '../../../shared/result.ts'
import type { Clock, KeyHour, Random } from '../ports.ts'
import type { Detector } from './detector.ts'
import { createForbiddenWave } from './forbidden-wave.ts'
import { createRefusalRun } from './refusal-run.ts'
import { createSurge } from './surge.ts'

/** Alarms kept; beyond it the oldest goes. */
const alarmsMax = 50

/** Raises an alarm once for each thing out of the ordinary, and keeps it until it is dismissed. */
export interface Alarms {
  /** Counts a call that was recorded. */
  note(call: CallSummary): void
  /** Ends the alarms whose condition is over. True while one still holds: sweep again then. */
  sweep(): boolean
  /** Newest first, without those that were dismissed. */
  list(): readonly Alarm[]
  /** Takes an alarm away; while its condition holds it does not come again. An unknown one is gone already. */
  dismiss(id: string): void
}

/** What the alarms work with. */
export interface AlarmsDeps {
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly choices: () => AlarmChoices
  readonly key: (id: string) => KeySummary | null
  /** Calls by key and hour from before this start, as `CallStore.keyHours` answers them. */
  readonly earlier: readonly KeyHour[]
  /** Told of each change of the list. */
  readonly onChange: (alarms: readonly Alarm[]) => void
  /** Told once of each alarm. */
  readonly onRaised: (alarm: Alarm) => void
}

interface Kept {
  readonly alarm: Alarm
  readonly dismissed: boolean
}

function isWanted(what: AlarmKind, choices: AlarmChoices): boolean {
  switch (what) {
    case 'refused-key':
      return choices.refusedKey
    case 'forbidden-wave':
      return choices.forbiddenWave
    case 'surge':
      return choices.surge
    default:
      return assertNever(what)
  }
}

/** A key that is being ended is refused on purpose. */
function isInUse({ state }: KeySummary): boolean {
  return state !== 'retiring' && state !== 'revoking' && state !== 'dead'
}

/** Builds the alarms over an empty list. */
export function createAlarms(deps: AlarmsDeps): Alarms {
  const { clock, random, choices, key, onChange, onRaised } = deps
  const detectors: readonly Detector[] = [
    createRefusalRun((keyId) => (key(keyId)?.lastProvenAtMs ?? null) !== null),
    createForbiddenWave(clock),
    createSurge(clock, deps.earlier),
  ]
  /** Newest first. A dismissed one stays for as long as its condition holds. */
  let kept: readonly Kept[] = []

  const list = () => kept.filter(({ dismissed }) => !dismissed).map(({ alarm }) => alarm)

  function put(next: readonly Kept[]): void {
    kept = next.slice(0, alarmsMax)
    onChange(list())
  }

  const holds = (what: AlarmKind, keyId: string) =>
    kept.some(({ alarm }) => alarm.what === what && alarm.keyId === keyId && alarm.overAtMs === null)

  function isOver({ what, keyId }: Alarm): boolean {
    const known = key(keyId)
    if (known === null || !isInUse(known)) return true
    return detectors.find((detector) => detector.what === what)?.isOver(keyId) ?? true
  }

  function sweep(): boolean {
    const ended = kept.filter(({ alarm }) => alarm.overAtMs === null && isOver(alarm))
    if (ended.length > 0) {
      const overAtMs = clock.nowMs()
      put(
        kept
          .filter((each) => !(each.dismissed && ended.includes(each)))
          .map((each) => (ended.includes(each) ? { ...each, alarm: { ...each.alarm, overAtMs } } : each)),
      )
    }
    return kept.some(({ alarm }) => alarm.overAtMs === null)
  }

  return {
    note({ keyId, environmentId, status, startedAtMs }) {
      const known = keyId === null ? null : key(keyId)
      if (keyId === null || known === null) return
      if (!isInUse(known)) {
        for (const detector of detectors) detector.forget(keyId)
        return
      }
      for (const detector of detectors) {
        const { what } = detector
        const seen = detector.note({ keyId, status, startedAtMs })
        if (seen === null || holds(what, keyId) || !isWanted(what, choices())) continue
        const alarm: Alarm = {
          id: random.id(),
          what,
          environmentId,
          keyId,
          raisedAtMs: clock.nowMs(),
          ...seen,
          overAtMs: null,
        }
        // The same thing once more takes the place of the one that is over.
        const others = kept.filter((each) => each.alarm.what !== what || each.alarm.keyId !== keyId)
        put([{ alarm, dismissed: false }, ...others])
        onRaised(alarm)
      }
      if (kept.length > 0) sweep()
    },
    sweep,
    list,
    dismiss(id) {
      const found = kept.find(({ alarm }) => alarm.id === id)
      if (found === undefined || found.dismissed) return
      put(
        found.alarm.overAtMs === null
          ? kept.map((each) => (each === found ? { ...found, dismissed: true } : each))
          : kept.filter((each) => each !== found),
      )
    },
  }
}
