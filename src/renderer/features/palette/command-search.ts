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

/** Fewest points per letter of the query: below it the letters are scattered and mean nothing. */
const scorePerLetterMin = 1.5

/** Letters of `title` that the words cover, when each word stands somewhere in the command. */
function findWords(command: Command, words: readonly string[]): FoundCommand | null {
  const title = command.title.toLowerCase()
  const rest = `${command.detail ?? ''} ${command.group}`.toLowerCase()
  const letters = new Set<number>()
  for (const word of words) {
    const at = title.indexOf(word)
    if (at < 0 && !rest.includes(word)) return null
    for (let offset = 0; at >= 0 && offset < word.length; offset += 1) letters.add(at + offset)
  }
  return { command, letters: [...letters].sort((one, other) => one - other), score: 2 * letters.size }
}

function findCommand(command: Command, query: string): FoundCommand | null {
  const inTitle = matchText(command.title, query)
  const length = query.replace(/\s+/g, '').length
  if (inTitle !== null && inTitle.score >= length * scorePerLetterMin - 1) {
    return { command, letters: inTitle.letters, score: inTitle.score }
  }
  // What a command acts on may be part of the query: "prove agent" finds "Prove key  agent-main".
  return findWords(command, query.toLowerCase().trim().split(/\s+/))
}

/**
 * Commands that fit the query, grouped; the group with the best command first. An empty query finds
 * all, in the order of the groups.
 */
export function searchCommands(commands: readonly Command[], query: string): FoundGroup[] {
  const length = query.replace(/\s+/g, '').length
  const found = commands.flatMap((command) => findCommand(command, query) ?? [])
  const groups = commandGroups
    .map((value) => ({
      value,
      items: found.filter(({ command }) => command.group === value).sort((one, other) => other.score - one.score),
    }))
    .filter(({ items }) => items.length > 0)
  return length === 0 ? groups : groups.sort((one, other) => (other.items[0]?.score ?? 0) - (one.items[0]?.score ?? 0))
}
