import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ListMove, readListMove, stepThroughList } from './list-moves.ts'

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('list moves', () => {
  test.each([
    ['j', 'next'],
    ['ArrowDown', 'next'],
    ['k', 'previous'],
    ['ArrowUp', 'previous'],
    ['Home', 'first'],
    ['End', 'last'],
    ['PageDown', 'page-down'],
    ['PageUp', 'page-up'],
    ['x', null],
  ])('%s means %s', (key, move) => {
    expect(readListMove({ ...plain, key })).toBe(move)
  })

  test('a key with a modifier is no step', () => {
    expect(readListMove({ ...plain, key: 'j', ctrlKey: true })).toBeNull()
    expect(readListMove({ ...plain, key: 'ArrowDown', metaKey: true })).toBeNull()
  })

  test('without a position, forward starts at the top and back at the end', () => {
    expect(stepThroughList(null, 5, 'next', 3)).toBe(0)
    expect(stepThroughList(null, 5, 'previous', 3)).toBe(4)
    expect(stepThroughList(null, 5, 'page-down', 3)).toBe(2)
    expect(stepThroughList(null, 5, 'page-up', 3)).toBe(2)
    expect(stepThroughList(null, 0, 'next', 3)).toBeNull()
  })

  test('no walk leaves the list, and a step back undoes a step forward inside it', () => {
    const move = fc.constantFrom<ListMove>('next', 'previous', 'first', 'last', 'page-down', 'page-up')
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 40 }),
        fc.array(move),
        (n, page, walk) => {
          let at: number | null = null
          for (const step of walk) {
            at = stepThroughList(at, n, step, page)
            expect(at).toBeGreaterThanOrEqual(0)
            expect(at).toBeLessThan(n)
            if (at !== null && at < n - 1) {
              expect(stepThroughList(stepThroughList(at, n, 'next', page), n, 'previous', page)).toBe(at)
            }
          }
        },
      ),
    )
  })
})
