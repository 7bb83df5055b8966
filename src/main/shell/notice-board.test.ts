import { expect, test } from 'vitest'
import type { Notice } from '../../shared/model/app.ts'
import { createNoticeBoard } from './notice-board.ts'

function createBoard() {
  const told: unknown[] = []
  const logged: unknown[] = []
  const board = createNoticeBoard({
    log: { info: () => undefined, warn: (_event, fields) => void logged.push(fields), error: () => 'reference' },
    emit: (name, payload) => void told.push([name, payload]),
  })
  return { board, told, logged }
}

const changed: Notice = { what: 'keyring-changed', detail: 'Secret Service' }
const down: Notice = { what: 'sandbox-down', detail: '' }

test('a notice is told and logged once, and stays for a window that comes later', () => {
  const { board, told, logged } = createBoard()
  board.add(changed)
  board.add({ ...changed })
  expect(told).toEqual([['notices.changed', [changed]]])
  expect(logged).toEqual([changed])
  expect(board.all()).toEqual([changed])
})

test('a notice that is no longer so is taken down, and nothing is told when there was none', () => {
  const { board, told } = createBoard()
  board.drop('keyring-changed')
  expect(told).toEqual([])
  board.add(changed)
  board.add(down)
  board.drop('keyring-changed')
  expect(told.at(-1)).toEqual(['notices.changed', [down]])
})
