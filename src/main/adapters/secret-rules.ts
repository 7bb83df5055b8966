import type { KeychainFault } from '../../shared/error.ts'
import { limits } from '../../shared/limits.ts'

const secretId = /^[a-z0-9.-]{1,100}$/
// A lone half of a surrogate pair would be stored as another character.
const malformed = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const control = /\p{Cc}/u

/** True for an account name that every keychain keeps apart from every other. */
export function isSecretId(id: string): boolean {
  return secretId.test(id)
}

/** Why a value cannot be stored byte for byte on every platform; null when it can. */
export function findSecretFault(id: string, value: string): KeychainFault | null {
  if (!isSecretId(id) || value === '' || malformed.test(value) || control.test(value)) return 'failed'
  return new TextEncoder().encode(value).length > limits.secretBytesMax ? 'too-large' : null
}
