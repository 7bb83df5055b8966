import type { Random } from '../ports.ts'
import { Secret } from '../vault/secret.ts'

const classes = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'] as const
const marker = /^jsk_(?:[a-z]{1,8}_)?/

function pick(alphabet: string, random: Random): string {
  return alphabet[Math.min(alphabet.length - 1, Math.floor(random.next() * alphabet.length))] ?? 'x'
}

/**
 * A key that never existed, of the same shape as a real one: same marker, same length, the same
 * kind of character in each place. How the service refuses it is how it refuses a dead key.
 * Rates and probes, rule 8.
 */
export function makeUpKey(real: Secret, random: Random): Secret {
  const text = real.reveal()
  const head = marker.exec(text)?.[0] ?? ''
  const tail = [...text.slice(head.length)].map((character) => {
    const alphabet = classes.find((characters) => characters.includes(character))
    return alphabet === undefined ? character : pick(alphabet, random)
  })
  const made = head + tail.join('')
  if (made !== text) return new Secret(made)
  const last = text.at(-1) === 'x' ? 'y' : 'x'
  return new Secret(text.slice(0, -1) + last)
}
