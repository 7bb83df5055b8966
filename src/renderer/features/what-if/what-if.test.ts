import { describe, expect, test } from 'vitest'
import type { Bridge, InputOf } from '../../../shared/contract.ts'
import type { WhatIf, WhatIfFigures, WhatIfPolicy, WhatIfRow } from '../../../shared/model/what-if.ts'
import type { Result } from '../../../shared/result.ts'
import { createWhatIf } from './what-if-store.ts'
import {
  describeConclusion,
  describeLimit,
  formatFinish,
  formatSpread,
  formatWaits,
  policyOrder,
  readLimit,
  sortRows,
} from './what-if-text.ts'

const recorded: WhatIfFigures = {
  attempts: 334,
  refusals: 214,
  failed: 7,
  waitP50Ms: 0,
  waitP95Ms: 2000,
  waitMaxMs: 4000,
  finishedAfterMs: 70_000,
}
const paced: WhatIfFigures = {
  attempts: 120,
  refusals: 0,
  failed: 0,
  waitP50Ms: 0,
  waitP95Ms: 9000,
  waitMaxMs: 12_000,
  finishedAfterMs: 74_000,
}

function rowOf(policy: WhatIfPolicy, median: WhatIfFigures, changes: Partial<WhatIfRow> = {}): WhatIfRow {
  return { policy, median, least: median, most: median, seeds: 5, ...changes }
}

describe('words', () => {
  test('the conclusion names requests, refusals and the end, and what failed', () => {
    expect(describeConclusion({ recorded, rows: [rowOf('full', recorded), rowOf('pacing', paced)] })).toBe(
      'Pacing would have sent 120 requests instead of 334, with no refusal, and ended 4.00 s later. All 7 calls that failed would have been answered.',
    )
    const worse = { ...recorded, attempts: 334, failed: 8, finishedAfterMs: 69_000 }
    expect(describeConclusion({ recorded, rows: [rowOf('full', worse)] })).toBe(
      'Full jitter would have sent the same 334 requests, with 214 refusals, and ended 1.00 s earlier. 8 calls would have failed instead of 7.',
    )
  })

  test('below the limit nothing changes, and it says so', () => {
    const calm = { ...paced, waitMaxMs: 0 }
    const conclusion = describeConclusion({ recorded: { ...calm, attempts: 120 }, rows: [rowOf('pacing', calm)] })
    expect(conclusion).toBe('Nothing would have changed: these calls never reach the limit.')
    expect(describeConclusion({ recorded, rows: [] })).toBe('')
  })

  test('figures show their spread only where there is one', () => {
    const row = rowOf('full', recorded, {
      least: { ...recorded, attempts: 300, finishedAfterMs: 60_000 },
      most: { ...recorded, attempts: 1400 },
    })
    expect(formatSpread(row, 'attempts')).toBe('334 (300–1,400)')
    expect(formatSpread(row, 'failed')).toBe('7')
    expect(formatFinish(row)).toBe('1 min 10 s (1 min–1 min 10 s)')
    expect(formatFinish(rowOf('none', paced))).toBe('1 min 14 s')
    expect(formatWaits(paced)).toBe('0 ms · 9.00 s · 12.00 s')
    expect(formatWaits({ ...paced, waitMaxMs: 0 })).toBe('none')
    expect(describeLimit({ perWindow: [100], windowMs: 60_000 })).toBe('100 requests per minute')
    expect(describeLimit({ perWindow: [9], windowMs: 30_000 })).toBe('9 requests per 30.00 s')
    expect(describeLimit({ perWindow: [1000, 100, 100], windowMs: 60_000 })).toBe(
      '100 and 1,000 requests per minute, 3 limits',
    )
  })

  test('rows keep the order of the table, whatever order they come in', () => {
    const rows = [...policyOrder].reverse().map((policy) => rowOf(policy, paced))
    expect(sortRows(rows).map(({ policy }) => policy)).toEqual(policyOrder)
  })

  test.each([
    ['', null],
    [' 1,000 ', 1000],
    ['0', undefined],
    ['-5', undefined],
    ['ten', undefined],
    ['1000001', undefined],
  ])('the limit %j reads as %j', (text, expected) => {
    expect(readLimit(text, 1_000_000)).toBe(expected)
  })
})

