import * as z from 'zod/mini'
import { limits } from './limits.ts'
import { Alarm, AlarmChoices, HeadroomWarning } from './model/alarm.ts'
import { AppState, MailChoices, Notice, SandboxState, Screen, Settings, Theme } from './model/app.ts'
import { CallDetail, CallPage, CallSummary } from './model/call.ts'
import {
  BodySlice,
  ConsoleAnswer,
  ConsoleRequest,
  CurlImport,
  SavedName,
  SavedRequest,
  SnippetForm,
} from './model/console.ts'
import { Environment, EnvironmentInput, RecordId } from './model/environment.ts'
import { ChosenCalls, ExportFormat, ExportJob } from './model/export.ts'
import { GuardChoices, GuardState, Loss } from './model/guard.ts'
import { Headroom } from './model/headroom.ts'
import { HeadroomHistory, HistorySpan } from './model/history.ts'
import { KeychainState, KeyEvent, KeyLabel, KeySummary, KeyUsage } from './model/key.ts'
import { FilterName, FilterText, LogPolicy, LogStorage, SavedFilter } from './model/log.ts'
import {
  Account,
  AccountAddress,
  FolderName,
  Label,
  LabelColor,
  LabelId,
  LabelName,
  Message,
  MessageList,
  MessagePreview,
} from './model/message.ts'
import { MailContent, MailOrigin, OutgoingMail, OutgoingSummary } from './model/outgoing.ts'
import { RatePolicy } from './model/rate.ts'
import {
  AgeReminder,
  KeyHealth,
  PanicRow,
  RevokePlan,
  Rotation,
  RotationPolicy,
  RotationPolicyInput,
} from './model/rotation.ts'
import { WaitingCalls } from './model/waiting.ts'
import {
  DeliveryAttempt,
  DeliveryReport,
  DeliveryText,
  ReceivedContent,
  ReceiverAnswer,
  ReceiverState,
  Webhook,
  WebhookId,
  WebhookInput,
} from './model/webhook.ts'
import { WhatIf, WhatIfInput, WhatIfProgress } from './model/what-if.ts'
import type { Result } from './result.ts'

function method<Input extends z.ZodMiniType, Output extends z.ZodMiniType>(input: Input, output: Output) {
  return { input, output } as const
}

const nothing = z.strictObject({})
const done = z.null()
const byId = z.strictObject({ id: RecordId })
const inEnvironment = z.strictObject({ environmentId: RecordId })
const account = AccountAddress
const webhook = { environmentId: RecordId, id: WebhookId } as const
const confirmation = z.nullable(z.string().check(z.maxLength(limits.confirmationCharsMax)))
const callId = z.int().check(z.minimum(1))
const uid = z.int().check(z.minimum(0))
const oneMessage = { environmentId: RecordId, account, folder: FolderName, uid }
const accountName = z.string().check(z.minLength(1), z.maxLength(limits.accountNameCharsMax))
const labelIds = z.array(LabelId).check(z.minLength(1), z.maxLength(limits.labelsOnceMax))

/**
 * The bridge, whole: every call that the window can make to main. No input has a field that
 * carries a key, on purpose: a key is taken from the clipboard by main. To add a method, add a
 * line here and write the handler that the compiler then asks for.
 */
