import { assertNever } from '../../../shared/result.ts'
import { showSettings } from '../../store/actions.ts'
import type { SettingsSection } from '../../store/state.ts'
import { useStore } from '../../store/store.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { DiagnosticsSettings } from './diagnostics-settings.tsx'
import { EnvironmentSettings } from './environment-settings.tsx'
import { GuardSettings } from './guard-settings.tsx'
import { RateSettings } from './rate-settings.tsx'
import { ShortcutSettings } from './shortcut-settings.tsx'
import { StorageSettings } from './storage-settings.tsx'
import './settings.css'

const sections: readonly { readonly name: SettingsSection; readonly label: string; readonly icon: IconName }[] = [
  { name: 'environments', label: 'Environments', icon: 'box' },
  { name: 'limits', label: 'Rate limits', icon: 'gauge' },
  { name: 'guard', label: 'Lock and guard', icon: 'lock' },
  { name: 'storage', label: 'Storage', icon: 'store' },
  { name: 'appearance', label: 'Appearance', icon: 'half' },
  { name: 'shortcuts', label: 'Shortcuts', icon: 'keyboard' },
  { name: 'diagnostics', label: 'Diagnostics', icon: 'pulse' },
]

function showOf(section: SettingsSection) {
  switch (section) {
    case 'environments':
      return <EnvironmentSettings />
    case 'limits':
      return <RateSettings />
    case 'guard':
      return <GuardSettings />
    case 'storage':
      return <StorageSettings />
    case 'appearance':
      return <AppearanceSettings />
    case 'shortcuts':
      return <ShortcutSettings />
    case 'diagnostics':
      return <DiagnosticsSettings />
    default:
      return assertNever(section)
  }
}

/** Settings: sections at the left, what they hold at the right. */
export function SettingsScreen() {
  const section = useStore((state) => state.settingsSection)
  return (
    <div className={`screen s-settings ${section === 'environments' ? 'with-list' : ''}`}>
      <nav className="pane" aria-label="Sections of the settings">
        <div className="head narrow">
          <h1 className="title">Settings</h1>
        </div>
        <div className="settings-nav">
          {sections.map(({ name, label, icon }) => (
            <button
              key={name}
              type="button"
              className={`tree-item ${name === section ? 'on' : ''}`}
              aria-current={name === section ? 'true' : undefined}
              onClick={() => showSettings(name)}
            >
              <Icon name={icon} size={14} />
              {label}
            </button>
          ))}
        </div>
      </nav>
      {showOf(section)}
    </div>
  )
}
