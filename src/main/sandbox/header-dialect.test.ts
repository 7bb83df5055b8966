import { expect, test } from 'vitest'
import { formatRateHeaders } from './header-dialect.ts'

const accepted = { accepted: true, limit: 100, remaining: 82, nextSlotInMs: 29_001 }
const refused = { accepted: false, limit: 100, remaining: 0, nextSlotInMs: 1 }
const nowMs = 1_800_000_000_000

test('legacy headers give the reset in Unix seconds, never too early', () => {
  expect(formatRateHeaders('legacy', accepted, 60_000, nowMs)).toEqual([
    ['X-RateLimit-Limit', '100'],
    ['X-RateLimit-Remaining', '82'],
    ['X-RateLimit-Reset', '1800000030'],
  ])
})

test('ietf headers are structured fields in seconds, never too early', () => {
  expect(formatRateHeaders('ietf', accepted, 60_000, nowMs)).toEqual([
    ['RateLimit-Policy', '"default";q=100;w=60'],
    ['RateLimit', '"default";r=82;t=30'],
  ])
})

test('Retry-After is on refused requests only and at least one second', () => {
  expect(formatRateHeaders('retry-after', accepted, 60_000, nowMs)).toEqual([])
  expect(formatRateHeaders('retry-after', refused, 60_000, nowMs)).toEqual([['Retry-After', '1']])
})

test('none is none', () => {
  expect(formatRateHeaders('none', refused, 60_000, nowMs)).toEqual([])
})