export const contract = {
  'app.load': method(nothing, AppState),
  'app.interactive': method(nothing, done),

  'settings.setTheme': method(z.strictObject({ theme: Theme }), done),
  'settings.setScreen': method(z.strictObject({ screen: Screen }), done),
  'settings.setAccount': method(z.strictObject({ environmentId: RecordId, account }), done),
  'settings.setMailChoices': method(z.strictObject({ environmentId: RecordId, choices: MailChoices }), done),
  'settings.dismiss': method(
    z.strictObject({ name: z.string().check(z.minLength(1), z.maxLength(limits.screenNameCharsMax)) }),
    done,
  ),
  /** In force at once, for calls that wait as well. */
  'settings.setRatePolicy': method(z.strictObject({ rate: RatePolicy }), done),
  'settings.setGuardChoices': method(z.strictObject({ guard: GuardChoices }), done),
  'settings.setAlarmChoices': method(z.strictObject({ alarms: AlarmChoices }), done),

  'environments.switch': method(byId, done),
  'environments.create': method(z.strictObject({ input: EnvironmentInput }), Environment),
  'environments.update': method(z.strictObject({ id: RecordId, input: EnvironmentInput }), Environment),
  'environments.remove': method(byId, done),
  'environments.reorder': method(
    z.strictObject({ ids: z.array(RecordId).check(z.maxLength(limits.environmentsMax)) }),
    done,
  ),
  'environments.openDashboard': method(nothing, done),

  'keychain.check': method(nothing, KeychainState),
  'keychain.useMemory': method(nothing, KeychainState),

  'keys.addFromClipboard': method(
    z.strictObject({ environmentId: RecordId, label: z.nullable(KeyLabel), allowTestKey: z.boolean() }),
    KeySummary,
  ),
  'keys.prove': method(byId, KeySummary),
  'keys.use': method(byId, done),
  'keys.rename': method(z.strictObject({ id: RecordId, label: KeyLabel }), KeySummary),
  'keys.remove': method(byId, done),
  'keys.copy': method(byId, z.object({ clearsAtMs: z.number() })),
  'keys.history': method(byId, z.array(KeyEvent)),
  'keys.usage': method(nothing, z.array(KeyUsage)),

  'guard.state': method(nothing, GuardState),
  /** The button that arms went down. GUARDED `switch` where another environment is the current one. */
  'guard.press': method(inEnvironment, done),
  /** It stayed down until now: arms when main counted a second too, else HELD_TOO_SHORT. */
  'guard.release': method(inEnvironment, done),
  'guard.letGo': method(nothing, done),
  /** Arms by the environment's typed name; CONFIRMATION for another text. */
  'guard.armByName': method(
    z.strictObject({ environmentId: RecordId, name: z.string().check(z.maxLength(limits.confirmationCharsMax)) }),
    done,
  ),
  'guard.disarm': method(nothing, done),
  /** Disarms, and forgets the keys in memory. */
  'guard.lock': method(nothing, done),
  /** Somebody is at the window: told now and then while something is armed. */
  'guard.touch': method(nothing, done),
  /** What the call would take away that was refused with this question. */
  'guard.loss': method(byId, Loss),
  /** Agrees to it, once, for a minute; not before `guard.loss` was answered. */
  'guard.agree': method(
    z.strictObject({ id: RecordId, typed: z.nullable(z.string().check(z.maxLength(limits.addressCharsMax))) }),
    done,
  ),

  'mail.accounts': method(inEnvironment, z.array(Account)),
  'mail.labels': method(inEnvironment, z.array(Label)),
  'mail.list': method(
    z.strictObject({
      environmentId: RecordId,
      account,
      folder: FolderName,
      label: z.nullable(z.string().check(z.minLength(1), z.maxLength(limits.labelNameCharsMax))),
    }),
    MessageList,
  ),
  'mail.read': method(z.strictObject({ environmentId: RecordId, account, folder: FolderName, uid }), Message),
  'mail.mark': method(
    z.strictObject({
      environmentId: RecordId,
      account,
      folder: FolderName,
      uid,
      action: z.enum(['read', 'unread']),
    }),
    done,
  ),

  /** As `mail.list`, behind everything that a person asks for. */
  'mailbox.poll': method(z.strictObject({ environmentId: RecordId, account, folder: FolderName }), MessageList),
  /** Without a user name the server makes one. */
  'mailbox.createAccount': method(
    z.strictObject({
      environmentId: RecordId,
      username: z.nullable(z.string().check(z.minLength(1), z.maxLength(limits.addressCharsMax))),
      name: z.nullable(accountName),
    }),
    Account,
  ),
  'mailbox.renameAccount': method(
    z.strictObject({ environmentId: RecordId, email: account, name: accountName }),
    Account,
  ),
  /** With all its mail; CONFIRMATION unless `typed` is its address. */
  'mailbox.deleteAccount': method(
    z.strictObject({
      environmentId: RecordId,
      email: account,
      typed: z.string().check(z.maxLength(limits.addressCharsMax)),
    }),
    done,
  ),
  'mailbox.createLabel': method(
    z.strictObject({ environmentId: RecordId, name: LabelName, color: z.nullable(LabelColor) }),
    Label,
  ),
  'mailbox.deleteLabel': method(z.strictObject({ environmentId: RecordId, id: LabelId }), done),
  /** Names of the labels of a message. */
  'mailbox.messageLabels': method(z.strictObject(oneMessage), z.array(z.string())),
  /** Answers the names of all labels that it has now; null where the server does not say. */
  'mailbox.assignLabels': method(z.strictObject({ ...oneMessage, labelIds }), z.nullable(z.array(z.string()))),
  'mailbox.removeLabels': method(z.strictObject({ ...oneMessage, labelIds }), done),
  'mailbox.deleteMessage': method(z.strictObject(oneMessage), done),
  /** Drafts and unsent mail of all environments, oldest first. Changes come by `outbox.changed`. */
  'outbox.list': method(nothing, z.array(OutgoingSummary)),
  'outbox.get': method(byId, OutgoingMail),
  /** Keeps what was written; a new id, made up by the window, begins a message. */
  'outbox.save': method(
    z.strictObject({ id: RecordId, environmentId: RecordId, content: MailContent, origin: z.nullable(MailOrigin) }),
    OutgoingSummary,
  ),
  /** Main asks for the files; null when the person gave that up. */
  'outbox.attach': method(byId, z.nullable(OutgoingSummary)),
  /** Fetches the files of the message that is forwarded. */
  'outbox.attachOriginal': method(byId, OutgoingSummary),
  'outbox.detach': method(z.strictObject({ id: RecordId, fileId: RecordId }), OutgoingSummary),
  /** Leaves after the time in which `outbox.unsend` takes it back. */
  'outbox.send': method(byId, OutgoingSummary),
  'outbox.unsend': method(byId, OutgoingSummary),
  /** What lies in Sent and could be a message of unknown outcome. */
  'outbox.checkSent': method(byId, z.array(MessagePreview)),
  'outbox.settleSent': method(byId, done),
  'outbox.discard': method(byId, done),
  'outbox.restore': method(byId, OutgoingSummary),
  'outbox.setKeepOnServer': method(z.strictObject({ id: RecordId, on: z.boolean() }), OutgoingSummary),
  'outbox.openDraft': method(z.strictObject({ environmentId: RecordId, account, uid }), OutgoingMail),

  'requests.list': method(
    z.strictObject({
      /** Only calls with a smaller id. */
      before: z.nullable(z.int()),
      /** Only calls with a greater id. */
      after: z.nullable(z.int()),
      limit: z.int().check(z.minimum(1), z.maximum(limits.requestPageMax)),
      filter: FilterText,
    }),
    CallPage,
  ),
  /** Matching calls of a range, as far as one search has time: ask again before `next` and add up. */
  'requests.count': method(
    z.strictObject({ before: z.nullable(z.int()), after: z.nullable(z.int()), filter: FilterText }),
    z.object({ count: z.int(), next: z.nullable(z.int()) }),
  ),
  'requests.storage': method(nothing, LogStorage),
  /** What the policy does not keep is deleted soon. */
  'requests.setRetention': method(z.strictObject({ policy: LogPolicy }), done),
  /**
   * Deletes all matching calls up to an id for good. `expected` is the number that the person confirmed: when more
   * match, nothing is deleted (MORE_CALLS).
   */
  'requests.clear': method(
    z.strictObject({ filter: FilterText, upTo: z.int().check(z.minimum(0)), expected: z.int().check(z.minimum(0)) }),
    z.object({ deleted: z.int() }),
  ),
  /** Keeps a filter under a name; one of the same name is replaced. */
  'requests.saveFilter': method(SavedFilter, done),
  'requests.removeFilter': method(z.strictObject({ name: FilterName }), done),
  'requests.get': method(z.strictObject({ id: z.int().check(z.minimum(1)) }), CallDetail),
  'requests.copyText': method(
    z.strictObject({ id: z.int().check(z.minimum(1)), part: z.enum(['request', 'response', 'headers']) }),
    done,
  ),

  /** Use of the window that the environment counts in: of all environments of its rate group. */
  'headroom.history': method(z.strictObject({ environmentId: RecordId, span: HistorySpan }), HeadroomHistory),

  /** Newest first. */
  'alarms.list': method(nothing, z.array(Alarm)),
  'alarms.dismiss': method(byId, done),

  /** Main asks for the place of the file; null when the person gave that up. Goes on by `export.changed`. */
  'requests.export': method(
    z.strictObject({
      what: ExportFormat,
      selection: z.union([ChosenCalls, z.strictObject({ filter: FilterText })]),
      includeBodies: z.boolean(),
    }),
    z.nullable(ExportJob),
  ),
  'requests.cancelExport': method(z.strictObject({ jobId: RecordId }), done),
  /** A command line that names the key and never holds it. */
  'requests.copyCurl': method(
    z.strictObject({ id: callId }),
    z.object({ bodyCut: z.boolean(), redacted: z.boolean(), urlGuessed: z.boolean() }),
  ),
  /** Sends a recorded call again, with the key and the address of now. REPLAY until it is confirmed, where it does something. */
  'requests.replay': method(z.strictObject({ id: callId, confirmed: z.boolean() }), CallSummary),
  /** Shows the file of an export in its folder. */
  'export.reveal': method(z.strictObject({ jobId: RecordId }), done),

  /** The calls that wait to be sent. */
  'calls.waiting': method(nothing, WaitingCalls),
  /** Cancels a call at any stage. NOT_FOUND when it has ended. */
  'calls.cancel': method(z.strictObject({ ticket: RecordId }), done),
  /** Stops the traffic of one environment, or of all (null), or lets it go on. */
  'calls.hold': method(z.strictObject({ environmentId: z.nullable(RecordId), on: z.boolean() }), done),

  /** One call of any operation. `ticket` is made up by the window, to cancel by. */
  'console.send': method(
    z.strictObject({ ticket: RecordId, environmentId: RecordId, request: ConsoleRequest }),
    ConsoleAnswer,
  ),
  'console.cancel': method(z.strictObject({ ticket: RecordId }), done),
  'console.body': method(
    z.strictObject({ callId: z.int().check(z.minimum(1)), from: z.int().check(z.minimum(0)) }),
    BodySlice,
  ),
  'console.saved': method(nothing, z.array(SavedRequest)),
  'console.save': method(z.strictObject({ name: SavedName, request: ConsoleRequest }), z.array(SavedRequest)),
  'console.forget': method(z.strictObject({ name: SavedName }), z.array(SavedRequest)),
  'console.copy': method(z.strictObject({ environmentId: RecordId, request: ConsoleRequest, form: SnippetForm }), done),
  /** Reads the cURL command on the clipboard, which main alone sees: a key in it goes no further. */
  'console.importCurl': method(inEnvironment, CurlImport),
  /** Replays recorded calls against other policies, in simulated time. A new question ends the one before as CANCELLED. */
  'whatIf.run': method(WhatIfInput, WhatIf),
  'whatIf.cancel': method(nothing, done),

  'webhooks.list': method(inEnvironment, z.array(Webhook)),
  /** The answer's secret goes to the keychain and is not in what comes back. */
  'webhooks.create': method(z.strictObject({ environmentId: RecordId, input: WebhookInput }), Webhook),
  'webhooks.update': method(z.strictObject({ ...webhook, input: WebhookInput }), Webhook),
  'webhooks.setActive': method(z.strictObject({ ...webhook, active: z.boolean() }), Webhook),
  'webhooks.remove': method(z.strictObject(webhook), done),
  'webhooks.copySecret': method(z.strictObject(webhook), z.object({ clearsAtMs: z.number() })),
  'webhooks.addSecretFromClipboard': method(
    z.strictObject({ ...webhook, url: z.string().check(z.maxLength(limits.urlCharsMax)) }),
    done,
  ),
  /** Takes the secret out of the keychain; the webhook stays. */
  'webhooks.forgetSecret': method(z.strictObject(webhook), done),
  /** Judges a pasted delivery: by the secret of one webhook first, then by all of the environment. */
  'webhooks.verify': method(
    z.strictObject({ environmentId: RecordId, id: z.nullable(WebhookId), text: DeliveryText }),
    DeliveryReport,
  ),
  /** What the local server tried to deliver, oldest first; nothing for other environments. */
  'webhooks.attempts': method(inEnvironment, z.array(DeliveryAttempt)),

  'receiver.state': method(nothing, ReceiverState),
  /** Listens on this machine, on a free port, until it is stopped or the app ends. */
  'receiver.start': method(nothing, ReceiverState),
  'receiver.stop': method(nothing, done),
  'receiver.answerWith': method(z.strictObject({ answer: ReceiverAnswer }), done),
  'receiver.read': method(z.strictObject({ id: z.int().check(z.minimum(1)) }), ReceivedContent),
  'receiver.clear': method(nothing, done),

  'links.open': method(byId, done),
  'links.discard': method(byId, done),

  /** All that are kept, newest first. */
  'rotation.list': method(nothing, z.array(Rotation)),
  /** Begins to replace the key in use. BUSY while another one runs in the environment. */
  'rotation.start': method(inEnvironment, Rotation),
  'rotation.cancel': method(byId, Rotation),
  'rotation.goBack': method(byId, Rotation),
  /** Ends the asking whether the old key is dead; it stays `revoking`. */
  'rotation.stopAsking': method(byId, Rotation),
  /** Does now what would be done at `nextAtMs`, and asks a locked keychain again. */
  'rotation.retry': method(byId, Rotation),
  'rotation.openPage': method(byId, done),
  /** The stepper is open (again and again, at least once a minute) or closed: the clipboard is watched meanwhile. */
  'rotation.attend': method(z.strictObject({ id: RecordId, open: z.boolean() }), done),
  'rotation.pasteKey': method(byId, Rotation),
  /** A new key that could not be stored, for a limited time. */
  'rotation.copyNewKey': method(byId, z.object({ clearsAtMs: z.number() })),
  /** Markdown, without any secret. */
  'rotation.report': method(byId, z.object({ markdown: z.string() })),
  'rotation.copyReport': method(byId, done),
  'rotation.revokePlan': method(byId, RevokePlan),
  'rotation.revoke': method(z.strictObject({ id: RecordId, confirmation }), Rotation),
  /** Revokes all keys of one environment, or of all (null). The confirmation is always asked for. */
  'rotation.panic': method(z.strictObject({ environmentId: z.nullable(RecordId), confirmation }), z.array(PanicRow)),

  'policy.list': method(nothing, z.array(RotationPolicy)),
  'policy.set': method(z.strictObject({ environmentId: RecordId, input: RotationPolicyInput }), RotationPolicy),
  'policy.setCredentialFromClipboard': method(inEnvironment, RotationPolicy),
  /** Says nothing more of the environment's due keys before the next local day, restarts included. */
  'policy.quietUntilTomorrow': method(inEnvironment, RotationPolicy),
  'policy.health': method(nothing, KeyHealth),
} as const

