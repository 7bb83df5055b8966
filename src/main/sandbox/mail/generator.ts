import type { GeneratedMailbox } from '../mailbox.ts'

/** Everything that a seed makes, as it stands at `nowMs`. Pure: the same input gives the same mailbox. */
export function generateMailbox(_seed: string, _nowMs: number): GeneratedMailbox {
  return { accounts: [], labels: [], messages: [] }
}
