import * as z from 'zod/mini'
import type { AppError } from '../error.ts'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'
import { KeySummary } from './key.ts'

const time = z.number()
const timeOrNull = z.nullable(z.number())

/** A foreseen failure inside a record. Its sentence comes from `describeError`. */
const Failure = z.custom<AppError>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string',
)

/** The steps of a rotation in their order. A revocation without a successor has the first and the last three. */
export const rotationSteps = [
  'prepare',
  'obtain',
  'store',
  'read-back',
  'prove',
  'switch',
  'drain',
  'revoke',
  'prove-dead',
  'forget',
] as const
export const RotationStep = z.enum(rotationSteps)
export type RotationStep = z.infer<typeof RotationStep>

/** `rotate` ends with another key in use; `revoke` ends a key without a successor. */
export const RotationKind = z.enum(['rotate', 'revoke'])
export type RotationKind = z.infer<typeof RotationKind>

/** Who makes and ends keys: an HTTP endpoint, or a person on the API Keys page. */
export const IssuerKind = z.enum(['automatic', 'dashboard'])
export type IssuerKind = z.infer<typeof IssuerKind>

/**
 * How a rotation ended. `done`: the old key is proven dead and its secret deleted. `cancelled`,
 * `failed` and `went-back`: the old key is in use. `unproven`: the old key was not proven dead and
 * nobody asks any more; it stays `revoking`.
 */
export const RotationEnd = z.enum(['done', 'cancelled', 'failed', 'went-back', 'unproven'])
export type RotationEnd = z.infer<typeof RotationEnd>

/** A key as a rotation remembers it, also after its passport is gone. */
export const RotationKey = z.object({
  id: RecordId,
  label: z.string(),
  mask: z.string(),
  fingerprint: z.string(),
})
export type RotationKey = z.infer<typeof RotationKey>

/** What a rotation leaves behind that a person should know of. `detail` is a mask, a label or an id at the issuer. */
export const LeftBehind = z.object({
  what: z.enum([
    /** The new key is alive and kept in Keys. */
    'key-kept',
    /** The new key is in Keys, but the service refuses it or its issuer has ended it. */
    'key-kept-refused',
    /** The new key is alive at the issuer, and its secret is not here. */
    'key-at-issuer',
    /** A creation was asked for whose outcome is unknown: there may be a key of this label at the issuer. */
    'maybe-key-at-issuer',
    /** The old key may still be alive. */
    'old-key-unproven',
  ]),
  detail: z.string(),
})
export type LeftBehind = z.infer<typeof LeftBehind>

/** One line of the journal. `what` is a closed word, `detail` a number, a mask or a fault; the renderer has the sentence. */
export const RotationLine = z.object({
  atMs: time,
  step: RotationStep,
  what: z.enum([
    'started',
    'resumed',
    'create-asked',
    'created',
    'taken',
    'tidied',
    'stored',
    'lost',
    'read-back',
    'proven',
    'refused',
    'switched',
    'drained',
    'overlap-over',
    'page-opened',
    'revoke-asked',
    'revoked',
    'signature',
    'alive',
    'unlike',
    'refusal',
    'control',
    'still-alive',
    'dead',
    'forgotten',
    'cancel-asked',
    'back-asked',
    'stop-asked',
    'problem',
    'ended',
  ]),
  detail: z.string(),
})
export type RotationLine = z.infer<typeof RotationLine>

/** What keeps a rotation from its next step. `retryAtMs` null: it waits for a person. */
export const RotationProblem = z.object({ error: Failure, atMs: time, retryAtMs: timeOrNull })
export type RotationProblem = z.infer<typeof RotationProblem>

/** What asking the service about the old key brought since its revocation. */
export const DeathProof = z.object({
  /** How the service refuses a key that never existed, once learned. */
  signature: z.nullable(z.string()),
  /** Times of the matching refusals in a row. Three of them are a death. */
  refusedAtMs: z.array(time),
  /** Answers that the key is alive, that were refusals of another kind, and that said nothing. */
  alive: z.int(),
  unlike: z.int(),
  unknown: z.int(),
  lastAliveAtMs: timeOrNull,
  /** True once the key answered longer than it may. */
  stillAlive: z.boolean(),
})
export type DeathProof = z.infer<typeof DeathProof>

