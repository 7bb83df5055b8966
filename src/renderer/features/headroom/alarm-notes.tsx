import { describeAlarm, filterForAlarm } from '../../../shared/alarm-text.ts'
import type { Alarm } from '../../../shared/model/alarm.ts'
import { dismissAlarm, showCalls } from '../../store/actions.ts'
import { startRotation } from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatClock, formatPlural } from '../../ui/format.ts'
import { Note } from '../../ui/note.tsx'

/** Alarms shown at once; the others follow as these are closed. */
const shownMax = 2

function AlarmNote({ alarm }: { alarm: Alarm }) {
  const environment = useStore((state) => state.environments.find(({ id }) => id === alarm.environmentId) ?? null)
  const key = useStore((state) => state.keys.find(({ id }) => id === alarm.keyId) ?? null)
  const { title, detail } = describeAlarm(alarm, {
    environmentName: environment?.name ?? 'An environment',
    keyLabel: key?.label ?? 'key',
  })
  const over = alarm.overAtMs !== null
  const rotates = alarm.what === 'refused-key' && !over && environment?.activeKeyId === alarm.keyId
  return (
    <Note
      tone={over ? 'plain' : alarm.what === 'refused-key' ? 'refused' : 'warned'}
      icon="alert"
      title={title}
      detail={`${detail} ${over ? `Over since ${formatClock(alarm.overAtMs ?? 0)}.` : `Since ${formatClock(alarm.raisedAtMs)}.`}`}
      actions={
        rotates ? (
          <Button icon="rotate" onClick={() => void startRotation(alarm.environmentId)}>
            Rotate the key
          </Button>
        ) : (
          <Button onClick={() => showCalls(filterForAlarm(alarm, key?.mask.slice(-4) ?? ''))}>Show the calls</Button>
        )
      }
      onClose={() => void dismissAlarm(alarm.id)}
    />
  )
}

/** What is out of the ordinary and was not dismissed yet. */
export function AlarmNotes() {
  const alarms = useStore((state) => state.alarms)
  const more = alarms.length - shownMax
  return (
    <>
      {alarms.slice(0, shownMax).map((alarm) => (
        <AlarmNote key={alarm.id} alarm={alarm} />
      ))}
      {more > 0 ? (
        <Note inline title={`${formatPlural(more, 'more alarm')}.`} detail="Close these to see them." />
      ) : null}
    </>
  )
}
