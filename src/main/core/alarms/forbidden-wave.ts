import type { Clock } from '../ports.ts'
import { createWindow, type Window } from '../ratelimit/window.ts'
import type { Detector } from './detector.ts'

/** Answers 403 within a minute that make a wave, if they are at least half of all answers. */
export const forbiddenMin = 5
const waveMs = 60_000

interface Counts {
  readonly forbidden: Window
  readonly answers: Window
}

/** Watches for a wave of answers 403. It is over once a minute has passed without any. */
export function createForbiddenWave(clock: Pick<Clock, 'monotonicMs'>): Detector {
  const byKey = new Map<string, Counts>()

  function open(keyId: string): Counts {
    const known = byKey.get(keyId)
    if (known !== undefined) return known
    const counts = { forbidden: createWindow(waveMs), answers: createWindow(waveMs) }
    byKey.set(keyId, counts)
    return counts
  }

  return {
    what: 'forbidden-wave',
    note({ keyId, status }) {
      if (status === null) return null
      const nowMs = clock.monotonicMs()
      const { forbidden, answers } = open(keyId)
      answers.add(nowMs)
      if (status !== 403) return null
      forbidden.add(nowMs)
      const count = forbidden.countAt(nowMs)
      const against = answers.countAt(nowMs)
      return count >= forbiddenMin && count * 2 >= against ? { count, against } : null
    },
    isOver: (keyId) => (byKey.get(keyId)?.forbidden.countAt(clock.monotonicMs()) ?? 0) === 0,
    forget: (keyId) => void byKey.delete(keyId),
  }
}
