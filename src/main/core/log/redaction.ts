/** What stands in place of anything secret. */
export const redacted = '[redacted]'

const secretText = /\b(jsk|whsec)_[A-Za-z0-9_\-.~+/=]{4,}/g
const bearerText = /\b(Bearer|Basic)\s+[A-Za-z0-9_\-.~+/=]{4,}/gi
const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-webhook-signature',
])

/** Replaces keys, webhook secrets and bearer tokens in any text. API reference, section 15.5. */
export function redactText(text: string): string {
  return text.replace(secretText, '$1_[redacted]').replace(bearerText, `$1 ${redacted}`)
}

/** True when the text holds something of the shape of a key or a webhook secret. */
export function holdsSecret(text: string): boolean {
  return text.search(secretText) >= 0
}

/** A header's value as it may be kept. */
export function redactHeader(name: string, value: string): string {
  return secretHeaders.has(name.toLowerCase()) ? redacted : redactText(value)
}

/** Redacts every string inside a value of any depth; cycles and depth over 8 become a mark. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= 8) return '[deep]'
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redactText(value.message),
      stack: redactText(value.stack ?? ''),
      ...(value.cause === undefined ? {} : { cause: redactValue(value.cause, depth + 1) }),
    }
  }
  if (Array.isArray(value)) return value.slice(0, 200).map((item) => redactValue(item, depth + 1))
  const copy: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) copy[redactText(name)] = redactValue(item, depth + 1)
  return copy
}
