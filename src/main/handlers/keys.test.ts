import { expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import type { KeySummary } from '../../shared/model/key.ts'
import { fail, succeed } from '../../shared/result.ts'
import { Secret } from '../core/vault/secret.ts'
import type { Vault } from '../core/vault/vault.ts'
import { createKeyHandlers } from './keys.ts'

const passport: KeySummary = {
  id: 'k1',
  environmentId: 'dev',
  label: 'key',
  mask: 'jsk_live_…x7Qp',
  fingerprint: '0123456789ab',
  state: 'active',
  source: 'clipboard',
  addedAtMs: 0,
  lastUsedAtMs: null,
  lastProvenAtMs: null,
}

function createParts(add: Vault['addKey']) {
  const taken: string[] = []
  const copies: string[] = []
  let text = ''
  const parts: Pick<Vault, 'addKey' | 'revealKey' | 'noteCopy'> = {
    addKey: (input) => {
      taken.push(input.text)
      return add(input)
    },
    revealKey: async (id) =>
      id === 'k1'
        ? succeed({ keyId: id, mask: passport.mask, secret: new Secret('jsk_live_secret') })
        : fail({ kind: 'NOT_FOUND', what: 'key' }),
    noteCopy: (id) => void copies.push(id),
  }
  const handlers = createKeyHandlers({
    // The other methods of the vault have tests of their own.
    vault: parts as Vault,
    calls: { usage: () => [] },
    clipboard: {
      readText: async () => text,
      writeText: async (next) => {
        text = next
      },
      clear: () => {
        text = ''
      },
    },
    clock: { nowMs: () => 0, monotonicMs: () => 0, sleep: async () => undefined },
    hold: { copy: async (_id, key) => key.length, clearNow: async () => undefined },
  })
  return {
    handlers,
    taken,
    copies,
    read: () => text,
    write: (next: string) => {
      text = next
    },
  }
}

const input = { environmentId: 'dev', label: null, allowTestKey: false }

test('a stored key is taken off the clipboard', async () => {
  const { handlers, read, write, taken } = createParts(async () => succeed(passport))
  write(' jsk_live_abcdefghijkl\n')
  expect(await handlers['keys.addFromClipboard'](input)).toEqual(succeed(passport))
  expect(taken).toEqual([' jsk_live_abcdefghijkl\n'])
  expect(read()).toBe('')
})

test('what was copied while the key was being proven stays', async () => {
  const parts = createParts(async () => {
    parts.write('something else')
    return succeed(passport)
  })
  parts.write('jsk_live_abcdefghijkl')
  await parts.handlers['keys.addFromClipboard'](input)
  expect(parts.read()).toBe('something else')
})

test('a refused key stays on the clipboard', async () => {
  const { handlers, read, write } = createParts(async () => fail({ kind: 'KEYCHAIN', fault: 'locked' }))
  write('jsk_live_abcdefghijkl')
  expect(await handlers['keys.addFromClipboard'](input)).toMatchObject({ error: { kind: 'KEYCHAIN' } })
  expect(read()).toBe('jsk_live_abcdefghijkl')
})

test('ten megabytes on the clipboard are refused unread', async () => {
  const { handlers, write, taken } = createParts(async () => succeed(passport))
  write('a'.repeat(10_000_000))
  expect(await handlers['keys.addFromClipboard'](input)).toEqual(fail({ kind: 'KEY_MALFORMED', fault: 'too-long' }))
  write('a'.repeat(limits.clipboardCharsMax))
  expect(await handlers['keys.addFromClipboard'](input)).toEqual(succeed(passport))
  expect(taken).toHaveLength(1)
})

test('a copy is noted, and an unknown key is neither copied nor noted', async () => {
  const { handlers, copies } = createParts(async () => succeed(passport))
  expect(await handlers['keys.copy']({ id: 'k1' })).toEqual(succeed({ clearsAtMs: 'jsk_live_secret'.length }))
  expect(await handlers['keys.copy']({ id: 'k2' })).toMatchObject({ error: { kind: 'NOT_FOUND' } })
  expect(copies).toEqual(['k1'])
})
