import { describe, expect, test } from 'vitest'
import {
  countDaysBetween,
  formatAgo,
  formatBytes,
  formatClock,
  formatClockMs,
  formatCount,
  formatCountdown,
  formatDay,
  formatDayHeading,
  formatDuration,
  formatListTime,
  formatPlural,
} from './format.ts'

const at = (day: number, hour: number, minute = 0, second = 0, ms = 0) =>
  new Date(2026, 2, day, hour, minute, second, ms).getTime()
const now = at(17, 14, 36, 11, 902)

describe('numbers', () => {
  test('counts have thousands', () => {
    expect([0, 999, 1204, 1_002_417].map(formatCount)).toEqual(['0', '999', '1,204', '1,002,417'])
  })

  test('one thing or several', () => {
    expect([0, 1, 2, 1500].map((count) => formatPlural(count, 'key'))).toEqual([
      '0 keys',
      '1 key',
      '2 keys',
      '1,500 keys',
    ])
    expect(formatPlural(2, 'retry', 'retries')).toBe('2 retries')
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [9949, '9.9 KB'],
    [184_000, '184 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [20_971_520, '21 MB'],
  ])('%i bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('durations', () => {
  test.each([
    [-5, '0 ms'],
    [0.4, '0 ms'],
    [37.6, '38 ms'],
    [994.4, '994 ms'],
    [995, '0.99 s'],
    [1840, '1.84 s'],
    [59_994, '59.99 s'],
    [59_995, '1 min'],
    [252_000, '4 min 12 s'],
  ])('%d ms read %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('a countdown loses its tenths above ten seconds', () => {
    expect([-1, 0, 2100, 9949, 9950, 38_400].map(formatCountdown)).toEqual([
      '0.0 s',
      '0.0 s',
      '2.1 s',
      '9.9 s',
      '10 s',
      '38 s',
    ])
  })
})

describe('moments', () => {
  test('the clock is of 24 hours', () => {
    expect(formatClock(at(17, 4, 5))).toBe('04:05')
    expect(formatClockMs(now)).toBe('14:36:11.902')
    expect(formatClockMs(at(17, 0, 0, 0, 7))).toBe('00:00:00.007')
  })

  test('another year is said', () => {
    expect(formatDay(at(16, 12), now)).toBe('16 Mar')
    expect(formatDay(new Date(2025, 11, 18).getTime(), now)).toBe('18 Dec 2025')
  })

  test('a list shows the clock of today and the day before that', () => {
    expect(formatListTime(at(17, 0, 1), now)).toBe('00:01')
    expect(formatListTime(at(16, 23, 59), now)).toBe('16 Mar')
  })

  test.each([
    [now + 30_000, 'now'],
    [now + 86_400_000, '18 Mar'],
    [now - 59_999, 'now'],
    [now - 60_000, '1 min ago'],
    [now - 14 * 60_000, '14 min ago'],
    [at(17, 9, 0), '5 h ago'],
    [at(16, 20), 'yesterday'],
    [at(15, 20), '15 Mar'],
  ])('%i is told by its distance', (moment, text) => {
    expect(formatAgo(moment, now)).toBe(text)
  })

  test('just after midnight yesterday evening is hours ago', () => {
    expect(formatAgo(at(16, 23), at(17, 1))).toBe('2 h ago')
  })

  test('days are calendar days, also across a change of the clock', () => {
    expect(countDaysBetween(at(16, 23, 59), at(17, 0, 1))).toBe(1)
    expect(countDaysBetween(new Date(2026, 2, 28, 12).getTime(), new Date(2026, 2, 30, 12).getTime())).toBe(2)
    expect(countDaysBetween(new Date(2026, 9, 24, 0, 30).getTime(), new Date(2026, 9, 25, 23, 30).getTime())).toBe(1)
  })

  test('headings name the last two days', () => {
    expect([at(17, 1), at(16, 1), at(15, 1)].map((moment) => formatDayHeading(moment, now))).toEqual([
      'Today',
      'Yesterday',
      '15 March',
    ])
  })
})
