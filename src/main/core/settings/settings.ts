import type { Settings } from '../../../shared/model/app.ts'
import { type Result, succeed } from '../../../shared/result.ts'
import type { VaultStore } from '../ports.ts'

/** What a person chose, kept in the vault's file. */
export interface SettingsKeeper {
  read(): Settings
  /** Keeps the settings, then tells; an error leaves those before. */
  save(settings: Settings): Result<null>
}

/** Builds the settings over the store. `onChange` is told what was kept. */
export function createSettings(parts: {
  readonly store: VaultStore
  readonly onChange: (settings: Settings) => void
}): SettingsKeeper {
  const { store, onChange } = parts
  return {
    read: () => store.settings(),
    save(settings) {
      const kept = store.commit([{ what: 'put-settings', settings }])
      if (!kept.ok) return kept
      onChange(settings)
      return succeed(null)
    },
  }
}
