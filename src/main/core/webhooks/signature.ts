import type { Header } from '../../../shared/model/call.ts'
import type { SignatureCheck, SignatureFault, SignatureScheme, TimeCheck } from '../../../shared/model/webhook.ts'
import type { Mac } from '../ports.ts'

/** Names of the headers that carry a signature, in lower case. API reference, sections 10 and 13. */
export const signatureHeaders: { readonly [S in SignatureScheme]: string } = {
  documented: 'x-webhook-signature',
  sdk: 'x-jasni-signature',
}

/** How far off a time may be: the documentation's sample code. API reference, section 10. */
export const toleranceSeconds = 300

const timestampHeader = 'x-webhook-timestamp'
const digestBytes = 32
const headerCharsMax = 4096
const secondsMax = 253_402_300_799

/** Compares without telling by its duration how much is equal. Only a difference of length is told at once. */
export function equalsInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index += 1) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}

/** All values of a header, without the blanks around them. */
function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([candidate]) => candidate.trim().toLowerCase() === name).map(([, value]) => value.trim())
}

function readDigest(text: string): Uint8Array | SignatureFault {
  if (text === '') return 'empty'
  if (/^sha-?256[=:]/i.test(text)) return 'prefix'
  if (!/^[0-9a-f]*$/i.test(text)) return text.includes(',') ? 'several' : 'not-hex'
  if (text.length !== digestBytes * 2) return 'length'
  return Uint8Array.from({ length: digestBytes }, (_none, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  )
}

function readSeconds(text: string): number | null {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  return seconds <= secondsMax ? seconds : null
}

/** A signature as a header has it: the text that was signed begins with `prefix`. */
interface ReadSignature {
  readonly digests: readonly Uint8Array[]
  readonly prefix: string
  readonly seconds: number | null
}

/** `<hex>` over the body. The time stands in a header of its own and is not signed. */
function readDocumented(value: string): ReadSignature | SignatureFault {
  const digest = readDigest(value)
  return typeof digest === 'string' ? digest : { digests: [digest], prefix: '', seconds: null }
}

/** `t=<unix>,v1=<hex>` over `<unix>.<body>`; several `v1` are allowed, other members are not looked at. */
function readSdk(value: string): ReadSignature | SignatureFault {
  if (value === '') return 'empty'
  const members = value.split(',').map((member): readonly [string, string] => {
    const at = member.indexOf('=')
    return at < 0 ? [member.trim(), ''] : [member.slice(0, at).trim(), member.slice(at + 1).trim()]
  })
  const times = members.filter(([name]) => name === 't').map(([, text]) => text)
  const [time] = times
  const seconds = times.length === 1 && time !== undefined ? readSeconds(time) : null
  if (time === undefined || seconds === null) return 'no-time'
  const digests = members.filter(([name]) => name === 'v1').map(([, text]) => readDigest(text))
  if (digests.length === 0) return 'no-v1'
  const fault = digests.find((digest): digest is SignatureFault => typeof digest === 'string')
  const whole = digests.filter((digest): digest is Uint8Array => typeof digest !== 'string')
  // What was signed is the time as it stands there, leading zeros included.
  return whole.length === 0 ? (fault ?? 'no-v1') : { digests: whole, prefix: `${time}.`, seconds }
}

/** One signature of a delivery, ready to be compared. */
export interface SignatureOfDelivery {
  readonly scheme: SignatureScheme
  readonly read: ReadSignature | SignatureFault
}

/** The signatures that a delivery carries; none for a delivery without. */
export function readSignatures(headers: readonly Header[]): SignatureOfDelivery[] {
  return (['documented', 'sdk'] as const).flatMap((scheme) => {
    const values = [...new Set(valuesOf(headers, signatureHeaders[scheme]))]
    const [value] = values
    if (value === undefined) return []
    if (values.length > 1 || value.length > headerCharsMax) return [{ scheme, read: 'several' as const }]
    return [{ scheme, read: scheme === 'documented' ? readDocumented(value) : readSdk(value) }]
  })
}

/** Compares one signature with what the secret makes of the body. */
export function checkSignature(
  mac: Mac,
  secret: string,
  body: Uint8Array,
  { scheme, read }: SignatureOfDelivery,
): SignatureCheck {
  if (typeof read === 'string') return { scheme, result: 'malformed', alteration: null, fault: read }
  const prefix = new TextEncoder().encode(read.prefix)
  const signed = new Uint8Array(prefix.length + body.length)
  signed.set(prefix)
  signed.set(body, prefix.length)
  const expected = mac.hmacSha256(secret, signed)
  // Every one is compared, so that the duration does not tell which it was.
  const fits = read.digests.map((digest) => equalsInConstantTime(digest, expected)).includes(true)
  return { scheme, result: fits ? 'match' : 'mismatch', alteration: null, fault: null }
}

/** Judges the time of a delivery: that of the SDK's header when there is one, since it is signed. */
export function checkTime(
  headers: readonly Header[],
  signatures: readonly SignatureOfDelivery[],
  nowMs: number,
): TimeCheck {
  const sdk = signatures.find(({ scheme }) => scheme === 'sdk')?.read
  const signed = sdk !== undefined && typeof sdk !== 'string'
  const values = [...new Set(valuesOf(headers, timestampHeader))]
  const [value] = values
  if (!signed && value === undefined) return { state: 'missing', seconds: null, signed: false }
  const sentAt = signed ? sdk.seconds : values.length === 1 && value !== undefined ? readSeconds(value) : null
  if (sentAt === null) return { state: 'malformed', seconds: null, signed }
  const seconds = Math.floor(nowMs / 1000) - sentAt
  const state = seconds > toleranceSeconds ? 'old' : seconds < -toleranceSeconds ? 'ahead' : 'fresh'
  return { state, seconds, signed }
}
