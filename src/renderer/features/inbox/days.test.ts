import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHeadTime, groupByDay, nameDay } from './days.ts'

const local = (year: number, month: number, day: number, hour = 12, minute = 0) =>
  new Date(year, month - 1, day, hour, minute).getTime()
const now = local(2026, 3, 17, 14, 36)

describe('days', () => {
  test('headings name the calendar day', () => {
    const dates = [
      local(2026, 3, 17, 14, 31),
      local(2026, 3, 17, 0, 0),
      local(2026, 3, 16, 23, 59),
      local(2026, 3, 15),
      null,
      local(2025, 12, 31),
    ]
    const labels = groupByDay(dates, (date) => date, now).flatMap((row) => (row.kind === 'day' ? [row.label] : []))
    expect(labels).toEqual(['Today', 'Yesterday', '15 March', 'No date', '31 December 2025'])
  })

  test('the head of a message gives day and time', () => {
    expect(formatHeadTime(local(2026, 3, 17, 14, 22), now)).toBe('Today 14:22')
    expect(formatHeadTime(null, now)).toBe('No date')
    expect(nameDay(null, now)).toBe('No date')
  })

  test('grouping keeps every item in order and never repeats a heading next to itself', () => {
    const dates = fc.array(fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 })))
    fc.assert(
      fc.property(dates, (items) => {
        const rows = groupByDay(items, (item) => item, now)
        const kept = rows.flatMap((row) => (row.kind === 'item' ? [row.item] : []))
        expect(kept).toEqual(items)
        rows.forEach((row, index) => {
          if (row.kind !== 'day') return
          expect(rows[index + 1]?.kind).toBe('item')
          const before = rows
            .slice(0, index)
            .filter((other) => other.kind === 'day')
            .at(-1)
          expect(before).not.toEqual(row)
        })
      }),
    )
  })
})
