import { describe, expect, test } from 'vitest'
import { formatCallTime, formatSeconds } from './call-text.ts'

describe('call text', () => {
  test('today has ms, other days their date', () => {
    const at = new Date(2026, 2, 16, 14, 36, 11, 902).getTime()
    expect(formatCallTime(at, at + 60_000)).toBe('14:36:11.902')
    expect(formatCallTime(at, at + 86_400_000)).toBe('16 Mar 14:36')
  })

  test('seconds have three decimals and none is 0', () => {
    expect([0, 38, 15_030].map(formatSeconds)).toEqual(['0', '0.038', '15.030'])
  })
})