/** One rotation, or one revocation, as it is kept in the journal. Holds no secret. Times are epoch ms. */
export const RotationRecord = z.object({
  id: RecordId,
  kind: RotationKind,
  /** The same for all revocations of one panic; else null. */
  batchId: z.nullable(RecordId),
  environmentId: RecordId,
  environmentName: z.string(),
  issuer: IssuerKind,
  /** The step that is being done. */
  step: RotationStep,
  end: z.nullable(RotationEnd),
  /** What a person (or a failure) asked for and is not done yet. */
  wish: z.nullable(z.enum(['cancel', 'fail', 'back', 'stop'])),
  oldKey: RotationKey,
  newKey: z.nullable(RotationKey),
  /** Name of the new key at an automatic issuer. */
  newIssuerKeyId: z.nullable(z.string()),
  /** How often a creation was asked for whose outcome is not settled. */
  createsAsked: z.int(),
  /** Longest overlap of both keys. */
  overlapMs: z.int(),
  stillAliveAfterMs: z.int(),
  startedAtMs: time,
  provenAtMs: timeOrNull,
  switchedAtMs: timeOrNull,
  drainedAtMs: timeOrNull,
  revokeAskedAtMs: timeOrNull,
  revokedAtMs: timeOrNull,
  deadAtMs: timeOrNull,
  endedAtMs: timeOrNull,
  oldLastUsedAtMs: timeOrNull,
  /** Calls that were still in flight on the old key when the overlap was over. */
  lateCalls: z.int(),
  /** Calls that met 401 on the old key after the switch and were repeated on the new one. */
  retriedCalls: z.int(),
  /** Calls of the environment that failed for their key since the start. */
  failedCalls: z.int(),
  proof: DeathProof,
  problem: z.nullable(RotationProblem),
  leftBehind: z.array(LeftBehind),
  /** Oldest first. */
  lines: z.array(RotationLine),
})
export type RotationRecord = z.infer<typeof RotationRecord>

/**
 * True when the refusal that counts was learned before the revocation was asked for: only then does
 * it tell a dead key from a service that refuses everybody, without another key to ask.
 */
export function hasBaseline({ revokeAskedAtMs, proof: { signature }, lines }: RotationRecord): boolean {
  if (signature === null || revokeAskedAtMs === null) return false
  return lines.some(
    ({ what, detail, atMs }) => what === 'signature' && atMs <= revokeAskedAtMs && detail === signature.slice(0, 200),
  )
}

/** True for a rotation that ended because all keys of its environment are being revoked. */
export function isOvertaken({ lines }: RotationRecord): boolean {
  return lines.some(({ what, detail }) => what === 'ended' && detail === 'panic')
}

/** What a person can do about a rotation now. */
export const RotationAction = z.enum([
  'cancel',
  'go-back',
  'stop-asking',
  'retry',
  /** The next `retry` asks the issuer once more to end the old key. */
  'ask-issuer',
  'open-page',
  'paste',
  'copy-new-key',
  'copy-report',
])
export type RotationAction = z.infer<typeof RotationAction>

/** A rotation as the window shows it: the journal, and what is true at this moment only. */
export const Rotation = z.extend(RotationRecord, {
  /** What it waits for. `new-key`: a key on the clipboard. `revoke`: a person revokes the old key on the page. */
  waitsFor: z.nullable(z.enum(['new-key', 'revoke', 'calls', 'issuer', 'service', 'keychain', 'disk'])),
  /** Why the text on the clipboard was not taken. */
  hint: z.nullable(Failure),
  /** True while main watches the clipboard for a new key. */
  watching: z.boolean(),
  /** Calls in flight on the old key. */
  inFlight: z.int(),
  /** Epoch ms of the next question to issuer, service, keychain or disk; null when nothing is planned. */
  nextAtMs: timeOrNull,
  actions: z.array(RotationAction),
})
export type Rotation = z.infer<typeof Rotation>

/** How one step of a rotation is. `undone`: it ended before. `skipped`: this kind has no such step. */
export interface StepView {
  readonly step: RotationStep
  readonly state: 'waiting' | 'now' | 'done' | 'undone' | 'skipped'
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  /** Evidence: the lines of the journal that belong to the step. */
  readonly lines: readonly RotationLine[]
}

const revokeSteps: readonly RotationStep[] = ['prepare', 'revoke', 'prove-dead', 'forget']

/** The steps of a rotation with state, times and evidence, in their order. Each begins where the one before ended. */
export function listSteps(record: RotationRecord): readonly StepView[] {
  const at = rotationSteps.indexOf(record.step)
  const own = record.kind === 'revoke' ? revokeSteps : rotationSteps
  let beginsAtMs = record.startedAtMs
  return rotationSteps.map((step, index): StepView => {
    const lines = record.lines.filter((line) => line.step === step)
    if (!own.includes(step)) return { step, state: 'skipped', startedAtMs: null, endedAtMs: null, lines }
    const startedAtMs = beginsAtMs
    if (index < at || record.end === 'done') {
      const endedAtMs = lines.at(-1)?.atMs ?? startedAtMs
      beginsAtMs = endedAtMs
      return { step, state: 'done', startedAtMs, endedAtMs, lines }
    }
    if (index > at) {
      return { step, state: record.end === null ? 'waiting' : 'undone', startedAtMs: null, endedAtMs: null, lines }
    }
    return { step, state: record.end === null ? 'now' : 'undone', startedAtMs, endedAtMs: record.endedAtMs, lines }
  })
}

const url = z.string().check(z.minLength(1), z.maxLength(limits.urlCharsMax))
const jsonPath = z.string().check(z.minLength(1), z.maxLength(limits.jsonPathCharsMax), z.regex(/^[\w.-]+$/))
const days = z.int().check(z.minimum(1), z.maximum(limits.ageDaysMax))

