import type { WebhookSecretFault } from './error.ts'
import type { ErrorText } from './error-text.ts'
import type { BodyAlteration, DeliveryProblem, SignatureFault, TimeCheck, Verification } from './model/webhook.ts'
import { assertNever } from './result.ts'

/** Why there is no secret, and what to do. */
export function describeSecretFault(fault: WebhookSecretFault): ErrorText {
  switch (fault) {
    case 'empty':
      return { title: 'The clipboard holds no text', detail: 'Copy the secret of the webhook first.' }
    case 'prefix':
      return { title: 'The clipboard holds no webhook secret', detail: 'A secret begins with whsec_. Copy it alone.' }
    case 'key':
      return {
        title: 'This is a key, not a webhook secret',
        detail: 'A webhook secret begins with whsec_. Keys are added under Keys.',
      }
    case 'shape':
      return {
        title: 'Part of the secret is missing or wrong',
        detail: 'A secret is one word of plain ASCII. Copy it whole and alone.',
      }
    case 'none':
      return {
        title: 'The secret of this webhook is not kept here',
        detail: 'It was made elsewhere. Add its secret from the clipboard, or delete the webhook and create it again.',
      }
    case 'lost':
      return {
        title: 'The secret of this webhook could not be kept',
        detail: 'The server told it once, and it did not reach the keychain. Delete the webhook and create it again.',
      }
    case 'missing':
      return {
        title: 'The secret is gone from the keychain',
        detail:
          'Another program or another keyring took it away. Add it from the clipboard, or delete the webhook and create it again.',
      }
    default:
      return assertNever(fault)
  }
}

function describeProblem(what: DeliveryProblem['what']): { readonly title: string; readonly detail: string } {
  switch (what) {
    case 'empty':
      return { title: 'There is nothing to verify', detail: 'Paste a delivery: its headers, an empty line, its body.' }
    case 'header':
      return { title: 'This line is no header', detail: 'Each line before the body reads Name: value.' }
    case 'answer':
      return { title: 'This is an answer, not a delivery', detail: 'Paste the request that came to the endpoint.' }
    case 'json':
      return { title: 'This is no JSON', detail: 'It begins like JSON and breaks off here.' }
    case 'json-headers':
      return { title: 'This JSON has no headers', detail: 'It needs a member named headers beside the body.' }
    case 'json-body':
      return { title: 'This JSON has no body', detail: 'It needs a member named body beside the headers.' }
    case 'body-only':
      return { title: 'This is the body alone', detail: 'Its signature stands in a header. Paste the headers, too.' }
    case 'no-body':
      return {
        title: 'The body is missing',
        detail: 'The signature is made over the body. Paste it behind an empty line.',
      }
    case 'base64':
      return { title: 'The body is no Base64', detail: 'The JSON says that its body is in Base64, and it is not.' }
    default:
      return assertNever(what)
  }
}

/** What keeps a paste from being read, with its place. */
export function describeDeliveryProblem({ what, line, column }: DeliveryProblem): ErrorText {
  const { title, detail } = describeProblem(what)
  return { title, detail: what === 'empty' ? detail : `Line ${line}, column ${column}. ${detail}` }
}

/** Verdict on a delivery in one sentence without a full stop. */
export function describeVerdict(verdict: Verification['verdict']): string {
  switch (verdict) {
    case 'verified':
      return 'The signature is right'
    case 'altered':
      return 'The signature is right, for the body before it was pasted'
    case 'refused':
      return 'The signature does not fit'
    case 'malformed':
      return 'The signature cannot be read'
    case 'unsigned':
      return 'There is no signature'
    case 'no-secret':
      return 'No secret to compare with'
    default:
      return assertNever(verdict)
  }
}

/** What the paste did to the body. */
export function describeAlteration(alteration: BodyAlteration): string {
  switch (alteration) {
    case 'line-end-added':
      return 'The paste added a line end behind the body.'
    case 'line-end-removed':
      return 'The paste dropped the line end behind the body.'
    case 'crlf-to-lf':
      return 'The paste turned CRLF line ends into LF.'
    case 'lf-to-crlf':
      return 'The paste turned LF line ends into CRLF.'
    case 'spaces-around':
      return 'The paste put blanks around the body.'
    case 'json-spaced':
      return 'The body was formatted anew: it fits as compact JSON.'
    default:
      return assertNever(alteration)
  }
}

/** Why a signature header cannot be compared. */
export function describeSignatureFault(fault: SignatureFault): string {
  switch (fault) {
    case 'empty':
      return 'The header is empty.'
    case 'several':
      return 'The header holds more than one signature.'
    case 'prefix':
      return 'The header begins with sha256=; the documentation has bare hex digits.'
    case 'not-hex':
      return 'The header holds something else than hex digits.'
    case 'length':
      return 'A signature has 64 hex digits; this one has not.'
    case 'no-time':
      return 'The header has no time t= in Unix seconds.'
    case 'no-v1':
      return 'The header has no signature v1=.'
    default:
      return assertNever(fault)
  }
}

/** How far off a time is, as `12 s` or `3 h`. */
function formatSpan(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ] as const
  const [size, name] = units.find(([each]) => seconds >= each) ?? [1, 's']
  return `${Math.floor(seconds / size)} ${name}`
}

/** What the time of a delivery says against the 300 s of the documentation. */
export function describeTime({ state, seconds, signed }: TimeCheck): string {
  const span = formatSpan(Math.abs(seconds ?? 0))
  const cover = signed ? 'The signature covers it.' : 'The signature does not cover it.'
  switch (state) {
    case 'fresh':
      return `Sent ${span} ${(seconds ?? 0) < 0 ? 'ahead' : 'ago'}, within 300 s. ${cover}`
    case 'old':
      return `Sent ${span} ago: a receiver that keeps the 300 s refuses it by now. ${cover}`
    case 'ahead':
      return `Stamped ${span} in the future: a receiver that keeps the 300 s refuses it. ${cover}`
    case 'missing':
      return 'There is no time in it.'
    case 'malformed':
      return 'Its time is no number of Unix seconds.'
    default:
      return assertNever(state)
  }
}