describe('asking', () => {
  const answer: WhatIf = {
    calls: 1,
    fromMs: 0,
    toMs: 0,
    cut: false,
    perWindow: [100],
    windowMs: 60_000,
    attemptsMax: 3,
    recorded,
    rows: [rowOf('pacing', paced)],
  }

  function open() {
    const asked: InputOf<'whatIf.run'>[] = []
    const settles: ((result: Result<WhatIf>) => void)[] = []
    let cancels = 0
    let tell: (share: number) => void = () => undefined
    const call = ((name: string, input: never) => {
      if (name === 'whatIf.cancel') {
        cancels += 1
        return Promise.resolve({ ok: true, value: null })
      }
      asked.push(input)
      return new Promise<Result<WhatIf>>((settle) => settles.push(settle))
    }) as Bridge['call']
    const desk = createWhatIf({
      call,
      onProgress(listener) {
        tell = listener
        return () => {
          tell = () => undefined
        }
      },
    })
    return { desk, asked, settles, cancels: () => cancels, tell: (share: number) => tell(share) }
  }

  test('opening asks at once for every policy, shows how far it is, then the answer', async () => {
    const { desk, asked, settles, tell } = open()
    desk.open({ filter: 'status:429' })
    expect(asked).toEqual([
      { stretch: { filter: 'status:429' }, perWindow: null, policies: policyOrder, attemptsMax: 3 },
    ])
    tell(0.5)
    expect(desk.store.getState().progress).toBe(0.5)
    settles[0]?.({ ok: true, value: answer })
    await Promise.resolve()
    expect(desk.store.getState()).toMatchObject({ progress: null, result: answer, error: null })
    tell(0.7)
    expect(desk.store.getState().progress).toBeNull()
  })

  test('a newer question wins: the answer to the one before is dropped', async () => {
    const { desk, asked, settles } = open()
    desk.open({ ids: [1] })
    desk.setPerWindow('250')
    desk.run()
    expect(asked[1]).toMatchObject({ perWindow: 250 })
    settles[1]?.({ ok: true, value: answer })
    settles[0]?.({ ok: false, error: { kind: 'CANCELLED', callId: null } })
    await Promise.resolve()
    expect(desk.store.getState()).toMatchObject({ result: answer, error: null, progress: null })
  })

  test('a limit that is none is not asked', () => {
    const { desk, asked } = open()
    desk.open({ ids: [1] })
    desk.setPerWindow('0')
    desk.run()
    expect(asked).toHaveLength(1)
  })

  test('stopping ends what runs and keeps the answer from before', async () => {
    const { desk, settles, cancels } = open()
    desk.open({ ids: [1] })
    desk.stop()
    expect(cancels()).toBe(1)
    expect(desk.store.getState()).toMatchObject({ stretch: { ids: [1] }, progress: null, result: null, error: null })
    settles[0]?.({ ok: false, error: { kind: 'CANCELLED', callId: null } })
    await Promise.resolve()
    expect(desk.store.getState().error).toBeNull()
    desk.run()
    settles[1]?.({ ok: true, value: answer })
    await Promise.resolve()
    desk.run()
    desk.stop()
    desk.stop()
    expect(cancels()).toBe(2)
    expect(desk.store.getState()).toMatchObject({ progress: null, result: answer })
  })

  test('closing ends what runs and forgets what was shown; a failure is kept to be shown', async () => {
    const { desk, settles, cancels } = open()
    desk.open({ ids: [1] })
    settles[0]?.({ ok: false, error: { kind: 'INTERNAL', reference: 'r' } })
    await Promise.resolve()
    expect(desk.store.getState().error).toMatchObject({ kind: 'INTERNAL' })
    desk.run()
    desk.close()
    expect(cancels()).toBe(1)
    settles[1]?.({ ok: true, value: answer })
    await Promise.resolve()
    expect(desk.store.getState()).toMatchObject({ stretch: null, result: null, progress: null })
  })
})
