import { describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/error.ts'
import { KeyEvent, type KeyState, type KeySummary } from '../../../shared/model/key.ts'
import { openOutcomes, readOutcomes } from './add-outcome.ts'
import { moveSelection } from './key-rows.ts'
import { ageInDays, describeKeyEvent, formatFingerprint } from './key-text.ts'

function key(state: KeyState): KeySummary {
  return {
    id: 'a',
    environmentId: 'dev',
    label: 'agent-main',
    mask: 'jsk_live_…x7Qp',
    fingerprint: '7f3a90c2e41b',
    state,
    source: 'clipboard',
    addedAtMs: new Date(2026, 1, 22, 23, 50).getTime(),
    lastUsedAtMs: null,
    lastProvenAtMs: null,
  }
}

function fail(error: AppError) {
  return readOutcomes({ ok: false, error })
}

describe('the four checks of a new key', () => {
  test('follow the state that the proof left', () => {
    expect(readOutcomes({ ok: true, value: key('active') })).toMatchObject({ stored: 'passed', proven: 'passed' })
    expect(readOutcomes({ ok: true, value: key('rejected') })).toMatchObject({ stored: 'passed', proven: 'failed' })
    expect(readOutcomes({ ok: true, value: key('candidate') })).toMatchObject({ stored: 'passed', proven: 'unclear' })
  })

  test('stop at the one that failed', () => {
    expect(fail({ kind: 'KEY_MALFORMED', fault: 'prefix' })).toEqual({ ...openOutcomes, form: 'failed' })
    expect(fail({ kind: 'KEY_EXISTS', environmentName: 'Dev', label: 'x' })).toEqual({
      ...openOutcomes,
      form: 'passed',
      known: 'failed',
    })
    expect(fail({ kind: 'KEYCHAIN', fault: 'locked' })).toMatchObject({
      known: 'passed',
      stored: 'failed',
      proven: 'open',
    })
  })

  test('stay open when nothing was checked', () => {
    expect(fail({ kind: 'OVERLOADED' })).toEqual(openOutcomes)
  })
})

describe('rows', () => {
  const ids = ['a', 'b', 'c']

  test.each([
    ['a', 'ArrowDown', 'b'],
    ['a', 'j', 'b'],
    ['c', 'j', 'c'],
    ['b', 'k', 'a'],
    ['a', 'ArrowUp', 'a'],
    ['b', 'Home', 'a'],
    ['b', 'End', 'c'],
    ['b', 'x', null],
    [null, 'ArrowDown', 'a'],
  ])('from %s, %s moves to %s', (current, press, next) => {
    expect(moveSelection(ids, current, press)).toBe(next)
  })

  test('an empty list moves nowhere', () => {
    expect(moveSelection([], null, 'ArrowDown')).toBeNull()
  })
})

describe('texts', () => {
  test('a fingerprint reads in groups', () => {
    expect(formatFingerprint('7f3a90c2e41b')).toBe('7f3a 90c2 e41b')
  })

  test('age counts local days and is never negative', () => {
    expect(ageInDays(key('active'), new Date(2026, 1, 23, 0, 10).getTime())).toBe(1)
    expect(ageInDays(key('active'), new Date(2026, 1, 20).getTime())).toBe(0)
  })

  test.each(KeyEvent.shape.what.options)('%s has its words in the history', (what) => {
    for (const detail of ['', '41 ms']) {
      const text = describeKeyEvent({ keyId: 'a', atMs: 0, what, detail })
      expect(text).not.toMatch(/undefined|, $/)
      expect(text.length).toBeGreaterThan(4)
    }
  })

  test('words of main are told in sentences', () => {
    const tell = (what: KeyEvent['what'], detail: string) => describeKeyEvent({ keyId: 'a', atMs: 0, what, detail })
    expect(tell('added', 'clipboard')).toBe('added from the clipboard')
    expect(tell('added', 'sandbox')).toBe('added by the Sandbox')
    expect(tell('unproven', 'SERVER_ERROR')).toBe('not proven: the server failed')
    expect(tell('unproven', 'BAD_ANSWER')).toBe('not proven: no clear answer')
  })
})
