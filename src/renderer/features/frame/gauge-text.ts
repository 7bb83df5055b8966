import type { Headroom } from '../../../shared/model/headroom.ts'
import { leftOf, levelOf } from '../../store/headroom.ts'
import { formatCount, formatCountdown } from '../../ui/format.ts'

/** What follows the numbers of a gauge: where they come from, and what matters now. */
export interface GaugeText {
  readonly basis: string
  readonly urgent: string | null
  readonly tone: 'plain' | 'warn' | 'bad'
  /** Calls that wait, as `3 waiting`; null when there are none. */
  readonly waiting: string | null
}

/** Where the numbers come from: a guess is our own count, a fact was told by the server. */
export function describeBasis({ basis }: Headroom): string {
  return basis === 'count' ? 'by our count' : 'told by the server'
}

function describeUrgent(headroom: Headroom): Pick<GaugeText, 'urgent' | 'tone'> {
  const { pausedUntilMs, nextSlotInMs, fullInMs, atMs } = headroom
  if (pausedUntilMs !== null) return { urgent: `paused for ${formatCountdown(pausedUntilMs - atMs)}`, tone: 'bad' }
  switch (levelOf(headroom)) {
    case 'full':
      return { urgent: nextSlotInMs === null ? 'full' : `next slot in ${formatCountdown(nextSlotInMs)}`, tone: 'bad' }
    case 'low':
      return {
        urgent: fullInMs === null ? `${formatCount(leftOf(headroom))} left` : `full in ${formatCountdown(fullInMs)}`,
        tone: 'warn',
      }
    case 'plenty':
      return { urgent: fullInMs === null ? null : `full in ${formatCountdown(fullInMs)}`, tone: 'plain' }
  }
}

/** The words of a gauge, from a headroom as it stands now. */
export function describeHeadroom(headroom: Headroom): GaugeText {
  return {
    basis: describeBasis(headroom),
    ...describeUrgent(headroom),
    waiting: headroom.waiting === 0 ? null : `${formatCount(headroom.waiting)} waiting`,
  }
}
