import { type ReadyFilter, readyFilter } from '../../shared/filter/evaluation.ts'
import { parseFilter } from '../../shared/filter/parser.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import { holdsSecret } from '../core/log/redaction.ts'
import type { Clock } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'

/** What a filter's names and moments are looked up in. */
export interface FilterWorld {
  readonly vault: Pick<Vault, 'environments' | 'keys'>
  readonly clock: Pick<Clock, 'nowMs'>
}

/** Makes a person's filter ready to run. Refuses one that holds a key, and one that cannot be read. */
export function readFilterText(text: string, { vault, clock }: FilterWorld): Result<ReadyFilter> {
  if (holdsSecret(text)) return fail({ kind: 'KEY_IN_TEXT', field: 'filter' })
  const parsed = parseFilter(text)
  if (!parsed.ok) return fail({ kind: 'FILTER', problems: parsed.error })
  const vocabulary = { environments: vault.environments(), keys: vault.keys(), operations: [] }
  return succeed(readyFilter(parsed.value, { nowMs: clock.nowMs(), vocabulary }))
}
