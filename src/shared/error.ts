import type { FilterProblem } from './filter/filter.ts'
import type { NetworkFault } from './model/call.ts'
import type { ExportFault } from './model/export.ts'
import type { DeliveryProblem } from './model/webhook.ts'

/** Why a text is not a key. */
export type KeyFault =
  | 'empty'
  | 'prefix'
  | 'whitespace'
  | 'control'
  | 'alphabet'
  | 'too-short'
  | 'too-long'
  | 'surrounded'

/** Why an address is not a base URL that a key may be sent to. */
export type BaseUrlFault = 'not-a-url' | 'scheme' | 'plain-http' | 'credentials' | 'query' | 'too-long'

/** What the OS keychain answered instead of doing its work. */
export type KeychainFault = 'locked' | 'denied' | 'unavailable' | 'busy' | 'too-large' | 'mismatch' | 'failed'

/** What the disk answered instead of keeping a change. */
export type StorageFault = 'full' | 'read-only' | 'newer' | 'damaged' | 'failed'

/**
 * What the issuer of keys did instead of its work. `no-key`: it answered with success and without
 * a key. `unknown-key`: it has no key of that name, so it cannot end it.
 */
export type IssuerFault =
  | 'unreachable'
  | 'timeout'
  | 'unauthorized'
  | 'conflict'
  | 'refused'
  | 'failed'
  | 'no-key'
  | 'bad-answer'
  | 'unknown-key'
  | 'no-credential'

/** What keeps a rotation from its next step, beside keychain, disk and issuer. */
export type RotationFault =
  | 'new-key-refused'
  | 'new-key-unproven'
  | 'new-key-lost'
  | 'old-key-refused'
  | 'old-key-unproven'
  | 'old-key-missing'
  | 'no-answer'
  | 'no-signature'
  | 'control-failed'
  | 'no-control'
  | 'silence'
  | 'revoke-by-hand'
  | 'gave-up'

/**
 * Why a recorded call is not sent again. `sends-again` and `changes-again`: not before the person
 * confirms it. `cut`, `redacted`: the log does not hold the body as it was sent.
 */
export type ReplayFault = 'cut' | 'redacted' | 'sends-again' | 'changes-again'

/**
 * Why there is no secret of a webhook: the text is none, it is a key of the API, or none is kept (`none`: made elsewhere;
 * `lost`: it could not be kept; `missing`: it is gone from the keychain).
 */
export type WebhookSecretFault = 'empty' | 'prefix' | 'key' | 'shape' | 'none' | 'lost' | 'missing'

/**
 * Why a cURL command is not imported: nothing is on the clipboard, it is too long, it is no curl command, the shell's
 * text has an open quote or a command inside, an option is unknown or lacks its value, a file or a form is sent, the
 * address is none, is another host's or no operation's, the body is no JSON object.
 */
export type CurlFault =
  | 'empty'
  | 'too-long'
  | 'not-curl'
  | 'quote'
  | 'substitution'
  | 'option'
  | 'value'
  | 'file'
  | 'form'
  | 'url'
  | 'host'
  | 'path'
  | 'body'

/** Why a message is not sent, kept or changed as asked. */
export type OutboxFault =
  | 'no-recipient'
  | 'bad-address'
  | 'no-subject'
  | 'no-text'
  | 'files-too-large'
  | 'too-many-files'
  | 'file-gone'
  | 'file-denied'
  | 'no-file'
  | 'moved-on'
  | 'left-already'

/** An error of the OS keychain. Carries no text of the platform: that goes to the log only. */
export interface KeychainError {
  readonly kind: 'KEYCHAIN'
  readonly fault: KeychainFault
}

/** A change that could not be kept on disk. What was kept before is untouched. */
export interface StorageError {
  readonly kind: 'STORAGE'
  readonly fault: StorageFault
}

/**
 * What a call to the API came to when it did not succeed. `callId` points into the request log
 * when the call was recorded. `apiMessage` is the server's text for people, redacted.
 */
export type CallError =
  | { readonly kind: 'UNAUTHORIZED'; readonly apiMessage: string; readonly callId: number | null }
  | { readonly kind: 'FORBIDDEN'; readonly apiMessage: string; readonly callId: number | null }
  | { readonly kind: 'API_NOT_FOUND'; readonly apiMessage: string; readonly callId: number | null }
  | {
      readonly kind: 'RATE_LIMITED'
      readonly apiMessage: string
      readonly retryAfterMs: number | null
      readonly callId: number | null
    }
  | {
      readonly kind: 'API_REFUSED'
      readonly status: number
      readonly apiMessage: string
      readonly callId: number | null
    }
  | {
      readonly kind: 'SERVER_ERROR'
      readonly status: number
      readonly apiMessage: string
      readonly callId: number | null
    }
  | {
      readonly kind: 'BAD_ANSWER'
      readonly reason: 'not-json' | 'empty' | 'cut-off' | 'unexpected' | 'success-false'
      readonly status: number
      readonly apiMessage: string
      readonly callId: number | null
    }
  | { readonly kind: 'ANSWER_TOO_LARGE'; readonly bytesMax: number; readonly callId: number | null }
  | { readonly kind: 'REDIRECTED'; readonly toOrigin: string; readonly callId: number | null }
  | { readonly kind: 'TIMEOUT'; readonly afterMs: number; readonly callId: number | null }
  | {
      readonly kind: 'NETWORK'
      readonly reason: NetworkFault
      readonly callId: number | null
    }
  | { readonly kind: 'CANCELLED'; readonly callId: number | null }

