import type {
  AppError,
  BaseUrlFault,
  GuardedError,
  IssuerFault,
  KeychainFault,
  KeyFault,
  OutboxFault,
  ReplayFault,
  RotationFault,
  StorageFault,
} from './error.ts'
import { describeFilterProblem } from './filter/problem-text.ts'
import { describeCurlFault } from './import-text.ts'
import { limits } from './limits.ts'
import type { ExportFault } from './model/export.ts'
import { assertNever } from './result.ts'
import { describeDeliveryProblem, describeSecretFault } from './webhook-text.ts'

/** What a person can do about a failure, where a button can do it. */
export type ErrorActionName =
  | 'retry'
  | 'add-key'
  | 'show-keys'
  | 'show-environments'
  | 'check-keychain'
  | 'open-dashboard'

/** A failure in words: what happened, what it means and what to do, and the button that does it. */
export interface ErrorText {
  /** One sentence without a full stop at its end. */
  readonly title: string
  readonly detail: string
  readonly action?: { readonly name: ErrorActionName; readonly label: string }
}

/** Names that make a sentence exact, as far as the place that shows it knows them. */
export interface ErrorContext {
  readonly environmentName?: string
  /** Name of the keychain on this platform. */
  readonly backend?: string
}

const retry = { name: 'retry', label: 'Try again' } as const
const addKey = { name: 'add-key', label: 'Add key' } as const
const showKeys = { name: 'show-keys', label: 'Show keys' } as const
const showEnvironments = { name: 'show-environments', label: 'Show environment' } as const
const checkKeychain = { name: 'check-keychain', label: 'Check again' } as const
const copyAgain = 'Copy the key again from the API Keys page.'

/** Why a text is not a key, and what to do. */
export function describeKeyFault(fault: KeyFault): ErrorText {
  switch (fault) {
    case 'empty':
      return { title: 'The clipboard holds no text', detail: 'Copy a key from the API Keys page first.' }
    case 'prefix':
      return { title: 'The clipboard holds no key', detail: `A key begins with jsk_. ${copyAgain}` }
    case 'surrounded':
      return { title: 'The clipboard holds more than a key', detail: 'Copy the key alone, without the text around it.' }
    case 'whitespace':
      return { title: 'A key has no spaces or line breaks', detail: copyAgain }
    case 'control':
      return { title: 'A key has no control characters', detail: copyAgain }
    case 'alphabet':
      return { title: 'A key has no accents or signs beyond plain ASCII', detail: copyAgain }
    case 'too-short':
      return {
        title: 'This is too short for a key',
        detail: `A key has at least ${limits.keyCharsMin} characters. Part of it was left behind. ${copyAgain}`,
      }
    case 'too-long':
      return {
        title: 'This is too long for a key',
        detail: `A key has at most ${limits.keyCharsMax} characters. ${copyAgain}`,
      }
    default:
      return assertNever(fault)
  }
}

/** Why an address can be no base URL, and what to do. */
export function describeBaseUrlFault(fault: BaseUrlFault): ErrorText {
  switch (fault) {
    case 'not-a-url':
      return { title: 'This is no web address', detail: 'Write it in full, as https://api.example.com/api/v1.' }
    case 'scheme':
      return { title: 'Only https addresses can be called', detail: 'Begin the address with https://.' }
    case 'plain-http':
      return {
        title: 'Plain http shows the key to the network',
        detail: 'Use https, or a loopback address.',
      }
    case 'credentials':
      return {
        title: 'The address holds a user name or a password',
        detail: 'Remove the part before @. Keys travel in a header and nowhere else.',
      }
    case 'query':
      return { title: 'A base URL ends before ? and #', detail: 'Remove the query and the fragment.' }
    case 'too-long':
      return {
        title: 'The address is too long',
        detail: `A base URL has at most ${limits.urlCharsMax} characters.`,
      }
    default:
      return assertNever(fault)
  }
}

