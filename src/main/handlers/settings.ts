import type { Settings, Theme } from '../../shared/model/app.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import { holdsSecret } from '../core/log/redaction.ts'
import type { HandlerGroup } from './group.ts'

/** What a person chose and finds again. */
export function createSettingsHandlers(parts: {
  readonly settings: () => Settings
  /** Keeps the settings and tells the window. */
  readonly save: (settings: Settings) => Result<null>
  readonly applyTheme: (theme: Theme) => void
}): HandlerGroup<'settings'> {
  const { settings, save, applyTheme } = parts
  return {
    'settings.setTheme'({ theme }) {
      const saved = save({ ...settings(), theme })
      if (saved.ok) applyTheme(theme)
      return saved
    },
    'settings.setScreen': ({ screen }) => save({ ...settings(), screen }),
    'settings.setAccount'({ environmentId, account }) {
      if (holdsSecret(account)) return fail({ kind: 'KEY_IN_TEXT', field: 'account' })
      return save({ ...settings(), accounts: { ...settings().accounts, [environmentId]: account } })
    },
    'settings.setMailChoices': ({ environmentId, choices }) =>
      save({ ...settings(), mail: { ...settings().mail, [environmentId]: choices } }),
    'settings.setRatePolicy': ({ rate }) => save({ ...settings(), rate }),
    'settings.setGuardChoices': ({ guard }) => save({ ...settings(), guard }),
    'settings.setAlarmChoices': ({ alarms }) => save({ ...settings(), alarms }),
    'settings.dismiss'({ name }) {
      if (holdsSecret(name)) return fail({ kind: 'KEY_IN_TEXT', field: 'name' })
      const { dismissed } = settings()
      return dismissed.includes(name)
        ? succeed(null)
        : save({ ...settings(), dismissed: [...dismissed, name].slice(-50) })
    },
  }
}
