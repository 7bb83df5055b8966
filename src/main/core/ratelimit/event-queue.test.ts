import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventQueue } from './event-queue.ts'

test('property: events run by time, those of one time in the order of planning', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (times) => {
      const queue = createEventQueue()
      const ran: [number, number][] = []
      for (const [index, atMs] of times.entries()) queue.plan(atMs, () => ran.push([queue.nowMs(), index]))
      while (queue.runNext());
      const expected = times.map((atMs, index): [number, number] => [atMs, index])
      expect(ran).toEqual(expected.sort((one, other) => one[0] - other[0] || one[1] - other[1]))
      expect(queue.nextAtMs()).toBeNull()
    }),
  )
})

test('an event plans others, of which none runs in the past', () => {
  const queue = createEventQueue(100)
  const ran: string[] = []
  queue.plan(120, () => {
    queue.plan(110, () => ran.push(`late ${queue.nowMs()}`))
    queue.plan(115 + 10, () => ran.push(`next ${queue.nowMs()}`))
  })
  expect(queue.nextAtMs()).toBe(120)
  while (queue.runNext());
  expect(ran).toEqual(['late 120', 'next 125'])
})
