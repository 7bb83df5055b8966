import { selectSettingsEnvironment } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { newId } from './drafts.ts'
import { EnvironmentForm } from './environment-form.tsx'
import { EnvironmentList } from './environment-list.tsx'

/** Environments in their order, and the form of one. */
export function EnvironmentSettings() {
  const chosen = useStore((state) => state.settingsEnvironmentId)
  const currentId = useStore((state) => state.currentEnvironmentId)
  const known = useStore((state) => findEnvironment(state, chosen) !== null)
  const openId = chosen === newId || known ? (chosen ?? currentId) : currentId
  const environment = useStore((state) => findEnvironment(state, openId))
  return (
    <>
      <EnvironmentList openId={openId} onOpen={selectSettingsEnvironment} />
      <EnvironmentForm key={openId} environment={environment} onSaved={selectSettingsEnvironment} />
    </>
  )
}
