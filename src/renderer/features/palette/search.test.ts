import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../store/commands.ts'
import { searchCommands } from './command-search.ts'
import { matchText, splitByMatch } from './fuzzy-match.ts'

function markedText(text: string, query: string): string {
  const match = matchText(text, query)
  if (match === null) return ''
  return splitByMatch(text, match.letters)
    .map(({ text: piece, marked }) => (marked ? `[${piece}]` : piece))
    .join('')
}

describe('fuzzy match', () => {
  test.each([
    ['Rotate key', 'rot', '[Rot]ate key'],
    ['Switch to Staging', 'sta', 'Switch to [Sta]ging'],
    ['Go to Requests', 'gr', '[G]o to [R]equests'],
    ['Settings: diagnostics', 'diag', 'Settings: [diag]nostics'],
    ['Copy key', 'co key', '[Co]py [key]'],
    ['Вопрос', 'воп', '[Воп]рос'],
  ])('%s by %s marks %s', (text, query, marked) => {
    expect(markedText(text, query)).toBe(marked)
  })

  test('letters that are absent or out of order do not match', () => {
    expect(matchText('Inbox', 'xi')).toBeNull()
    expect(matchText('', 'a')).toBeNull()
    expect(matchText('Inbox', 'inboxes')).toBeNull()
  })

  test('an empty query matches all without a mark', () => {
    expect(matchText('Inbox', '  ')).toEqual({ score: 0, letters: [] })
  })

  test('property: the marked letters spell the query and the pieces spell the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 6 }), (text, query) => {
        const match = matchText(text, query)
        if (match === null) return
        const pieces = splitByMatch(text, match.letters)
        expect(pieces.map((piece) => piece.text).join('')).toBe(text)
        expect(match.letters.map((at) => text[at]?.toLowerCase()).join('')).toBe(
          query.toLowerCase().replace(/\s+/g, ''),
        )
        expect([...match.letters].sort((one, other) => one - other)).toEqual(match.letters)
      }),
    )
  })
})

function command(id: string, group: Command['group'], title: string, detail = ''): Command {
  return { id, group, title, detail, icon: 'keys', run: () => undefined }
}

const commands = [
  command('go-inbox', 'Go to', 'Inbox'),
  command('go-keys', 'Go to', 'Keys'),
  command('prove-1', 'Keys', 'Prove key', 'agent-main, Dev'),
  command('prove-2', 'Keys', 'Prove key', 'main-2025-12, Prod'),
  command('edit-prod', 'Environments', 'Edit Prod'),
]

function idsOf(query: string): string[] {
  return searchCommands(commands, query).flatMap(({ items }) => items.map(({ command: each }) => each.id))
}

describe('command search', () => {
  test('an empty query lists all in the order of the groups', () => {
    expect(idsOf('')).toEqual(['go-inbox', 'go-keys', 'edit-prod', 'prove-1', 'prove-2'])
  })

  test('the group with the best command comes first', () => {
    expect(idsOf('key')).toEqual(['go-keys', 'prove-1', 'prove-2'])
    expect(searchCommands(commands, 'prod')[0]?.value).toBe('Environments')
  })

  test('words may name what a command acts on', () => {
    expect(idsOf('prove agent')).toEqual(['prove-1'])
    expect(idsOf('prod prove')).toEqual(['prove-2'])
  })

  test('scattered letters find nothing', () => {
    expect(idsOf('prov')).toEqual(['prove-1', 'prove-2'])
    expect(idsOf('zzz')).toEqual([])
  })
})
