/** Families of rate-limit headers; the real service documents none. API reference, section 3. */
export type HeaderDialect = 'none' | 'legacy' | 'ietf' | 'retry-after'
