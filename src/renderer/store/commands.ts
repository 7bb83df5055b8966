import { useEffect } from 'react'
import { create } from 'zustand'
import type { Mark } from '../../shared/model/environment.ts'
import type { IconName } from '../ui/icon.tsx'

/** Groups of the palette, in its order. */
export const commandGroups = [
  'Inbox',
  'Console',
  'Requests',
  'Webhooks',
  'Go to',
  'Environments',
  'Keys',
  'Appearance',
] as const

/** Group of a command. */
export type CommandGroup = (typeof commandGroups)[number]

/** Something that a person can do from the palette, and by its shortcut when it has one. */
export interface Command {
  /** Unique among all commands on offer. */
  readonly id: string
  readonly group: CommandGroup
  /** A verb first, in sentence case. */
  readonly title: string
  /** What it acts on, shown fainter. */
  readonly detail?: string
  /** Mark of the environment it acts on. */
  readonly mark?: Mark
  readonly icon: IconName
  /** As `Mod+K`, `G I`, `R`, `/`: see `ui/shortcut.ts`. */
  readonly shortcut?: string
  readonly run: () => void
}

interface Registry {
  readonly lists: Readonly<Record<string, readonly Command[]>>
}

/** Commands by the place that offers them. */
export const useCommandRegistry = create<Registry>(() => ({ lists: {} }))

/** Everything on offer now, in the order of the groups. */
export function listCommands(registry: Registry): Command[] {
  const all = Object.values(registry.lists).flat()
  return commandGroups.flatMap((group) => all.filter((command) => command.group === group))
}

/**
 * Offers commands for as long as the component is shown. `place` is unique per component; a change of
 * `commands` (keep it memoised) replaces what the place offered.
 */
export function useCommands(place: string, commands: readonly Command[]): void {
  useEffect(() => {
    useCommandRegistry.setState(({ lists }) => ({ lists: { ...lists, [place]: commands } }))
    return () =>
      useCommandRegistry.setState(({ lists }) => {
        const { [place]: _gone, ...rest } = lists
        return { lists: rest }
      })
  }, [place, commands])
}
