import type { KeychainError, OutboxFault, StorageError } from '../../shared/error.ts'
import type { ReadyFilter } from '../../shared/filter/evaluation.ts'
import type { ApiForm } from '../../shared/model/api-form.ts'
import type { Settings } from '../../shared/model/app.ts'
import type {
  Attempt,
  CallDetail,
  CallOutcome,
  CallPage,
  CallSummary,
  Header,
  NetworkFault,
} from '../../shared/model/call.ts'
import type { SavedRequest } from '../../shared/model/console.ts'
import type { Environment } from '../../shared/model/environment.ts'
import type { ExportFault, ExportFormat } from '../../shared/model/export.ts'
import type { KeychainStatus, KeyEvent, KeySummary, KeyUsage } from '../../shared/model/key.ts'
import type { LogPolicy } from '../../shared/model/log.ts'
import type { OutgoingMail } from '../../shared/model/outgoing.ts'
import type { RotationPolicyRecord, RotationRecord } from '../../shared/model/rotation.ts'
import type { WebhookSecretRecord } from '../../shared/model/webhook.ts'
import type { Result } from '../../shared/result.ts'

/** Wall time for people and records; monotonic time for waits and durations. Both in ms. */
export interface Clock {
  nowMs(): number
  monotonicMs(): number
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Source of identities and of jitter. */
export interface Random {
  /** A new identity of 128 bits in `[a-z0-9-]`. */
  id(): string
  /** Uniform in [0, 1). */
  next(): number
}

/** One-way digest for fingerprints. */
export interface Digest {
  sha256Hex(text: string): string
}

/** Message authentication, for signatures of webhooks. */
export interface Mac {
  /** 32 bytes. The secret counts as its UTF-8. */
  hmacSha256(secret: string, message: Uint8Array): Uint8Array
}

/** A request as the local receiver took it. */
export interface ReceivedRequest {
  readonly headers: readonly Header[]
  /** Empty when it was too long to be kept. */
  readonly body: Uint8Array
  /** Bytes that came, kept or not. */
  readonly bytes: number
  readonly whole: boolean
}

/** What listens on a port of this machine. */
export interface OpenReceiver {
  readonly url: string
  /** Ends every connection, and resolves once the port is free. */
  close(): Promise<void>
}

/** Opens listeners for webhooks, on the loopback address and a free port. */
export interface ReceiverPort {
  /**
   * Takes POSTs below a path that nobody guesses, and no others. `answer` is asked once the body is there: the status, and
   * how long to wait with it. Null when no port can be had.
   */
  open(
    path: string,
    answer: (request: ReceivedRequest) => { readonly status: number; readonly delayMs: number },
  ): Promise<OpenReceiver | null>
}

/** The system clipboard. */
export interface Clipboard {
  readText(): Promise<string>
  writeText(text: string): Promise<void>
  clear(): void
}

/** The system's browser. */
export interface Browser {
  /** Opens an https page outside the app. */
  open(url: string): void
}

/** A file that is being written beside its place. It is there whole, or not at all. */
export interface ExportFile {
  /** Its name in its folder. */
  readonly name: string
  /** Writes these one after the other. Everything else of the app has its turn before it answers. */
  write(...texts: readonly string[]): Promise<Result<null, ExportFault>>
  /** Puts the file in its place, over one that may be there. */
  commit(): Promise<Result<null, ExportFault>>
  /** Leaves nothing of it. */
  discard(): Promise<void>
}

/** Where exported files go. Paths stay in main. */
export interface ExportDesk {
  /** Asks the person for a place; null when they gave up. */
  chooseFile(suggestedName: string, format: ExportFormat): Promise<string | null>
  create(path: string): Promise<Result<ExportFile, ExportFault>>
  /** Shows a file in its folder. */
  reveal(path: string): void
}

/** A file that a person chose to attach. Its place stays in main. */
export interface ChosenFile {
  readonly filename: string
  readonly contentType: string
  readonly bytes: number
  /** The whole file; refused when it grew beyond `bytesMax` meanwhile. */
  read(bytesMax: number): Promise<Result<Uint8Array, OutboxFault>>
}

/** Where attached files come from. */
export interface FileDesk {
  /** Asks the person for files; null when they gave up. */
  chooseFiles(): Promise<Result<readonly ChosenFile[], OutboxFault> | null>
}

/**
 * Mail that was not sent: drafts, what waits, what failed. Each change is on disk when it is answered, so that it
 * outlives the end of the process. Reads come from memory.
 */
export interface OutboxStore {
  readonly mode: 'read-write' | 'read-only'
  /** Oldest first. */
  mails(): readonly OutgoingMail[]
  /** Keeps a message as it is now; files that it does not name any more are deleted. */
  put(mail: OutgoingMail): Result<null, StorageError>
  /** Keeps a message with one more file. */
  putFile(mail: OutgoingMail, fileId: string, bytes: Uint8Array): Result<null, StorageError>
  readFile(mailId: string, fileId: string): Result<Uint8Array | null, StorageError>
  /** Deletes a message with its files. */
  remove(id: string): Result<null, StorageError>
  close(): void
}

/** The structured log. Redaction happens inside, so that no caller can forget it. Never throws. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  /** Answers the reference id that a person can quote. */
  error(event: string, cause: unknown): string
}

