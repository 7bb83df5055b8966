import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import { createKeyRing } from './key-ring.ts'

test('a key has the prefix and 32 characters of base 62, and is found again', () => {
  const ring = createKeyRing([], randomBytes)
  const { id, key } = ring.issue({ label: 'one' }, 1)
  expect(key).toMatch(/^jsk_live_[0-9A-Za-z]{32}$/)
  expect(id).toMatch(/^[a-z0-9-]+$/)
  expect(ring.find(key, 2)?.id).toBe(id)
  expect(ring.find(`${key}x`, 2)).toBeNull()
  expect(ring.find('', 2)).toBeNull()
})

test('only the hash and the last four characters are kept', () => {
  const ring = createKeyRing([], randomBytes)
  const { key } = ring.issue({}, 1)
  const kept = JSON.stringify(ring.list())
  expect(kept).not.toContain(key.slice('jsk_live_'.length))
  expect(kept).toContain(createHash('sha256').update(key).digest('hex'))
  expect(ring.list()[0]?.mask).toBe(`jsk_live_…${key.slice(-4)}`)
})

test('random bytes that would favour some characters are passed over', () => {
  let call = 0
  const ring = createKeyRing([], (bytes) => new Uint8Array(bytes).fill(call++ === 0 ? 255 : 61))
  expect(ring.issue({}, 1).key).toBe(`jsk_live_${'z'.repeat(32)}`)
})

test('a revoked key lives until its delay has passed', () => {
  const ring = createKeyRing([], randomBytes)
  const { id, key } = ring.issue({}, 0)
  expect(ring.revoke(id, 1000, 500)).toBe(true)
  expect(ring.revoke(id, 1100, 0)).toBe(false)
  expect(ring.revoke('key-unknown', 1100, 0)).toBe(false)
  expect(ring.find(key, 1499)?.id).toBe(id)
  expect(ring.find(key, 1500)).toBeNull()
})

test('too many keys: a revoked one makes room first, then the oldest', () => {
  const ring = createKeyRing([], randomBytes)
  const issued = Array.from({ length: limits.keysMax }, (_, at) => ring.issue({}, at))
  ring.revoke(issued[7]?.id ?? '', 1, 0)
  ring.issue({}, 2)
  expect(ring.list().some(({ id }) => id === issued[7]?.id)).toBe(false)
  expect(ring.list().some(({ id }) => id === issued[0]?.id)).toBe(true)
  ring.issue({}, 3)
  expect(ring.list().some(({ id }) => id === issued[0]?.id)).toBe(false)
  expect(ring.list()).toHaveLength(limits.keysMax)
})
