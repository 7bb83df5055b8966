import { join } from 'node:path'
import type { Notice } from '../../shared/model/app.ts'
import { openCallStore } from '../adapters/sqlite-call-store.ts'
import { type OpenOutboxStore, openOutboxStore } from '../adapters/sqlite-outbox-store.ts'
import { type OpenVaultStore, openVaultStore } from '../adapters/sqlite-vault-store.ts'
import type { CallStore, Clock } from '../core/ports.ts'
import { readToldWait } from '../core/ratelimit/rate-headers.ts'

/** The files of a profile, open. */
export interface OpenStores {
  readonly opened: OpenVaultStore
  readonly calls: CallStore
  readonly outbox: OpenOutboxStore
}

/**
 * Opens the files of a profile, never failing. The log comes second: what it keeps is a setting in the
 * vault, and it deletes the rest as soon as it is open.
 */
export async function openStores(parts: {
  readonly profile: string
  readonly clock: Clock
  readonly onNotice: (notice: Notice) => void
}): Promise<OpenStores> {
  const { profile, clock, onNotice } = parts
  const opened = await openVaultStore(join(profile, 'vault.db'), clock.nowMs())
  const outbox = await openOutboxStore(join(profile, 'mail.db'), clock.nowMs())
  const policy = opened.store.settings().log
  const calls = await openCallStore({ file: join(profile, 'requests.db'), clock, onNotice, policy, readToldWait })
  return { opened, calls, outbox }
}