/** Name of one item in the keychain: `[a-z0-9.-]`, at most 100 characters. */
export type SecretId = string

/**
 * How a keychain is now. `familiar` is false when it is ready but is not the one that secrets were
 * stored in before, as after a change of desktop: its answers then say nothing about them.
 */
export interface SecretStoreState {
  readonly status: KeychainStatus
  readonly familiar: boolean
}

/**
 * The OS keychain. Implementations never fall back to another store, serialise their calls, and
 * tell a locked keychain from an absent item.
 */
export interface SecretStore {
  /** Name for people, as `Secret Service`. */
  readonly backend: string
  /**
   * Asks how the keychain is, which may show its unlock prompt: call it at start and when a person
   * asks. `inUse` says that secrets were stored before; a keychain without a trace of them is then
   * left as it is.
   */
  status(inUse: boolean): Promise<SecretStoreState>
  /** Tells each change of the state that a call brought to light, until the answered function is called. */
  watch(listener: (state: SecretStoreState) => void): () => void
  /**
   * The secret, or null when the item is provably absent. Once found locked, the keychain is not
   * asked again before the next `status`: otherwise each call would show a prompt.
   */
  read(id: SecretId): Promise<Result<string | null, KeychainError>>
  /** Stores and reads back; `mismatch` when the store gives another value. */
  write(id: SecretId, value: string): Promise<Result<null, KeychainError>>
  /** Removes the item; succeeds when it is already absent. */
  remove(id: SecretId): Promise<Result<null, KeychainError>>
}

/** What must survive a restart, without any secret. Reads never fail: they come from memory. */
export interface VaultStore {
  readonly mode: 'read-write' | 'read-only'
  environments(): readonly Environment[]
  keys(): readonly KeySummary[]
  history(keyId: string): readonly KeyEvent[]
  /** The journal of rotations, oldest first. */
  rotations(): readonly RotationRecord[]
  policies(): readonly RotationPolicyRecord[]
  settings(): Settings
  /** Requests of the console that were kept, in the order they were first kept. */
  savedRequests(): readonly SavedRequest[]
  /** What is known of the secrets of webhooks, oldest first. */
  webhookSecrets(): readonly WebhookSecretRecord[]
  /** Which form of the API each environment was found to speak where sources disagree. */
  apiForms(): readonly ApiForm[]
  currentEnvironmentId(): string | null
  /** Applies all changes in one transaction, or none. */
  commit(changes: readonly VaultChange[]): Result<null, StorageError>
  close(): void
}

/** One change of the vault's records. */
export type VaultChange =
  | { readonly what: 'put-environment'; readonly environment: Environment }
  | { readonly what: 'remove-environment'; readonly id: string }
  | { readonly what: 'set-current-environment'; readonly id: string }
  | { readonly what: 'put-key'; readonly key: KeySummary }
  | { readonly what: 'remove-key'; readonly id: string }
  | { readonly what: 'add-event'; readonly event: KeyEvent }
  | { readonly what: 'put-webhook-secrets'; readonly webhookSecrets: readonly WebhookSecretRecord[] }
  | { readonly what: 'put-api-forms'; readonly apiForms: readonly ApiForm[] }
  | { readonly what: 'put-saved-requests'; readonly savedRequests: readonly SavedRequest[] }
  | { readonly what: 'put-settings'; readonly settings: Settings }
  | { readonly what: 'put-rotation'; readonly rotation: RotationRecord }
  | { readonly what: 'remove-rotation'; readonly id: string }
  | { readonly what: 'put-policy'; readonly policy: RotationPolicyRecord }

/** A request as it goes on the wire. `url` is absolute and holds no secret. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly Header[]
  readonly body: string | null
  readonly timeoutMs: number
  /** Bytes of body after which the answer is abandoned. */
  readonly responseBytesMax: number
}

/** What came back, or why nothing did. Redirects are answers here: nothing follows them. */
export interface HttpAnswer {
  readonly end:
    | { readonly kind: 'answered'; readonly body: Uint8Array }
    | { readonly kind: 'too-large' }
    | { readonly kind: 'timeout' }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'cut-off' }
    | { readonly kind: 'network'; readonly reason: NetworkFault }
  readonly status: number | null
  readonly headers: readonly Header[]
  readonly bytes: number
  readonly timings: Attempt['timings']
}

