import { type Command, type CommandGroup, commandGroups } from '../../store/commands.ts'
import { matchText } from './fuzzy-match.ts'

/** A command that fits the query, with the letters of its title that do. */
export interface FoundCommand {
  readonly command: Command
  readonly letters: readonly number[]
  readonly score: number
}

/** Found commands of one group, best first. */
export type FoundGroup = {
  readonly value: CommandGroup
  readonly items: readonly FoundCommand[]
}

function findCommand(command: Command, query: string): FoundCommand | null {
  const inTitle = matchText(command.title, query)
  if (inTitle !== null) return { command, letters: inTitle.letters, score: inTitle.score }
  // What a command acts on may be part of the query: "prove agent" finds "Prove key  agent-main".
  const both = matchText(`${command.title} ${command.detail ?? ''} ${command.group}`, query)
  if (both === null) return null
  return { command, letters: both.letters.filter((at) => at < command.title.length), score: both.score - 5 }
}

/** Fewest points per letter of the query: below it the letters are scattered and mean nothing. */
const scorePerLetterMin = 1.5

/**
 * Commands that fit the query, grouped; the group with the best command first. An empty query finds
 * all, in the order of the groups.
 */
export function searchCommands(commands: readonly Command[], query: string): FoundGroup[] {
  const length = query.replace(/\s+/g, '').length
  const found = commands.flatMap((command) => findCommand(command, query) ?? [])
  const good = found.filter(({ score }) => length === 0 || score >= length * scorePerLetterMin - 1)
  const groups = commandGroups
    .map((value) => ({
      value,
      items: good.filter(({ command }) => command.group === value).sort((one, other) => other.score - one.score),
    }))
    .filter(({ items }) => items.length > 0)
  return length === 0 ? groups : groups.sort((one, other) => (other.items[0]?.score ?? 0) - (one.items[0]?.score ?? 0))
}
