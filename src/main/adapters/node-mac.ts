import { createHmac } from 'node:crypto'
import type { Mac } from '../core/ports.ts'

/** HMAC-SHA256 with the UTF-8 of a secret. */
export const nodeMac: Mac = {
  hmacSha256: (secret, message) => createHmac('sha256', secret).update(message).digest(),
}
