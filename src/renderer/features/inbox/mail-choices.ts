import type { MailChoices } from '../../../shared/model/app.ts'
import { defaultMailChoices } from '../../../shared/model/defaults.ts'
import { call } from '../../api/client.ts'
import { orTell } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'

/** How mail of an environment is shown and fetched. */
export function useMailChoices(environmentId: string): MailChoices {
  return useStore(({ settings }) => settings.mail[environmentId] ?? defaultMailChoices)
}

/** Changes some of the choices; the window follows at once, main remembers them. */
export async function changeMailChoices(environmentId: string, change: Partial<MailChoices>): Promise<void> {
  const { settings } = useStore.getState()
  const choices = { ...defaultMailChoices, ...settings.mail[environmentId], ...change }
  useStore.setState({ settings: { ...settings, mail: { ...settings.mail, [environmentId]: choices } } })
  await orTell(call('settings.setMailChoices', { environmentId, choices }))
}
