import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listRows } from './json-tree.ts'

function draw(value: unknown, toggled = new Map<string, boolean>()): string[] {
  return listRows(value, toggled).map(
    ({ depth, name, text, comma }) =>
      `${'  '.repeat(depth)}${name === null ? '' : `${name}: `}${text}${comma ? ',' : ''}`,
  )
}

test('what is open reads as JSON', () => {
  const value = { success: true, data: { to: ['a', 'b'], none: null, empty: [], size: 1.5 } }
  expect(JSON.parse(draw(value).join('\n'))).toEqual(value)
})

test('any value that is open wholly reads as the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const open = new Map<string, boolean>()
      for (let before = -1, now = 0; before !== now; ) {
        before = now
        const rows = listRows(value, open)
        for (const { id, kind } of rows) if (kind === 'branch') open.set(id, true)
        now = rows.length
      }
      expect(JSON.parse(draw(value, open).join('\n'))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('ids are unique, whatever the names', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const ids = listRows(value, new Map()).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('a closed branch says how much is in it, and a person opens it', () => {
  const value = { a: { b: { c: { d: 1 } } } }
  const closed = listRows(value, new Map()).find(({ text }) => text === '{ 1 }')
  expect(closed).toMatchObject({ name: '"c"', open: false })
  expect(draw(value, new Map([[closed?.id ?? '', true]]))).toContain('        "d": 1')
  expect(draw(value, new Map([['', false]]))).toEqual(['{ 1 }'])
})

test('a long list is cut into parts, and costs as much as what is open', () => {
  const rows = listRows(
    Array.from({ length: 200_000 }, (_none, index) => ({ index })),
    new Map(),
  )
  expect(rows.length).toBeLessThan(2400)
  expect(rows.filter(({ name }) => name === '0 … 99')).toHaveLength(1)
  expect(rows.filter(({ name }) => name === '199900 … 199999')).toMatchObject([{ open: false }])
})

test('a long text is cut with the number of characters that are left', () => {
  expect(listRows('x'.repeat(5_000_000), new Map())).toMatchObject([{ cut: 4_999_600 }])
})
