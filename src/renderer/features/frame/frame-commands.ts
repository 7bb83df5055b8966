import { useMemo } from 'react'
import type { Screen, Theme } from '../../../shared/model/app.ts'
import {
  checkKeychain,
  openDashboard,
  setPaletteOpen,
  setTheme,
  showEnvironmentSettings,
  showScreen,
  showSettings,
  switchEnvironment,
} from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { useStore } from '../../store/store.ts'
import { screenEntries } from './screens.ts'

const screens: readonly Screen[] = ['inbox', 'console', 'requests', 'keys', 'webhooks', 'headroom', 'settings']
const themeNames: Readonly<Record<Theme, string>> = {
  system: 'Follow the system’s appearance',
  dark: 'Use the dark appearance',
  light: 'Use the light appearance',
}

const fixedCommands: readonly Command[] = [
  ...screens.map(
    (screen): Command => ({
      id: `go-${screen}`,
      group: 'Go to',
      title: screenEntries[screen].name,
      icon: screenEntries[screen].icon,
      shortcut: screenEntries[screen].shortcut,
      run: () => showScreen(screen),
    }),
  ),
  {
    id: 'go-limits',
    group: 'Go to',
    title: 'Settings: rate limits',
    icon: 'gauge',
    run: () => showSettings('limits'),
  },
  {
    id: 'go-shortcuts',
    group: 'Go to',
    title: 'Settings: shortcuts',
    icon: 'keyboard',
    run: () => showSettings('shortcuts'),
  },
  {
    id: 'go-diagnostics',
    group: 'Go to',
    title: 'Settings: diagnostics',
    icon: 'pulse',
    run: () => showSettings('diagnostics'),
  },
  {
    id: 'open-dashboard',
    group: 'Keys',
    title: 'Open the API Keys page',
    detail: 'in the browser',
    icon: 'external',
    run: () => void openDashboard(),
  },
  {
    id: 'check-keychain',
    group: 'Keys',
    title: 'Check the keychain',
    icon: 'shield',
    run: () => void checkKeychain(),
  },
  {
    id: 'palette',
    group: 'Go to',
    title: 'Search or run',
    icon: 'search',
    shortcut: 'Mod+K',
    run: () => setPaletteOpen(!useStore.getState().paletteOpen),
  },
]

/** Offers what can be done from everywhere: screens, environments, appearance. */
export function useFrameCommands(): void {
  const environments = useStore((state) => state.environments)
  const currentId = useStore((state) => state.currentEnvironmentId)
  const theme = useStore((state) => state.settings.theme)
  const commands = useMemo(
    (): readonly Command[] => [
      ...fixedCommands,
      ...environments.map(
        (environment, index): Command => ({
          id: `switch-${environment.id}`,
          group: 'Environments',
          title: `Switch to ${environment.name}`,
          mark: environment.mark,
          detail: environment.id === currentId ? 'current' : environment.activeKeyId === null ? 'no key' : '',
          icon: 'arrow',
          ...(index < 9 ? { shortcut: `Mod+${index + 1}` } : {}),
          run: () => void switchEnvironment(environment.id),
        }),
      ),
      ...environments.map(
        (environment): Command => ({
          id: `edit-${environment.id}`,
          group: 'Environments',
          title: `Open settings of ${environment.name}`,
          mark: environment.mark,
          icon: 'settings',
          run: () => showEnvironmentSettings(environment.id),
        }),
      ),
      {
        id: 'add-environment',
        group: 'Environments',
        title: 'Add environment',
        icon: 'plus',
        run: () => showEnvironmentSettings('new'),
      },
      ...(['system', 'dark', 'light'] as const)
        .filter((each) => each !== theme)
        .map(
          (each): Command => ({
            id: `theme-${each}`,
            group: 'Appearance',
            title: themeNames[each],
            icon: 'half',
            run: () => void setTheme(each),
          }),
        ),
    ],
    [environments, currentId, theme],
  )
  useCommands('frame', commands)
}
