/**
 * A key in memory. It shows itself only to `reveal`, which two places call: the pipeline as it
 * writes the header, and the clipboard copy. Printing, JSON and string conversion give a mark.
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