/** Everything that main tells the window without being asked. */
export const events = {
  'environments.changed': z.object({ environments: z.array(Environment), currentEnvironmentId: RecordId }),
  'keys.changed': z.array(KeySummary),
  'keychain.changed': KeychainState,
  'guard.changed': GuardState,
  'headroom.changed': Headroom,
  'headroom.warned': HeadroomWarning,
  /** All that were not dismissed, newest first. */
  'alarms.changed': z.array(Alarm),
  'whatIf.progress': WhatIfProgress,
  /** All drafts and unsent mail, as `outbox.list` gives them. */
  'outbox.changed': z.array(OutgoingSummary),
  /** Calls that came into the log, oldest first; each is told once. */
  'calls.recorded': z.array(CallSummary).check(z.maxLength(limits.recordedCallsMax)),
  'calls.waiting.changed': WaitingCalls,
  'settings.changed': Settings,
  'notices.changed': z.array(Notice),
  'sandbox.changed': SandboxState,
  /** One rotation moved, or what it waits for changed. */
  'rotation.changed': Rotation,
  'policy.changed': z.array(RotationPolicy),
  'keys.due': AgeReminder,
  /** An export began, went on or ended. */
  'export.changed': ExportJob,
  'receiver.changed': ReceiverState,
  /** The local server tried to deliver an event. */
  'webhooks.attempted': DeliveryAttempt,
  'clipboard.cleared': z.object({ keyId: RecordId }),
  /** A link in a mail was clicked; it opens only after `links.open` with this id. */
  'link.requested': z.object({ id: RecordId, url: z.string(), host: z.string() }),
} as const