/** Sends one request. Never throws, never retries, never follows a redirect. */
export interface Http {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer>
}

/** A finished call on its way into the request log. Everything in it is already redacted. */
export interface CallRecord {
  readonly startedAtMs: number
  readonly environmentId: string
  readonly keyId: string | null
  readonly keyMask: string | null
  readonly origin: string
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly status: number | null
  readonly outcome: CallOutcome
  readonly waitedMs: number
  readonly tookMs: number
  readonly source: CallSummary['source']
  readonly attempts: readonly Attempt[]
  readonly waits: CallDetail['waits']
  readonly stop: CallDetail['stop']
  readonly requestBody: CallDetail['requestBody']
  readonly responseBody: CallDetail['responseBody']
}

/** What the request log is asked for: calls with ids between `after` and `before`, both left out. */
export interface CallQuery {
  readonly before: number | null
  readonly after: number | null
  readonly limit: number
  readonly filter: ReadyFilter
}

/** Which calls a walk over the log gives, oldest first: of those that a query matches, ids in `(after, upTo]`. */
export interface CallScan extends Omit<CallQuery, 'before' | 'after'> {
  readonly after: number
  readonly upTo: number
  /** False leaves the texts of bodies empty; sizes and whether they were cut stay. */
  readonly bodies: boolean
}

/** Which requests are counted: `slices` slices of `sliceMs` from `sinceMs` (epoch ms) on. */
export interface RequestCountQuery {
  readonly environmentIds: readonly string[]
  readonly sinceMs: number
  readonly sliceMs: number
  readonly slices: number
}

/** Requests of one source and key in one slice of time. `refused`: answers 401, 403 and 429. */
export interface RequestCount {
  readonly slice: number
  readonly source: string
  readonly keyId: string | null
  readonly requests: number
  readonly refused: number
}

/** Calls of a key in one hour, counted in hours since the epoch. */
export interface KeyHour {
  readonly keyId: string
  readonly hour: number
  readonly calls: number
}

/** A page of a walk. `next` is the id to go on after, null at the end; a page may be empty before the end. */
export interface CallWalk {
  readonly calls: readonly CallDetail[]
  readonly next: number | null
}

/** Calls counted so far; `next` is null once all were looked at. */
export interface CallCount {
  readonly count: number
  readonly next: number | null
}

/** What the request log holds. Bytes are those in use on disk. */
export interface StoredCalls {
  readonly calls: number
  readonly bytes: number
  readonly oldestAtMs: number | null
  readonly newestId: number
  /** False while the calls of this run stay in memory. */
  readonly writable: boolean
}

/** Which calls are deleted, and how many the person was told. */
export interface ClearOrder {
  readonly filter: ReadyFilter
  readonly upTo: number
  readonly expected: number
}

/** The request log. It may be damaged or deleted without touching the vault. */
export interface CallStore {
  /** Gives the call its id at once; the write follows in a batch and never blocks the call. */
  append(record: CallRecord): CallSummary
  list(query: CallQuery): CallPage
  get(id: number): CallDetail | null
  /** Matching calls of a range, as far as one search has time; it goes on before `next`. */
  count(range: Omit<CallQuery, 'limit'>): CallCount
  storage(): StoredCalls
  /** Keeps from now on what the policy says; what it does not keep goes soon. */
  setPolicy(policy: LogPolicy): void
  /**
   * Deletes all matching calls up to an id for good, and answers how many. MORE_CALLS when there are more than
   * expected: nothing is deleted then.
   */
  clear(order: ClearOrder): Promise<Result<number>>
  /** A page of calls whole, oldest first, for a walk over many. Null when the log cannot be read. */
  scan(scan: CallScan): CallWalk | null
  /**
   * Changes when the file was given up for a new one, which holds its newest calls only: a walk that met both may miss
   * some. Null while a file that was read before cannot be.
   */
  generation(): number | null
  /** Start times (epoch ms, ascending) of the attempts since `sinceMs`, by environment. */
  attemptsSince(sinceMs: number): ReadonlyMap<string, readonly number[]>
  /**
   * Until when (epoch ms) a 429 told each environment to wait, where that is still to come: of the
   * calls that are written.
   */
  pausesAt(nowMs: number): ReadonlyMap<string, number>
  usage(nowMs: number): readonly KeyUsage[]
  /** Requests by slice, source and key, each attempt where it began. Counts nothing of a log that cannot be read. */
  countRequests(query: RequestCountQuery): readonly RequestCount[]
  /** Calls by local calendar day, source and key; slice 0 is `days - 1` days before today. */
  countDays(nowMs: number, days: number): readonly RequestCount[]
  /** Calls of each key in the hours of the last two weeks. */
  keyHours(nowMs: number): readonly KeyHour[]
  /** Writes what is pending. */
  flush(): void
  close(): void
}
