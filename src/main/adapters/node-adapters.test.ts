import { describe, expect, test } from 'vitest'
import { nodeDigest } from './node-digest.ts'
import { nodeMac } from './node-mac.ts'
import { nodeRandom } from './node-random.ts'
import { systemClock } from './system-clock.ts'

describe('system clock', () => {
  test('a sleep lasts its time on the monotonic clock', async () => {
    const start = systemClock.monotonicMs()
    await systemClock.sleep(20)
    // Timers count whole milliseconds, so one may end a fraction early.
    expect(systemClock.monotonicMs() - start).toBeGreaterThanOrEqual(19)
  })

  test('an abort ends a sleep of an hour, before it or in it, without an error', async () => {
    const controller = new AbortController()
    const sleeping = systemClock.sleep(3_600_000, controller.signal)
    controller.abort()
    await expect(sleeping).resolves.toBeUndefined()
    await expect(systemClock.sleep(3_600_000, controller.signal)).resolves.toBeUndefined()
  })
})

describe('node random', () => {
  test('identities fit an account name of the keychain and differ', () => {
    const ids = Array.from({ length: 1000 }, () => nodeRandom.id())
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{36}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('numbers fill [0, 1)', () => {
    const draws = Array.from({ length: 2000 }, () => nodeRandom.next())
    for (const draw of draws) expect(draw >= 0 && draw < 1).toBe(true)
    // 2,000 uniform draws miss a tenth at either end with a chance below 1e-90.
    expect(Math.min(...draws)).toBeLessThan(0.1)
    expect(Math.max(...draws)).toBeGreaterThan(0.9)
  })
})

test('node digest gives the published SHA-256 of "abc" and of UTF-8 text', () => {
  expect(nodeDigest.sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(nodeDigest.sha256Hex('ü')).toBe('607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f')
})

// RFC 4231, test case 2, and a vector that is printed in many places.
test.each([
  ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  [
    'key',
    'The quick brown fox jumps over the lazy dog',
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  ],
])('node mac gives the published HMAC-SHA256 for the secret %s', (secret, message, expected) => {
  const mac = nodeMac.hmacSha256(secret, new TextEncoder().encode(message))
  expect(Buffer.from(mac).toString('hex')).toBe(expected)
})