/** Name of a method of the bridge. */
export type MethodName = keyof typeof contract
/** Name of an event of the bridge. */
export type EventName = keyof typeof events
/** What a caller gives to a method. */
export type InputOf<M extends MethodName> = z.infer<(typeof contract)[M]['input']>
/** What a method answers when it succeeds. */
export type OutputOf<M extends MethodName> = z.infer<(typeof contract)[M]['output']>
/** What an event carries. */
export type PayloadOf<E extends EventName> = z.infer<(typeof events)[E]>

/** One function per method. A missing handler does not compile. */
export type Handlers = {
  readonly [M in MethodName]: (input: InputOf<M>) => Promise<Result<OutputOf<M>>> | Result<OutputOf<M>>
}

/** Sends an event to the window. */
export type Emit = <E extends EventName>(name: E, payload: PayloadOf<E>) => void

/** What the preload exposes as `window.bridge`, frozen. */
export interface Bridge {
  call<M extends MethodName>(name: M, input: InputOf<M>): Promise<Result<OutputOf<M>>>
  /** Calls `listener` for each event until the returned function is called. */
  on<E extends EventName>(name: E, listener: (payload: PayloadOf<E>) => void): () => void
}

/** IPC channels: one for all calls, one for all events; the name travels as the first argument. */
export const channels = { call: 'jasni:call', event: 'jasni:event' } as const
