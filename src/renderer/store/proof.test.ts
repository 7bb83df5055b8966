import { expect, test } from 'vitest'
import type { KeyEvent } from '../../shared/model/key.ts'
import { readProof } from './proof.ts'

const history = (...whats: KeyEvent['what'][]): KeyEvent[] =>
  whats.map((what, atMs) => ({ keyId: 'a', atMs, what, detail: '' }))

test('the newest probe counts, whatever an older one said and whatever came after it', () => {
  expect(readProof(history('added', 'stored', 'proven', 'switched'))).toBe('alive')
  expect(readProof(history('proven', 'unproven'))).toBe('unclear')
  expect(readProof(history('refused', 'unproven', 'copied'))).toBe('unclear')
  expect(readProof(history('unproven', 'refused'))).toBe('refused')
  expect(readProof(history('refused', 'proven', 'renamed'))).toBe('alive')
})

test('a key that was never probed is unclear', () => {
  expect(readProof([])).toBe('unclear')
  expect(readProof(history('added', 'stored'))).toBe('unclear')
})
