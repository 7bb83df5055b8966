/** What stands in place of anything secret. */
export const redacted = '[redacted]'

const secretMarker = /(?:jsk|whsec)_/g
const tokenMarker = /\b(?:bearer|basic)\s{1,8}/gi
const secretCharsMin = 4
// What a mask shows of every key, as `jsk_live_…x7Qp`: alone it says nothing of any.
const publicPrefixes = new Set(['live_', 'test_'])
const tokenCharsMin = 16

const secretNames = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-webhook-signature',
  'password',
  'secret',
])
const jsonEscape = /\\(?:u00([2-7][0-9a-f])|[\s\S])/gi
const depthMax = 8
const jsonDepthMax = 100
const itemsMax = 200
const registeredMax = 1000

const registered = new Set<string>()

// A key may hold any visible ASCII character (API reference, section 2). Quotes, brackets, braces,
// commas, semicolons and backslashes end its shape all the same, since in JSON, HTML and code they
// end the text that a key stands in. A key with such a character is covered by `registerSecret`.
const secretCharacters = new Set<number>()
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+/=%!#$&*:@^|?') {
  secretCharacters.add(character.charCodeAt(0))
}

/**
 * Replaces what follows a marker. Written as a loop: the same as a regular expression exhausts the
 * stack on a run of some million characters, and such a run can come from a server.
 */
function replaceAfter(text: string, marker: RegExp, isSecret: (candidate: string) => boolean): string {
  let output = ''
  let copiedTo = 0
  marker.lastIndex = 0
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const start = match.index + match[0].length
    let end = start
    while (end < text.length && secretCharacters.has(text.charCodeAt(end))) end += 1
    if (!isSecret(text.slice(start, end))) continue
    output += text.slice(copiedTo, start) + redacted
    copiedTo = end
    marker.lastIndex = end
  }
  return copiedTo === 0 ? text : output + text.slice(copiedTo)
}

function replaceSecrets(text: string): string {
  return replaceAfter(
    text,
    secretMarker,
    (candidate) => candidate.length >= secretCharsMin && !publicPrefixes.has(candidate),
  )
}

// A short word without digits and inner capitals is let through: "basic settings" is English.
function isToken(candidate: string): boolean {
  return candidate.length >= tokenCharsMin || (candidate.length >= secretCharsMin && /\d|.[A-Z]/.test(candidate))
}

/** True when the shape alone does not cover the key wholly. */
function needsRegistration(secret: string): boolean {
  return !/^(?:jsk|whsec)_\[redacted\]$/.test(replaceSecrets(secret))
}

/**
 * Remembers a key whose characters its shape does not cover, so that its exact text (plain, inside
 * JSON, inside a URL) is removed as well. Any other key is left alone: no second copy is kept of it.
 */
export function registerSecret(secret: string): void {
  if (!needsRegistration(secret) || registered.size >= registeredMax) return
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) registered.add(form)
}

/** Drops what `registerSecret` remembers: when keys in memory are forgotten. */
export function forgetRegisteredSecrets(): void {
  registered.clear()
}

function removeRegistered(text: string): string {
  let rest = text
  for (const secret of registered) if (rest.includes(secret)) rest = rest.replaceAll(secret, redacted)
  return rest
}

/** Replaces keys and webhook secrets, and leaves all other text as it is: for bodies of answers. */
export function redactKeys(text: string): string {
  return replaceSecrets(registered.size === 0 ? text : removeRegistered(text))
}

/** Replaces keys, webhook secrets and bearer tokens in any text. API reference, section 15.5. */
export function redactText(text: string): string {
  return replaceAfter(redactKeys(text), tokenMarker, isToken)
}

/**
 * Redacts a body as text, which may be JSON. Needless escapes (`\u006a`, `\/`) are written out
 * first, because they can hide a key from its shape; JSON means the same afterwards.
 */
export function redactBody(body: string): string {
  const plain = body.replace(jsonEscape, (whole: string, code: string | undefined) => {
    if (whole === '\\/') return '/'
    if (code === undefined) return whole
    const character = String.fromCharCode(Number.parseInt(code, 16))
    return character === '"' || character === '\\' || character === '\x7f' ? whole : character
  })
  return redactKeys(plain)
}

/** True when the text holds something of the shape of a key or a webhook secret, or a key that `registerSecret` knows. */
export function holdsSecret(text: string): boolean {
  return redactKeys(text) !== text
}

/** True for headers and fields that are secret by their name, whatever they hold. */
export function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase())
}

/** A header's value as it may be kept. */
export function redactHeader(name: string, value: string): string {
  return isSecretName(name) ? redacted : redactText(value)
}

/** Redacts every key inside parsed JSON, in names of members too. What lies deeper than 100 levels becomes null. */
export function redactJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactKeys(value)
  if (value === null || typeof value !== 'object') return value
  if (depth >= jsonDepthMax) return null
  if (Array.isArray(value)) return value.map((item) => redactJson(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redactKeys(name), redactJson(item, depth + 1)]),
  )
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value).slice(0, itemsMax)) {
    let item: unknown
    try {
      item = Reflect.get(value, name)
    } catch {
      item = '[unreadable]'
    }
    const isSecret = isSecretName(name) && item !== null && item !== undefined
    copy[redactText(name)] = isSecret ? redacted : redactValue(item, depth + 1)
  }
  return copy
}

/**
 * Redacts every string inside a value of any kind, for the log. Cycles, depth over 8 and lists over
 * 200 are cut; bytes, functions and symbols become a mark.
 */
export function redactValue(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'bigint':
      return value.toString()
    case 'function':
    case 'symbol':
      return `[${typeof value}]`
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
    case 'undefined':
      return value
    case 'object':
      break
  }
  if (value === null) return null
  if (depth >= depthMax) return '[deep]'
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Error) {
    return {
      ...redactMembers(value, depth),
      name: redactText(value.name),
      message: redactText(value.message),
      stack: redactText(value.stack ?? ''),
      ...(value.cause === undefined ? {} : { cause: redactValue(value.cause, depth + 1) }),
      ...(value instanceof AggregateError ? { errors: redactValue(value.errors, depth + 1) } : {}),
    }
  }
  if (Array.isArray(value)) {
    const isSecretPair = value.length === 2 && typeof value[0] === 'string' && isSecretName(value[0])
    if (isSecretPair) return [value[0], redacted]
    return value.slice(0, itemsMax).map((item) => redactValue(item, depth + 1))
  }
  if (value instanceof Map || value instanceof Set) return redactValue([...value], depth + 1)
  return redactMembers(value, depth)
}