function describeKeychainFault(fault: KeychainFault, context: ErrorContext): ErrorText {
  const name = context.backend === undefined || context.backend === '' ? 'The keychain' : context.backend
  switch (fault) {
    case 'locked':
      return {
        title: `${name} is locked`,
        detail: 'Unlock it, then check again. Nothing was changed.',
        action: checkKeychain,
      }
    case 'denied':
      return {
        title: `${name} refused access`,
        detail: 'Allow Jasni Vault when the system asks, then check again. Nothing was changed.',
        action: checkKeychain,
      }
    case 'unavailable':
      return {
        title: `${name} is not available`,
        detail:
          'Keys live there and nowhere else. Start it, then check again. If it still does not answer, start Jasni Vault again.',
        action: checkKeychain,
      }
    case 'busy':
      return {
        title: `${name} does not answer`,
        detail: 'It may show a prompt behind another window. Answer it, then check again.',
        action: checkKeychain,
      }
    case 'too-large':
      return {
        title: 'This key is too long for the keychain',
        detail: `Keys of up to ${limits.secretBytesMax} bytes can be kept. ${copyAgain}`,
      }
    case 'mismatch':
      return {
        title: `${name} gave back something else than was stored`,
        detail: 'The key was not added. Check the keychain, then add the key again.',
        action: checkKeychain,
      }
    case 'failed':
      return {
        title: `${name} failed`,
        detail: 'Nothing was changed. The log of this app holds the reason.',
        action: checkKeychain,
      }
    default:
      return assertNever(fault)
  }
}

function describeStorageFault(fault: StorageFault): ErrorText {
  switch (fault) {
    case 'full':
      return {
        title: 'The disk is full',
        detail: 'The change was not kept; everything before it is safe. Free some space, then do it again.',
      }
    case 'read-only':
      return {
        title: 'The profile folder cannot be written',
        detail: 'The change was not kept. Give this user the right to write there, then start the app again.',
      }
    case 'newer':
      return {
        title: 'A newer Jasni Vault wrote this profile',
        detail: 'It is open for reading only, so the change was not kept. Use the newer version.',
      }
    case 'damaged':
      return {
        title: 'The file of this profile is damaged',
        detail: 'The change was not kept. Start the app again: the damaged file is moved aside, never deleted.',
      }
    case 'failed':
      return {
        title: 'The change could not be kept on disk',
        detail: 'Everything before it is safe. The log of this app holds the reason.',
      }
    default:
      return assertNever(fault)
  }
}

function formatSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

