import { useState } from 'react'
import type { AlarmChoices } from '../../../shared/model/alarm.ts'
import { defaultAlarmChoices, defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import { setAlarmChoices, setRatePolicy } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Switch } from '../../ui/switch.tsx'
import { describeDefault, formatRate, isDefault, type RateField, rateFields, readRate } from './rate-draft.ts'
import { SettingRow } from './setting-row.tsx'

function RateRow({ field, policy }: { field: RateField; policy: RatePolicy }) {
  const saved = formatRate(field, policy)
  /** Null while nothing is being typed. */
  const [typed, setTyped] = useState<string | null>(null)
  const read = typed === null ? null : readRate(field, typed)
  const apply = (value: number): void => {
    setTyped(null)
    if (value !== policy[field.name])
      void setRatePolicy({ ...policy, [field.name]: value }, `${field.label} is changed`)
  }
  const fault = read === null || read.ok ? null : read.fault
  const hintId = `rate-${field.name}`
  return (
    <SettingRow name={field.label}>
      <div className="set-line">
        <TextField
          label={`${field.label}, ${field.unit}`}
          hideLabel
          width={76}
          className="num"
          inputMode="decimal"
          value={typed ?? saved}
          aria-invalid={fault !== null || undefined}
          aria-describedby={hintId}
          onValueChange={setTyped}
          onBlur={() => {
            if (read?.ok === true) apply(read.value)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && read?.ok === true) apply(read.value)
            if (event.key === 'Escape' && typed !== null) {
              event.stopPropagation()
              setTyped(null)
            }
          }}
        />
        <span className="soft">{field.unit}</span>
        {isDefault(field, policy) && typed === null ? null : (
          <Button
            variant="quiet"
            small
            aria-label={`Reset to default: ${field.label}`}
            onClick={() => apply(defaultRatePolicy[field.name])}
          >
            Reset to default
          </Button>
        )}
      </div>
      <p id={hintId} className={fault === null ? 'hint' : 'hint bad'} role={fault === null ? undefined : 'status'}>
        {fault ?? `${field.hint} ${describeDefault(field)}.`}
      </p>
    </SettingRow>
  )
}

const alarmRows: readonly { readonly name: keyof AlarmChoices; readonly label: string; readonly text: string }[] = [
  { name: 'refusedKey', label: 'Refused key', text: 'Tell when a key that worked is refused three times in a row' },
  { name: 'forbiddenWave', label: 'Wave of 403', text: 'Tell when half of a minute’s answers are 403, from five on' },
  { name: 'surge', label: 'Surge', text: 'Tell when a key makes three times the calls of its usual hour' },
  { name: 'headroomLow', label: 'Headroom', text: 'Warn once below a fifth left, and when nothing is left' },
  { name: 'notifications', label: 'Desktop', text: 'Say it on the desktop too while this window is not in front' },
]

/** How calls are paced and repeated, and what is worth an alarm. Each choice applies at once. */
export function RateSettings() {
  const policy = useStore((state) => state.settings.rate)
  const alarms = useStore((state) => state.settings.alarms)
  const untouched = policy.pacing === defaultRatePolicy.pacing && rateFields.every((field) => isDefault(field, policy))
  return (
    <section className="pane" aria-label="Rate limits">
      <div className="head settings-head">
        <h2 className="title grow">Rate limits</h2>
        {untouched ? null : (
          <Button variant="quiet" onClick={() => void setRatePolicy(defaultRatePolicy, 'All rate limits are reset')}>
            Reset all to default
          </Button>
        )}
      </div>
      <div className="scroll">
        <SettingRow
          name="Pacing"
          hint="Calls wait for a free slot of the window, and the wait is shown. Without it they are sent at once and may be refused. Default: on."
        >
          <Switch
            checked={policy.pacing}
            onCheckedChange={(pacing) =>
              void setRatePolicy({ ...policy, pacing }, pacing ? 'Calls are paced' : 'Calls are not paced')
            }
          >
            Wait rather than meet a 429
          </Switch>
        </SettingRow>
        {rateFields.map((field) => (
          <RateRow key={field.name} field={field} policy={policy} />
        ))}
        <h3 className="subhead settings-subhead">Alarms</h3>
        {alarmRows.map(({ name, label, text }) => (
          <SettingRow key={name} name={label}>
            <Switch
              checked={alarms[name]}
              onCheckedChange={(on) =>
                void setAlarmChoices({ ...alarms, [name]: on }, `${label}: ${on ? 'on' : 'off'}`)
              }
            >
              {text}
            </Switch>
          </SettingRow>
        ))}
        {Object.values(alarms).every(Boolean) ? null : (
          <div className="settings-foot">
            <Button variant="quiet" onClick={() => void setAlarmChoices(defaultAlarmChoices, 'All alarms are on')}>
              Switch all on
            </Button>
          </div>
        )}
      </div>
    </section>
  )
}
