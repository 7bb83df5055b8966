import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'

/**
 * Life of a key. `candidate` is stored but unproven; `active` was proven; `rejected` was refused
 * by the service; `missing` has a passport but no secret in the keychain. The other three belong
 * to rotation.
 */
export const KeyState = z.enum(['candidate', 'active', 'retiring', 'revoking', 'dead', 'rejected', 'missing'])
export type KeyState = z.infer<typeof KeyState>

/** How a key came here. */
export const KeySource = z.enum(['clipboard', 'sandbox', 'issuer'])
export type KeySource = z.infer<typeof KeySource>

/** A name that a person gives to a key. */
export const KeyLabel = z.string().check(z.trim(), z.minLength(1), z.maxLength(limits.labelCharsMax))

/** The passport of a key: everything about it but the secret. Times are epoch ms. */
export const KeySummary = z.object({
  id: RecordId,
  environmentId: RecordId,
  label: z.string(),
  /** Prefix and last four, as `jsk_live_…x7Qp`. */
  mask: z.string(),
  /** First 12 hex digits of the SHA-256 of the key. */
  fingerprint: z.string(),
  state: KeyState,
  source: KeySource,
  addedAtMs: z.number(),
  lastUsedAtMs: z.nullable(z.number()),
  lastProvenAtMs: z.nullable(z.number()),
  /** Name of the key at the issuer that made it; absent for one that came otherwise. */
  issuerKeyId: z.optional(z.string()),
})
export type KeySummary = z.infer<typeof KeySummary>

/** One line of a key's history. `what` is a closed word; the renderer has the sentence. */
export const KeyEvent = z.object({
  keyId: RecordId,
  atMs: z.number(),
  what: z.enum([
    'added',
    'stored',
    'proven',
    'refused',
    'unproven',
    'switched',
    'renamed',
    'copied',
    'missing',
    'found',
    'changed',
    'retiring',
    'revoking',
    'dead',
    'back',
  ]),
  detail: z.string(),
})
export type KeyEvent = z.infer<typeof KeyEvent>

/** What a key was used for, from the request log. Days are local calendar days, oldest first. */
export const KeyUsage = z.object({
  keyId: RecordId,
  today: z.int(),
  days: z.array(z.int()),
  unauthorized: z.int(),
  forbidden: z.int(),
  rateLimited: z.int(),
  /** Answers 401 and 403 of today. */
  refusedToday: z.int(),
  todayBySource: z.array(z.object({ source: z.string(), count: z.int() })),
})
export type KeyUsage = z.infer<typeof KeyUsage>

/** What the OS keychain can do now. `waiting`: it has a prompt open or does not answer. */
export const KeychainStatus = z.enum(['ready', 'locked', 'unavailable', 'waiting', 'memory'])
export type KeychainStatus = z.infer<typeof KeychainStatus>

/** State of the keychain as the window shows it. `backend` is its name on this platform. */
export const KeychainState = z.object({ status: KeychainStatus, backend: z.string() })
export type KeychainState = z.infer<typeof KeychainState>
