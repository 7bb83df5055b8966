import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Secret } from '../vault/secret.ts'
import { makeUpKey } from './made-up-key.ts'

const shapeOf = (text: string) => text.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/[0-9]/g, '0')

test('a made-up key has the shape of the real one and is another', () => {
  const next = fc.double({ min: 0, max: 0.999_999, noNaN: true })
  const tail = fc.stringMatching(/^[!-~]{8,60}$/)
  fc.assert(
    fc.property(
      fc.constantFrom('jsk_live_', 'jsk_test_', 'jsk_'),
      tail,
      fc.array(next, { minLength: 1 }),
      (head, rest, draws) => {
        const real = head + rest
        let drawn = 0
        const random = {
          id: () => 'id',
          next() {
            drawn += 1
            return draws[drawn % draws.length] ?? 0
          },
        }
        const made = makeUpKey(new Secret(real), random).reveal()
        expect(made).not.toBe(real)
        expect(made).toHaveLength(real.length)
        expect(made.startsWith(head)).toBe(true)
        // Only where nothing in it can be drawn anew its last character stands in for the rest.
        if (/[a-zA-Z0-9]/.test(rest) && shapeOf(made) !== shapeOf(real)) {
          expect(made.slice(0, -1)).toBe(real.slice(0, -1))
        }
      },
    ),
  )
})
