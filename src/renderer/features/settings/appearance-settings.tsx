import type { Theme } from '../../../shared/model/app.ts'
import { setTheme } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { type Option, Segments } from '../../ui/segments.tsx'
import { SettingRow } from './setting-row.tsx'

const options: readonly Option<Theme>[] = [
  { value: 'system', label: 'Follow the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
]

/** How the window looks. */
export function AppearanceSettings() {
  const theme = useStore((state) => state.settings.theme)
  return (
    <section className="pane" aria-label="Appearance">
      <div className="head settings-head">
        <h2 className="title">Appearance</h2>
      </div>
      <div className="scroll">
        <SettingRow name="Theme" hint="Both are designed; contrast is the same in each.">
          <Segments label="Theme" value={theme} options={options} onValueChange={(next) => void setTheme(next)} />
        </SettingRow>
      </div>
    </section>
  )
}
