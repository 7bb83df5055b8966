import type { Alarm, HeadroomWarning } from './model/alarm.ts'
import type { AgeReminder } from './model/rotation.ts'
import { assertNever } from './result.ts'

/** Names that an alarm is told with. */
export interface AlarmNames {
  readonly environmentName: string
  readonly keyLabel: string
}

/** What happened, and what it means. */
export interface AlarmText {
  readonly title: string
  readonly detail: string
}

function formatTimes(factor: number): string {
  return factor >= 10 ? String(Math.round(factor)) : factor.toFixed(1)
}

/** The sentences of an alarm, the same in the window and on the desktop. */
export function describeAlarm(alarm: Alarm, { environmentName, keyLabel }: AlarmNames): AlarmText {
  const key = `${environmentName} ${keyLabel}`
  const count = alarm.count.toLocaleString('en-US')
  const against = alarm.against ?? 0
  switch (alarm.what) {
    case 'refused-key':
      return {
        title: `${key} is refused`,
        detail: `It worked before, and the last ${count} answers were 401. It may have been revoked elsewhere.`,
      }
    case 'forbidden-wave':
      return {
        title: `${key} is forbidden much of what it asks`,
        detail: `${count} of ${against.toLocaleString('en-US')} answers of a minute were 403. The key works, but it may not do this.`,
      }
    case 'surge':
      return {
        title: `${key} is used far more than usual`,
        detail: `${count} calls in an hour, ${formatTimes(alarm.count / Math.max(1, against))} times its usual ${against.toLocaleString('en-US')}.`,
      }
    default:
      return assertNever(alarm.what)
  }
}

/** The filter text that finds the calls behind an alarm in Requests. `keyTail` is the end of the key's mask. */
export function filterForAlarm({ what }: Alarm, keyTail: string): string {
  // A tail with signs that mean something in a filter is left out: it then finds more, not less.
  const key = /^\w+$/.test(keyTail) ? `key:${keyTail} ` : ''
  switch (what) {
    case 'refused-key':
      return `${key}status:401`
    case 'forbidden-wave':
      return `${key}status:403`
    case 'surge':
      return `${key}after:-1h`
    default:
      return assertNever(what)
  }
}

/** The sentences of a window that runs low; null when there is room again. */
export function describeWarning({ level, left, limit }: HeadroomWarning, environmentName: string): AlarmText | null {
  const count = (value: number) => value.toLocaleString('en-US')
  switch (level) {
    case 'none':
      return null
    case 'low':
      return {
        title: `${environmentName} has ${count(left)} of ${count(limit)} requests left`,
        detail: 'Less than a fifth of the minute’s limit. Slots free as calls of a minute ago leave the window.',
      }
    case 'full':
      return {
        title: `${environmentName} has no request left in this minute`,
        detail: 'Calls wait for the next free slot, those of a person first.',
      }
    default:
      return assertNever(level)
  }
}

/** The sentences of a window that was full, for as long as there is not much room: `left` is what is left of it now. */
export function describeFull(warning: HeadroomWarning, left: number, environmentName: string): AlarmText | null {
  if (left <= 0) return describeWarning(warning, environmentName)
  return {
    title: `${environmentName} has a few requests left again`,
    detail: 'Calls may still wait for a slot. This note goes once nearly a third of the limit is free.',
  }
}

/** The sentences of keys that are due for rotation; null when none is. */
export function describeReminder({ aging, overdue }: AgeReminder): AlarmText | null {
  const due = [...overdue, ...aging]
  const [first] = due
  if (first === undefined) return null
  const one = overdue.length > 0 ? 'overdue for rotation' : 'due for rotation soon'
  const title = due.length === 1 ? `${first.label} is ${one}` : `${due.length} keys are due for rotation`
  const labels = due.slice(0, 3).map(({ label }) => label)
  const more = due.length > labels.length ? ` and ${due.length - labels.length} more` : ''
  return { title, detail: `${labels.join(', ')}${more}. Rotate in Keys; calls go on meanwhile.` }
}
