import type { KeyEvent, KeySummary } from '../../../shared/model/key.ts'
import { movedDetail } from './records.ts'

// What a key's history says about its secret, once the keychain was asked for it.

/** True when nobody was told that the key is kept: what added it ended before its secret was stored. */
export function wasNeverStored(history: readonly KeyEvent[]): boolean {
  const [first] = history
  return first?.what === 'added' && !history.some(({ what }) => what === 'stored')
}

/** What was last learned of a key whose secret is back: a key that was lost did not get better by it. */
export function stateOfFound(history: readonly KeyEvent[]): KeySummary['state'] {
  for (const { what, detail } of [...history].reverse()) {
    if (what === 'proven') return 'active'
    if (what === 'refused') return 'rejected'
    if (what === 'added' || (what === 'unproven' && detail === movedDetail)) return 'candidate'
  }
  return 'candidate'
}