/** An HTTP endpoint that makes and ends keys. Its own credential lies in the keychain. */
export const AutomaticIssuer = z.object({
  kind: z.literal('automatic'),
  createMethod: z.enum(['POST', 'PUT']),
  createUrl: url,
  /** Where the key and its name stand in the answer, as `data.key`. */
  keyPath: jsonPath,
  idPath: jsonPath,
  revokeMethod: z.enum(['DELETE', 'POST']),
  /** Has `{id}` where the key's name at the issuer goes. */
  revokeUrl: url,
})
export type AutomaticIssuer = z.infer<typeof AutomaticIssuer>

/** A page in the system's browser on which a person makes and ends keys. */
export const DashboardIssuer = z.object({ kind: z.literal('dashboard'), pageUrl: url })
export type DashboardIssuer = z.infer<typeof DashboardIssuer>

export const IssuerInput = z.discriminatedUnion('kind', [AutomaticIssuer, DashboardIssuer])
export type IssuerInput = z.infer<typeof IssuerInput>

/** Age at which a key is to be rotated, in days. */
export const AgePolicy = z.object({ warnDays: days, overdueDays: days })
export type AgePolicy = z.infer<typeof AgePolicy>

/** What a person may choose about the rotations of an environment. The sandbox's issuer is fixed. */
export const RotationPolicyInput = z.object({
  issuer: IssuerInput,
  age: AgePolicy,
  overlapMs: z.int().check(z.minimum(0), z.maximum(limits.overlapMsMax)),
  stillAliveAfterMs: z.int().check(z.minimum(10_000), z.maximum(limits.stillAliveMsMax)),
})
export type RotationPolicyInput = z.infer<typeof RotationPolicyInput>

/** The policy of an environment. `fixed`: the local server, whose issuer needs no setting. */
export const RotationPolicy = z.extend(RotationPolicyInput, {
  environmentId: RecordId,
  fixed: z.boolean(),
  /** True when the keychain holds the credential of an automatic issuer. */
  hasCredential: z.boolean(),
  /** Until then nothing is said of due keys: a person chose to hear of them tomorrow. */
  quietUntilMs: timeOrNull,
})
export type RotationPolicy = z.infer<typeof RotationPolicy>

/** What is kept of an environment's policy. `credentialId` names an item of the keychain. */
export const RotationPolicyRecord = z.extend(RotationPolicyInput, {
  environmentId: RecordId,
  credentialId: z.nullable(RecordId),
  /** When a person was last told of keys that are due. */
  remindedAtMs: timeOrNull,
  /** Absent in records of before: nobody asked for quiet. */
  quietUntilMs: z.optional(timeOrNull),
})
export type RotationPolicyRecord = z.infer<typeof RotationPolicyRecord>

/** How old a key is against its environment's policy. */
export const KeyAge = z.object({
  keyId: RecordId,
  ageDays: z.int(),
  warnDays: z.int(),
  overdueDays: z.int(),
  state: z.enum(['fresh', 'aging', 'overdue']),
})
export type KeyAge = z.infer<typeof KeyAge>

/**
 * Something about a key's use that a person may want to act on. `unused`: `count` days without a
 * call. `surge`: today has `count` times its usual day. `refusals`: `count` answers 401 or 403 today.
 */
export const KeyHint = z.object({
  keyId: RecordId,
  what: z.enum(['unused', 'surge', 'refusals']),
  count: z.number(),
})
export type KeyHint = z.infer<typeof KeyHint>

/** Age and hints of all keys that are alive. */
export const KeyHealth = z.object({ ages: z.array(KeyAge), hints: z.array(KeyHint) })
export type KeyHealth = z.infer<typeof KeyHealth>

/** What a person should know before a key is revoked without a successor. */
export const RevokePlan = z.object({
  keyId: RecordId,
  issuer: IssuerKind,
  /** True when calls of its environment use it. */
  inUse: z.boolean(),
  today: z.int(),
  yesterday: z.int(),
  todayBySource: z.array(z.object({ source: z.string(), count: z.int() })),
  lastUsedAtMs: timeOrNull,
  inFlight: z.int(),
  /** What must be typed to go on, or null. */
  confirmation: z.nullable(z.string()),
})
export type RevokePlan = z.infer<typeof RevokePlan>

/** One key of a panic: its revocation, or why it could not begin. */
export const PanicRow = z.object({
  keyId: RecordId,
  label: z.string(),
  mask: z.string(),
  environmentName: z.string(),
  rotationId: z.nullable(RecordId),
  error: z.nullable(Failure),
})
export type PanicRow = z.infer<typeof PanicRow>

/** Keys that are due; told once a day. */
export const AgeReminder = z.object({ aging: z.array(KeySummary), overdue: z.array(KeySummary) })
export type AgeReminder = z.infer<typeof AgeReminder>
