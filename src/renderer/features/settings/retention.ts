import type { LogPolicy, LogStorage } from '../../../shared/model/log.ts'
import { formatBytes, formatPlural } from '../../ui/format.ts'

const dayMs = 86_400_000

/** What a change of the policy takes out of the log at once, as a part of a sentence; null when nothing goes. */
export function describeLoss(
  { calls, bytes, oldestAtMs }: Pick<LogStorage, 'calls' | 'bytes' | 'oldestAtMs'>,
  field: keyof LogPolicy,
  value: number,
  nowMs: number,
): string | null {
  switch (field) {
    case 'callsMax':
      return calls > value ? `the oldest ${formatPlural(calls - value, 'call')}` : null
    case 'daysMax':
      return oldestAtMs !== null && oldestAtMs < nowMs - value * dayMs
        ? `all calls that are older than ${formatPlural(value, 'day')}`
        : null
    case 'fileBytesMax':
      return bytes > value ? `the oldest calls, as many as are beyond ${formatBytes(value)}` : null
    case 'bodyBytesMax':
      return null
  }
}
