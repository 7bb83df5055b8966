import { defaultGuardChoices } from '../../../shared/model/defaults.ts'
import { lockVault, setGuardChoices } from '../../store/guard.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { SettingRow } from './setting-row.tsx'

const idleChoices = [30_000, 60_000, defaultGuardChoices.idleMs, 300_000]

/** When an arming ends by itself, and the way to end everything now. */
export function GuardSettings() {
  const { idleMs } = useStore((state) => state.settings.guard)
  const all = idleChoices.includes(idleMs) ? idleChoices : [...idleChoices, idleMs].sort((a, b) => a - b)
  return (
    <section className="pane" aria-label="Lock and guard">
      <div className="head settings-head">
        <h2 className="title">Lock and guard</h2>
      </div>
      <div className="scroll">
        <SettingRow
          name="Disarm when idle"
          hint="A protected environment stays armed for five minutes at most. It is disarmed before that without any input in this window for this long, when the environment is switched or changed, and when the app or the machine is locked."
        >
          <Select
            label="Disarm when idle"
            value={String(idleMs)}
            options={all.map((ms) => ({ value: String(ms), label: formatDuration(ms) }))}
            onValueChange={(next) => void setGuardChoices({ idleMs: Number(next) })}
          />
        </SettingRow>
        <SettingRow
          name="Lock"
          hint="Disarms, and forgets the keys in memory: the next call reads its key from the keychain."
        >
          <Button icon="lock" onClick={() => void lockVault()}>
            Lock now
          </Button>
        </SettingRow>
      </div>
    </section>
  )
}
