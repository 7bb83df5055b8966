import { describe, expect, test } from 'vitest'
import type { Headroom } from '../../../shared/model/headroom.ts'
import { slideHeadroom } from '../../store/headroom.ts'
import { describeHeadroom } from './gauge-text.ts'

const plenty: Headroom = {
  environmentId: 'dev',
  used: 30,
  limit: 100,
  basis: 'count',
  bins: Array.from({ length: 30 }, () => 1),
  windowMs: 60_000,
  nextSlotInMs: 800,
  fullInMs: null,
  pausedUntilMs: null,
  waiting: 0,
  told: [],
  atMs: 1_000_000,
}

describe('what the gauge says', () => {
  test('a guess is our count, a fact was told by the server', () => {
    expect(describeHeadroom(plenty)).toEqual({ basis: 'by our count', urgent: null, tone: 'plain', waiting: null })
    expect(describeHeadroom({ ...plenty, basis: 'headers' }).basis).toBe('told by the server')
  })

  test('a forecast when there is one, the rest below a fifth, the next slot at none', () => {
    expect(describeHeadroom({ ...plenty, fullInMs: 38_000 }).urgent).toBe('full in 38 s')
    expect(describeHeadroom({ ...plenty, used: 81 })).toMatchObject({ urgent: '19 left', tone: 'warn' })
    expect(describeHeadroom({ ...plenty, used: 81, fullInMs: 4200 })).toMatchObject({ urgent: 'full in 4.2 s' })
    expect(describeHeadroom({ ...plenty, used: 100 })).toMatchObject({ urgent: 'next slot in 0.8 s', tone: 'bad' })
    expect(describeHeadroom({ ...plenty, used: 100, nextSlotInMs: null }).urgent).toBe('full')
  })

  test('a pause goes before all else, and waiting calls are counted', () => {
    const paused = { ...plenty, used: 100, waiting: 1204, pausedUntilMs: plenty.atMs + 12_000 }
    expect(describeHeadroom(paused)).toMatchObject({ urgent: 'paused for 12 s', waiting: '1,204 waiting' })
  })
})

describe('between two readings', () => {
  test('forecast and pause run down by themselves', () => {
    const told = { ...plenty, fullInMs: 3000, pausedUntilMs: plenty.atMs + 2000 }
    expect(slideHeadroom(told, plenty.atMs + 1000)).toMatchObject({ fullInMs: 2000, pausedUntilMs: plenty.atMs + 2000 })
    expect(slideHeadroom(told, plenty.atMs + 5000)).toMatchObject({ fullInMs: 0, pausedUntilMs: null })
  })

  test('a window that is full has no forecast', () => {
    expect(slideHeadroom({ ...plenty, used: 100, fullInMs: 3000 }, plenty.atMs).fullInMs).toBeNull()
  })
})
