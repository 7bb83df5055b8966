import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Notice } from '../../shared/model/app.ts'
import { CallDetail } from '../../shared/model/call.ts'
import { callMigrations } from '../adapters/call-schema.ts'
import { vaultMigrations } from '../adapters/sqlite-vault-store.ts'
import type { Clock } from '../core/ports.ts'
import { openStores } from './stores.ts'

// Each folder holds a profile as the stores of an earlier version wrote it, and what that version read out of it.
const formerProfiles = resolve(import.meta.dirname, '../adapters/fixtures/profiles')

/** A moment shortly after the calls of the fixtures, so that none is too old to be kept. */
const clock: Clock = { nowMs: () => 1_700_000_500_000, monotonicMs: () => 0, sleep: async () => undefined }

interface FormerProfile {
  readonly environments: readonly { readonly id: string }[]
  readonly keys: readonly { readonly id: string }[]
  readonly calls: readonly { readonly summary: { readonly id: number } }[]
}

let profile: string
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'jasni-former-'))
})
afterEach(() => rmSync(profile, { recursive: true, force: true }))

function readVersion(file: string): unknown {
  const database = new Database(join(profile, file))
  try {
    return database.prepare('PRAGMA user_version').all()[0]
  } finally {
    database.close()
  }
}

async function readProfile(former: FormerProfile) {
  const notices: Notice[] = []
  const { opened, calls, outbox } = await openStores({ profile, clock, onNotice: (notice) => notices.push(notice) })
  const { store, outcome, unreadable } = opened
  const keys = [...store.keys()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const found = {
    environments: store.environments(),
    keys,
    history: keys.map(({ id }) => store.history(id)),
    settings: store.settings(),
    current: store.currentEnvironmentId(),
    rotations: store.rotations(),
    savedRequests: store.savedRequests(),
    policies: [...store.policies()].sort((a, b) => (a.environmentId < b.environmentId ? -1 : 1)),
    calls: former.calls.map(({ summary }) => calls.get(summary.id)),
  }
  calls.close()
  outbox.store.close()
  store.close()
  return { found, outcome, unreadable, notices }
}

describe.each(readdirSync(formerProfiles))('a profile of a former version: %s', (name) => {
  const read = (file: string) => gunzipSync(readFileSync(join(formerProfiles, name, `${file}.gz`)))
  const former: FormerProfile = JSON.parse(read('profile.json').toString())

  test('opens with every environment, key, event, setting, rotation and call, and is brought up to date', async () => {
    for (const file of ['vault.db', 'requests.db']) writeFileSync(join(profile, file), read(file))
    const { found, outcome, unreadable, notices } = await readProfile(former)
    expect({ outcome, unreadable, notices }).toEqual({ outcome: { kind: 'existing' }, unreadable: [], notices: [] })
    expect([former.environments.length, former.keys.length, former.calls.length]).toEqual([2, 4, 12])
    expect(found).toMatchObject(former)
    expect(found.calls.every((call) => CallDetail.safeParse(call).success)).toBe(true)
    expect(readVersion('vault.db')).toEqual({ user_version: vaultMigrations.length })
    expect(readVersion('requests.db')).toEqual({ user_version: callMigrations.length })
    expect((await readProfile(former)).found).toEqual(found)
  })
})

test('the two profiles come from different schemas of the log', () => {
  const versions = readdirSync(formerProfiles).map((name) => {
    writeFileSync(join(profile, 'requests.db'), gunzipSync(readFileSync(join(formerProfiles, name, 'requests.db.gz'))))
    return readVersion('requests.db')
  })
  expect(versions).toEqual([{ user_version: 1 }, { user_version: 3 }])
})
