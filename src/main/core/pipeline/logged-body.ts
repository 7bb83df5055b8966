import { limits } from '../../../shared/limits.ts'
import type { LoggedBody } from '../../../shared/model/call.ts'
import { redactBody } from '../log/redaction.ts'

// A key that the cut would tear in two is seen whole, and removed, before the cut.
const slackBytes = 2 * limits.keyCharsMax * 3

function cutText(text: string, bytesMax: number): string {
  // A unit of text takes three bytes at most: most bodies need no buffer to be measured in.
  if (text.length * 3 <= bytesMax) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax))
  return text.slice(0, read)
}

/** A body as the request log keeps it: redacted, at most `bytesMax` bytes of text, with its full size. */
export function logBody(body: Uint8Array, bytesMax: number = limits.loggedBodyBytesMax): LoggedBody {
  const head = body.subarray(0, bytesMax + slackBytes)
  // The stream option drops a character that the end of `head` has torn.
  const text = redactBody(new TextDecoder().decode(head, { stream: head.byteLength < body.byteLength }))
  const cut = cutText(text, bytesMax)
  return { text: cut, bytes: body.byteLength, truncated: cut.length < text.length || head.byteLength < body.byteLength }
}
