/**
 * A key in memory. It shows itself only to `reveal`, which few places call: the keychain's write,
 * the digest of a fingerprint, the pipeline and an issuer as they write their header, the clipboard
 * (copy, and clearing what was taken), and the making of a key of the same shape. Printing, JSON and
 * string conversion give a mark.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The key itself, for the shortest scope possible. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[key]'
  }

  toJSON(): string {
    return '[key]'
  }
}