/**
 * A call that the guard of a protected environment held back; nothing of it left. `arm`: it needs arming. `switch`: the
 * environment is not the current one, and only that can be armed. `fallen`: it waited, and its arming ended meanwhile.
 * `consent`: armed, but it destroys something, which a person agrees to once for each call.
 */
export type GuardedError = {
  readonly kind: 'GUARDED'
  readonly environmentId: string
  readonly environmentName: string
} & (
  | { readonly need: 'arm' | 'switch' | 'fallen' }
  | {
      readonly need: 'consent' /** Names the question for `guard.loss` and `guard.agree`. */
      readonly questionId: string
    }
)

/** Every foreseen failure that crosses a layer or the bridge. Never holds a secret. */
export type AppError =
  | CallError
  | KeychainError
  | StorageError
  | {
      /** A send that failed but may have been carried out; nothing repeats it by itself. */
      readonly kind: 'UNKNOWN_OUTCOME'
      readonly status: number | null
      readonly callId: number | null
    }
  | { readonly kind: 'BAD_REQUEST'; readonly field: string }
  | { readonly kind: 'WRONG_SENDER' }
  | { readonly kind: 'OVERLOADED' }
  | { readonly kind: 'INTERNAL'; readonly reference: string }
  | {
      readonly kind: 'NOT_FOUND'
      readonly what:
        | 'environment'
        | 'key'
        | 'call'
        | 'link'
        | 'message'
        | 'draft'
        | 'rotation'
        | 'question'
        | 'webhook'
        | 'delivery'
    }
  | { readonly kind: 'KEY_MALFORMED'; readonly fault: KeyFault }
  | { readonly kind: 'KEY_IN_TEXT'; readonly field: string }
  | { readonly kind: 'KEY_EXISTS'; readonly environmentName: string; readonly label: string }
  | { readonly kind: 'TEST_KEY'; readonly environmentName: string }
  | { readonly kind: 'NO_KEY'; readonly environmentName: string }
  | { readonly kind: 'KEY_MISSING'; readonly environmentName: string; readonly label: string }
  | { readonly kind: 'KEY_CHANGED'; readonly label: string }
  | { readonly kind: 'BASE_URL'; readonly fault: BaseUrlFault }
  | { readonly kind: 'NAME_TAKEN'; readonly name: string }
  | { readonly kind: 'FIXED'; readonly what: 'sandbox' | 'last-environment' }
  | {
      readonly kind: 'TOO_MANY'
      readonly what: 'environments' | 'keys' | 'filters' | 'saved requests' | 'webhook secrets' | 'drafts'
      readonly max: number
    }
  /** More calls match than the person agreed to delete. */
  | { readonly kind: 'MORE_CALLS'; readonly count: number }
  /** A filter that cannot be read, with the place of each fault. */
  | { readonly kind: 'FILTER'; readonly problems: readonly FilterProblem[] }
  | GuardedError
  /** The button to arm was let go before its second was over. */
  | { readonly kind: 'HELD_TOO_SHORT' }
  | { readonly kind: 'SANDBOX_DOWN' }
  | { readonly kind: 'BUSY'; readonly environmentName: string }
  | { readonly kind: 'CONFIRMATION'; readonly expected: string }
  | { readonly kind: 'TOO_LATE'; readonly what: 'cancel' | 'go-back' | 'other' }
  | { readonly kind: 'ISSUER'; readonly fault: IssuerFault; readonly status: number | null }
  | { readonly kind: 'ROTATION'; readonly fault: RotationFault }
  /** A text that was to be the secret of a webhook is none, or there is no secret to be had. */
  | { readonly kind: 'WEBHOOK_SECRET'; readonly fault: WebhookSecretFault }
  /** A pasted delivery that cannot be read, with the place. */
  | { readonly kind: 'DELIVERY_TEXT'; readonly problem: DeliveryProblem }
  /** The local receiver could not begin to listen. */
  | { readonly kind: 'RECEIVER' }
  | { readonly kind: 'EXPORT'; readonly fault: ExportFault | 'busy' }
  | { readonly kind: 'REPLAY'; readonly fault: ReplayFault }
  | { readonly kind: 'OUTBOX'; readonly fault: OutboxFault }
  /** A cURL command that is not imported; `name` is the redacted word that it is about. */
  | { readonly kind: 'CURL'; readonly fault: CurlFault; readonly name: string }

/** The discriminator of every foreseen failure. */
export type ErrorKind = AppError['kind']
