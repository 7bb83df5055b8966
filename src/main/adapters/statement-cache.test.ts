import Database from 'libsql'
import { expect, test } from 'vitest'
import { keepPrepared } from './statement-cache.ts'

test('a statement is made once, and made again only after a hundred others were used since', () => {
  const db = new Database(':memory:')
  const made: string[] = []
  const prepare = keepPrepared((sql) => {
    made.push(sql)
    return db.prepare(sql)
  })
  prepare('SELECT 1')
  prepare('SELECT 2')
  for (let other = 0; other < 98; other += 1) prepare(`SELECT ${100 + other}`)
  made.length = 0
  expect(prepare('SELECT 1')).toBe(prepare('SELECT 1'))
  expect(made).toEqual([])
  prepare('SELECT 3')
  prepare('SELECT 1')
  expect(made).toEqual(['SELECT 3'])
  expect(prepare('SELECT 2').all()).toEqual([{ 2: 2 }])
  expect(made).toEqual(['SELECT 3', 'SELECT 2'])
  db.close()
})
