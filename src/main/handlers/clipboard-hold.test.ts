import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import type { Clipboard, Clock } from '../core/ports.ts'
import { createClipboardHold } from './clipboard-hold.ts'

/** A clipboard in memory: the real one belongs to a desktop, and e2e has it. */
function createFakeClipboard(): Clipboard & { text: string } {
  return {
    text: '',
    async readText() {
      return this.text
    },
    async writeText(text) {
      this.text = text
    },
    clear() {
      this.text = ''
    },
  }
}

/** A clock whose sleepers wake when a test says so. */
function createManualClock() {
  const sleepers: { untilMs: number; wake: () => void }[] = []
  let nowMs = 0
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleepers.push({ untilMs: nowMs + ms, wake })
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const advance = async (ms: number): Promise<void> => {
    nowMs += ms
    for (const { untilMs, wake } of sleepers) if (untilMs <= nowMs) wake()
    await new Promise(setImmediate)
  }
  return { clock, advance }
}

function createParts() {
  const clipboard = createFakeClipboard()
  const cleared: string[] = []
  const { clock, advance } = createManualClock()
  const hold = createClipboardHold({
    clipboard,
    clock,
    digest: { sha256Hex: (text) => createHash('sha256').update(text).digest('hex') },
    emit: (name, payload) => {
      if (name === 'clipboard.cleared' && 'keyId' in payload) cleared.push(`${payload.keyId}`)
    },
  })
  return { clipboard, cleared, advance, hold }
}

test('a copied key is cleared after its time', async () => {
  const { clipboard, cleared, advance, hold } = createParts()
  expect(await hold.copy('k1', 'jsk_live_one')).toBe(limits.clipboardHoldMs)
  expect(clipboard.text).toBe('jsk_live_one')
  await advance(limits.clipboardHoldMs - 1)
  expect(clipboard.text).toBe('jsk_live_one')
  await advance(1)
  expect(clipboard.text).toBe('')
  expect(cleared).toEqual(['k1'])
})

test('what was copied since stays', async () => {
  const { clipboard, cleared, advance, hold } = createParts()
  await hold.copy('k1', 'jsk_live_one')
  clipboard.text = 'something else'
  await advance(limits.clipboardHoldMs)
  expect(clipboard.text).toBe('something else')
  expect(cleared).toEqual([])
})

test('a second copy has its own full time', async () => {
  const { clipboard, cleared, advance, hold } = createParts()
  await hold.copy('k1', 'jsk_live_one')
  await advance(limits.clipboardHoldMs - 1)
  await hold.copy('k2', 'jsk_live_two')
  await advance(1)
  expect(clipboard.text).toBe('jsk_live_two')
  await advance(limits.clipboardHoldMs)
  expect(clipboard.text).toBe('')
  expect(cleared).toEqual(['k2'])
})

test('quitting clears at once, and only once', async () => {
  const { clipboard, cleared, advance, hold } = createParts()
  await hold.clearNow()
  await hold.copy('k1', 'jsk_live_one')
  await hold.clearNow()
  expect(clipboard.text).toBe('')
  clipboard.text = 'jsk_live_one'
  await advance(limits.clipboardHoldMs)
  expect(clipboard.text).toBe('jsk_live_one')
  expect(cleared).toEqual(['k1'])
})
