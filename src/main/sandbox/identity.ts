/** Sixteen random bytes in the form of a UUID (version 4). */
export function formatUuid(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex').padEnd(32, '0')
  const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) % 4] ?? '8'
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}
