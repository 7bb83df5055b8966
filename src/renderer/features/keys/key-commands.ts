import { useMemo } from 'react'
import { activateKey, copyKey, proveKey, showKey, startAddingKey } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { startDeletingKey, startRenamingKey } from './key-dialogs.ts'

/** Offers what can be done to keys from everywhere. */
export function useKeyCommands(): void {
  const environments = useStore((state) => state.environments)
  const keys = useStore((state) => state.keys)
  const commands = useMemo((): readonly Command[] => {
    const adding = environments.map(
      (environment): Command => ({
        id: `add-key-${environment.id}`,
        group: 'Keys',
        title: 'Add key',
        detail: environment.name,
        mark: environment.mark,
        icon: 'plus',
        run: () => startAddingKey(environment.id),
      }),
    )
    const each = keys.flatMap((key): readonly Command[] => {
      const environment = findEnvironment(useStore.getState(), key.environmentId)
      if (environment === null) return []
      const about = {
        group: 'Keys' as const,
        detail: `${key.label}, ${environment.name}`,
        mark: environment.mark,
      }
      return [
        { ...about, id: `prove-${key.id}`, title: 'Prove key', icon: 'shield', run: () => void proveKey(key.id) },
        { ...about, id: `copy-${key.id}`, title: 'Copy key', icon: 'copy', run: () => void copyKey(key.id) },
        ...(environment.activeKeyId === key.id
          ? []
          : [
              {
                ...about,
                id: `use-${key.id}`,
                title: 'Use key',
                icon: 'arrow' as const,
                run: () => void activateKey(key.id),
              },
            ]),
        { ...about, id: `show-${key.id}`, title: 'Show key', icon: 'keys', run: () => showKey(key.id) },
        { ...about, id: `rename-${key.id}`, title: 'Rename key', icon: 'draft', run: () => startRenamingKey(key.id) },
        { ...about, id: `delete-${key.id}`, title: 'Delete key', icon: 'trash', run: () => startDeletingKey(key.id) },
      ]
    })
    return [...adding, ...each]
  }, [environments, keys])
  useCommands('keys', commands)
}