/** The server's own words, when it had any. */
function quote(apiMessage: string): string {
  const text = apiMessage.trim().replace(/[.!\s]+$/, '')
  return text === '' ? '' : ` It said: “${text}”.`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** The sentences for every foreseen failure; the only place that has them. */
export function describeError(error: AppError, context: ErrorContext = {}): ErrorText {
  const server = context.environmentName === undefined ? 'The server' : `The server of ${context.environmentName}`
  const where = context.environmentName ?? 'this environment'
  switch (error.kind) {
    case 'UNAUTHORIZED':
      return {
        title: `${server} refused the key`,
        detail: `It answered 401: the key is wrong, revoked or expired. Prove it in Keys, or add another.${quote(error.apiMessage)}`,
        action: showKeys,
      }
    case 'FORBIDDEN':
      return {
        title: 'This key may not do that',
        detail: `${server} answered 403: the key is alive but lacks the right.${quote(error.apiMessage)}`,
        action: showKeys,
      }
    case 'API_NOT_FOUND':
      return {
        title: `${server} does not know that`,
        detail: `It answered 404: the message, the account or the address is gone, or the base URL is wrong.${quote(error.apiMessage)}`,
        action: retry,
      }
    case 'RATE_LIMITED':
      return {
        title: `The rate limit of ${where} is reached`,
        detail:
          error.retryAfterMs === null
            ? `${server} answered 429. The window is 60 seconds long; the oldest call frees the next slot.`
            : `${server} answered 429 and asks to wait ${formatSeconds(error.retryAfterMs)}.`,
        action: retry,
      }
    case 'API_REFUSED':
      return {
        title: `${server} refused the call`,
        detail: `It answered ${error.status}.${quote(error.apiMessage)} Requests shows what was sent.`,
        action: retry,
      }
    case 'SERVER_ERROR':
      return {
        title: `${server} failed`,
        detail: `It answered ${error.status}; the fault is on its side.${quote(error.apiMessage)} Wait a moment, then send the call again.`,
        action: retry,
      }
    case 'BAD_ANSWER':
      return describeBadAnswer(error, server)
    case 'ANSWER_TOO_LARGE':
      return {
        title: `${server} sent too much`,
        detail: `The answer was larger than ${Math.round(error.bytesMax / 1024 / 1024)} MB and was not read to its end.`,
      }
    case 'REDIRECTED':
      return {
        title: `${server} sent the call elsewhere`,
        detail: `It pointed to ${error.toOrigin}. The key was not sent there. Correct the base URL if that is where the API lives.`,
        action: showEnvironments,
      }
    case 'TIMEOUT':
      return {
        title: `${server} did not answer`,
        detail: `The call was ended after ${formatSeconds(error.afterMs)}. Check the connection, then send it again.`,
        action: retry,
      }
    case 'NETWORK':
      return describeNetworkError(error.reason, server)
    case 'CANCELLED':
      return {
        title: 'The call was cancelled',
        detail: 'It may still have reached the server.',
        action: retry,
      }
    case 'UNKNOWN_OUTCOME':
      return {
        title: 'It is not known whether this was carried out',
        detail:
          error.status === null
            ? `The request was sent, and no answer of ${lowerFirst(server)} came back. Look whether it was done before you send it again.`
            : `${server} answered ${error.status}, which may come after the work was done. Look whether it was done before you send it again.`,
      }
    case 'KEYCHAIN':
      return describeKeychainFault(error.fault, context)
    case 'STORAGE':
      return describeStorageFault(error.fault)
    case 'BAD_REQUEST':
      return {
        title: 'This input was not accepted',
        detail:
          error.field === '' ? 'A part of it is empty, too long or of the wrong form.' : `Correct “${error.field}”.`,
      }
    case 'WRONG_SENDER':
      return {
        title: 'A page asked that may not',
        detail: 'Only the window of Jasni Vault may do that. Nothing was changed.',
      }
    case 'OVERLOADED':
      return {
        title: 'Too many calls at once',
        detail: `At most ${limits.bridgeCallsInFlightMax} may run. Wait until some have ended.`,
        action: retry,
      }
    case 'INTERNAL':
      return {
        title: 'Jasni Vault made a mistake',
        detail: `Nothing was lost. The log holds the details under ${error.reference}.`,
        action: retry,
      }
    case 'NOT_FOUND':
      return describeMissing(error.what)
    case 'KEY_MALFORMED':
      return describeKeyFault(error.fault)
    case 'KEY_IN_TEXT':
      return {
        title: 'This text holds a key',
        detail:
          'Keys live in the keychain only, so the text was not kept. Remove the key, and revoke it if others saw it.',
      }
    case 'KEY_EXISTS':
      return {
        title: `This key is already stored under ${error.environmentName}`,
        detail: `It is “${error.label}” there. Each key belongs to one environment: copy another, or delete that one first.`,
        action: showKeys,
      }
    case 'TEST_KEY':
      return {
        title: `This is a test key, and ${error.environmentName} is protected`,
        detail: 'It begins with jsk_test_. Add it only if that is what you mean.',
      }
    case 'NO_KEY':
      return {
        title: `${error.environmentName} has no key`,
        detail: 'Add one to make calls there.',
        action: addKey,
      }
    case 'KEY_MISSING':
      return {
        title: `“${error.label}” is missing from the keychain`,
        detail: `${error.environmentName} cannot be called with it. Restore it in the keychain, or add another key.`,
        action: addKey,
      }
    case 'KEY_CHANGED':
      return {
        title: `“${error.label}” was changed outside Jasni Vault`,
        detail: 'The keychain holds another text under its name. It was not used. Delete this key and add it again.',
        action: showKeys,
      }
    case 'BASE_URL':
      return describeBaseUrlFault(error.fault)
    case 'NAME_TAKEN':
      return { title: `“${error.name}” exists already`, detail: 'Choose another name.' }
    case 'FIXED':
      return error.what === 'sandbox'
        ? {
            title: 'The Sandbox stays as it is',
            detail: 'Its address follows the local server, and it cannot be removed.',
          }
        : { title: 'The last environment stays', detail: 'Add another one before you remove this.' }
    case 'TOO_MANY':
      return {
        title: `There is room for ${error.max} ${error.what}`,
        detail: `Remove some ${error.what} before you add more.`,
      }
    case 'MORE_CALLS':
      return {
        title: 'More calls match than you agreed to delete',
        detail: `Now there are ${error.count}, so nothing was deleted. Confirm this number to go on.`,
      }
    case 'FILTER': {
      const [first] = error.problems
      return {
        title: 'This filter cannot be read',
        detail: first === undefined ? 'Write it in another way.' : describeFilterProblem(first),
      }
    }
    case 'GUARDED':
      return describeGuarded(error)
    case 'HELD_TOO_SHORT':
      return {
        title: 'The button was let go too early',
        detail: 'Hold it for a whole second, or type the name instead.',
      }
    case 'SANDBOX_DOWN':
      return {
        title: 'The Sandbox is not running',
        detail: 'Its local server could not start. Start the app again; the log holds the reason.',
      }
    case 'BUSY':
      return {
        title: `A rotation of ${error.environmentName} is not done yet`,
        detail: 'One runs at a time. Finish it, or cancel it, in Keys.',
        action: showKeys,
      }
    case 'CONFIRMATION':
      return {
        title: 'This has to be confirmed',
        detail: `Type “${error.expected}” to go on. Nothing was done.`,
      }
    case 'TOO_LATE':
      return describeTooLate(error.what)
    case 'ISSUER':
      return describeIssuerFault(error.fault, error.status)
    case 'ROTATION':
      return describeRotationFault(error.fault)
    case 'EXPORT':
      return describeExportFault(error.fault)
    case 'REPLAY':
      return describeReplayFault(error.fault)
    case 'WEBHOOK_SECRET':
      return describeSecretFault(error.fault)
    case 'DELIVERY_TEXT':
      return describeDeliveryProblem(error.problem)
    case 'RECEIVER':
      return {
        title: 'The receiver could not start',
        detail: 'No port of this machine could be had. See the log.',
        action: retry,
      }
    case 'OUTBOX':
      return describeOutboxFault(error.fault)
    case 'CURL':
      return describeCurlFault(error.fault, error.name)
    default:
      return assertNever(error)
  }
}

function describeBadAnswer(error: Extract<AppError, { kind: 'BAD_ANSWER' }>, server: string): ErrorText {
  const title = `${server} sent an answer that cannot be read`
  const check = 'Check that the base URL leads to the API.'
  switch (error.reason) {
    case 'not-json':
      return { title, detail: `It answered ${error.status} with something that is not JSON. ${check}`, action: retry }
    case 'empty':
      return { title, detail: `It answered ${error.status} with nothing in it. ${check}`, action: retry }
    case 'cut-off':
      return {
        title,
        detail: `It answered ${error.status} and ended in the middle. Check the connection, then send the call again.`,
        action: retry,
      }
    case 'unexpected':
      return {
        title,
        detail: `It answered ${error.status} with JSON of another form than the API has. ${check}`,
        action: retry,
      }
    case 'success-false':
      return {
        title: `${server} did not do it`,
        detail: `It answered ${error.status} and marked the answer as failed.${quote(error.apiMessage)}`,
        action: retry,
      }
    default:
      return assertNever(error.reason)
  }
}

function describeNetworkError(reason: Extract<AppError, { kind: 'NETWORK' }>['reason'], server: string): ErrorText {
  const title = `${server} cannot be reached`
  switch (reason) {
    case 'dns':
      return { title, detail: 'Its name has no address. Check the base URL and the connection.', action: retry }
    case 'refused':
      return { title, detail: 'Nothing listens at that address. Check the base URL and its port.', action: retry }
    case 'reset':
      return { title, detail: 'The connection broke in the middle. Send the call again.', action: retry }
    case 'tls':
      return {
        title,
        detail: 'Its certificate could not be verified, so the key was not sent. Check the base URL and the clock.',
        action: retry,
      }
    case 'unreachable':
      return { title, detail: 'No route leads there. Check the network connection.', action: retry }
    case 'other':
      return { title, detail: 'The connection failed. Check the network; the log holds the reason.', action: retry }
    default:
      return assertNever(reason)
  }
}

function describeGuarded({ environmentName, need }: GuardedError): ErrorText {
  switch (need) {
    case 'arm':
      return {
        title: `${environmentName} is protected`,
        detail: 'Nothing was sent: all but reads needs arming there.',
      }
    case 'switch':
      return {
        title: `${environmentName} is protected`,
        detail: `Nothing was sent. Switch to ${environmentName} first: only the current environment can be armed.`,
      }
    case 'fallen':
      return {
        title: `${environmentName} was disarmed while this call waited`,
        detail: 'It was held back. Send it again if it is still wanted.',
      }
    case 'consent':
      return {
        title: `This would be lost in ${environmentName} for good`,
        detail: 'Nothing was sent: each such call is agreed to once.',
      }
    default:
      return assertNever(need)
  }
}

function describeTooLate(what: Extract<AppError, { kind: 'TOO_LATE' }>['what']): ErrorText {
  switch (what) {
    case 'cancel':
      return { title: 'The new key is already in use', detail: 'Go back to the old key instead of cancelling.' }
    case 'go-back':
      return {
        title: 'The old key is already being revoked',
        detail: 'There is no way back to it. The new key is in use and proven.',
      }
    case 'other':
      return { title: 'The rotation has moved on', detail: 'Look at its present step.' }
    default:
      return assertNever(what)
  }
}

function describeIssuerFault(fault: IssuerFault, status: number | null): ErrorText {
  const answered = status === null ? '' : ` It answered ${status}.`
  switch (fault) {
    case 'unreachable':
      return {
        title: 'The issuer cannot be reached',
        detail: 'Check the network and its address in Settings.',
        action: retry,
      }
    case 'timeout':
      return {
        title: 'The issuer does not answer',
        detail: 'Whether it did its work is not known; that is found out before it is asked again.',
        action: retry,
      }
    case 'unauthorized':
      return {
        title: 'The issuer refused its credential',
        detail: `Set a new one for this environment in Settings.${answered}`,
        action: retry,
      }
    case 'conflict':
      return {
        title: 'The issuer says that this conflicts with another key',
        detail: `No key was made.${answered}`,
        action: retry,
      }
    case 'refused':
      return {
        title: 'The issuer refused',
        detail: `Check its settings for this environment.${answered}`,
        action: retry,
      }
    case 'failed':
      return { title: 'The issuer failed', detail: `The fault is on its side.${answered}`, action: retry }
    case 'no-key':
      return {
        title: 'The issuer answered without a key',
        detail: `Check the place of the key in its answer, in Settings.${answered}`,
        action: retry,
      }
    case 'bad-answer':
      return {
        title: 'The answer of the issuer cannot be read',
        detail: `Check its address in Settings.${answered}`,
        action: retry,
      }
    case 'unknown-key':
      return {
        title: 'The issuer does not know this key',
        detail: 'It cannot end it. Revoke the key where it was made; it is asked until it is dead.',
      }
    case 'no-credential':
      return {
        title: 'The issuer has no credential',
        detail: 'Set one for this environment in Settings.',
        action: retry,
      }
    default:
      return assertNever(fault)
  }
}

function describeRotationFault(fault: RotationFault): ErrorText {
  switch (fault) {
    case 'new-key-refused':
      return {
        title: 'The server refused the new key',
        detail: 'It was not put in use. The old key goes on as before.',
      }
    case 'new-key-unproven':
      return {
        title: 'The new key could not be proven yet',
        detail: 'The server gave no answer that says so. The old key goes on as before.',
        action: retry,
      }
    case 'new-key-lost':
      return {
        title: 'The new key was lost before it was stored',
        detail: 'It is shown once only, so another one is needed. The old key goes on as before.',
      }
    case 'old-key-refused':
      return {
        title: 'The server refuses the old key',
        detail: 'There is no way back to it. The new key stays in use.',
      }
    case 'old-key-unproven':
      return {
        title: 'The old key could not be proven',
        detail: 'Without an answer that it is alive it is not put in use again. The new key stays in use.',
        action: retry,
      }
    case 'old-key-missing':
      return {
        title: 'The secret of the old key is gone from the keychain',
        detail: 'So nobody can prove here that it is dead. Check it on the page where it was made.',
      }
    case 'no-answer':
      return {
        title: 'The server gave no clear answer',
        detail: 'Nothing is learned of the key by it. It is asked again later.',
        action: retry,
      }
    case 'no-signature':
      return {
        title: 'The server does not refuse a key that never existed',
        detail: 'So its answers cannot prove that a key is dead. It is asked again later.',
        action: retry,
      }
    case 'control-failed':
      return {
        title: 'The server refuses the key in use as well',
        detail: 'So its refusals prove nothing now. It is asked again later.',
        action: retry,
      }
    case 'no-control':
      return {
        title: 'There is nothing to compare the refusals with',
        detail:
          'No other key of this server is at hand, and how it refuses was not learned while the key worked. Add a key that works to prove that this one is dead.',
      }
    case 'silence':
      return {
        title: 'The server has given no clear answer for a long time',
        detail: 'Whether the old key is dead or alive is not known. It is asked again every minute.',
        action: retry,
      }
    case 'revoke-by-hand':
      return {
        title: 'The old key waits for you to revoke it',
        detail: 'Revoke it on the page where it was made. It is asked until it is dead.',
        action: { name: 'open-dashboard', label: 'Open the API Keys page' },
      }
    case 'gave-up':
      return {
        title: 'The rotation was given up',
        detail: 'It could not go on for too long. The old key goes on as before.',
      }
    default:
      return assertNever(fault)
  }
}

/** Why an export came to no file, and what to do. */
export function describeExportFault(fault: ExportFault | 'busy'): ErrorText {
  const nothing = 'Nothing was written.'
  switch (fault) {
    case 'busy':
      return { title: 'Another export is not done yet', detail: 'One runs at a time. Wait for it, or cancel it.' }
    case 'full':
      return { title: 'The disk is full', detail: 'No file was left there. Free some space, or choose another place.' }
    case 'denied':
      return { title: 'That folder cannot be written to', detail: `Choose another place. ${nothing}` }
    case 'gone':
      return { title: 'That file or folder is no longer there', detail: 'Choose another place, then export again.' }
    case 'log':
      return {
        title: 'The request log could not be read to its end',
        detail: 'No file was left. Try again; Settings tells the state of the log.',
      }
    case 'failed':
      return { title: 'The file could not be written', detail: 'No file was left. The log holds the reason.' }
    default:
      return assertNever(fault)
  }
}

const filesMegabytesMax = limits.mailFilesBytesMax / 1_000_000

/** Why a message is not sent or not changed, and what to do. */
export function describeOutboxFault(fault: OutboxFault): ErrorText {
  switch (fault) {
    case 'no-recipient':
      return { title: 'Nobody is in To', detail: 'Add at least one address there. Cc and Bcc alone are not enough.' }
    case 'bad-address':
      return { title: 'Something among the recipients is no address', detail: 'Correct or remove what is marked.' }
    case 'no-subject':
      return { title: 'The subject is empty', detail: 'The API wants one with every message.' }
    case 'no-text':
      return { title: 'The message is empty', detail: 'The API wants a text with every message.' }
    case 'files-too-large':
      return {
        title: `The files are larger than ${filesMegabytesMax} MB together`,
        detail: 'Nothing was attached. Share the file by a link instead, or attach a smaller one.',
      }
    case 'too-many-files':
      return {
        title: `A message takes ${limits.mailFilesMax} files`,
        detail: 'Nothing was attached. Remove some first.',
      }
    case 'file-gone':
      return { title: 'The file is not there any more', detail: 'Nothing was attached. Choose it again.' }
    case 'file-denied':
      return { title: 'The file cannot be read', detail: 'Nothing was attached. Give this user the right to read it.' }
    case 'no-file':
      return { title: 'This is no file that can be attached', detail: 'Folders and devices cannot be. Choose a file.' }
    case 'moved-on':
      return {
        title: 'This message is on its way',
        detail: 'It cannot be changed any more. Take the send back first, if there is still time.',
      }
    case 'left-already':
      return { title: 'Too late to take it back', detail: 'The message has left.' }
    default:
      return assertNever(fault)
  }
}

function describeReplayFault(fault: ReplayFault): ErrorText {
  switch (fault) {
    case 'cut':
      return {
        title: 'This call cannot be sent again',
        detail: 'The request log keeps only the beginning of its body. Send it from where it came from.',
      }
    case 'redacted':
      return {
        title: 'This call cannot be sent again',
        detail: 'The request log took a key out of it, so it would not be the same call.',
      }
    case 'sends-again':
      return {
        title: 'This call sends mail',
        detail: 'Sent again, it reaches its recipients a second time. Nothing was sent yet.',
      }
    case 'changes-again':
      return {
        title: 'This call changes something',
        detail: 'Sent again, it does so a second time. Nothing was sent yet.',
      }
    default:
      return assertNever(fault)
  }
}

function describeMissing(what: Extract<AppError, { kind: 'NOT_FOUND' }>['what']): ErrorText {
  switch (what) {
    case 'environment':
      return { title: 'This environment no longer exists', detail: 'Choose another one.' }
    case 'key':
      return { title: 'This key no longer exists', detail: 'It was deleted meanwhile.' }
    case 'call':
      return { title: 'This call is no longer in the log', detail: 'The oldest calls make room for new ones.' }
    case 'link':
      return { title: 'This link is no longer open', detail: 'Click it in the message again.' }
    case 'message':
      return { title: 'This message is no longer there', detail: 'It was moved or deleted. Fetch the folder again.' }
    case 'question':
      return { title: 'This question is no longer open', detail: 'Nothing was sent. Begin again.' }
    case 'webhook':
      return { title: 'This webhook is no longer there', detail: 'It was deleted meanwhile. Load the list again.' }
    case 'delivery':
      return { title: 'This delivery is no longer kept', detail: 'The oldest deliveries make room for new ones.' }
    case 'draft':
      return { title: 'This draft is not there any more', detail: 'It was sent or discarded.' }
    case 'rotation':
      return { title: 'This rotation is no longer kept', detail: 'The oldest reports make room for new ones.' }
    default:
      return assertNever(what)
  }
}
