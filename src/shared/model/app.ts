import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { AlarmChoices } from './alarm.ts'
import { defaultAlarmChoices, defaultGuardChoices, defaultLogPolicy, defaultRatePolicy } from './defaults.ts'
import { Environment, RecordId } from './environment.ts'
import { GuardChoices } from './guard.ts'
import { Headroom } from './headroom.ts'
import { KeychainState, KeySummary } from './key.ts'
import { LogPolicy, SavedFilter } from './log.ts'
import { RatePolicy } from './rate.ts'

/** Appearance; `system` follows the desktop. */
export const Theme = z.enum(['system', 'dark', 'light'])
export type Theme = z.infer<typeof Theme>

/** Screens of the window. */
export const Screen = z.enum(['inbox', 'console', 'requests', 'keys', 'webhooks', 'headroom', 'settings'])
export type Screen = z.infer<typeof Screen>

/** How mail of one environment is shown and fetched. */
export const MailChoices = z.object({
  /** Ms between two looks for new mail; null for none. */
  pollMs: z.nullable(z.int().check(z.minimum(limits.pollMsMin), z.maximum(limits.pollMsMax))),
  /** Messages of one conversation stand in one row. */
  threads: z.boolean(),
  /** The labels of a list are asked for with it: a call for each label in use. */
  rowLabels: z.boolean(),
})
export type MailChoices = z.infer<typeof MailChoices>

/** What a person chose and finds again after a restart. */
export const Settings = z.object({
  theme: Theme,
  screen: Screen,
  /** Environment id to the account last read in it. */
  accounts: z.record(RecordId, z.string().check(z.maxLength(limits.addressCharsMax))),
  /** Cards and notes that were closed for good. */
  dismissed: z.array(z.string().check(z.maxLength(limits.screenNameCharsMax))).check(z.maxLength(50)),
  rate: z._default(RatePolicy, defaultRatePolicy),
  alarms: z._default(AlarmChoices, defaultAlarmChoices),
  log: z._default(LogPolicy, defaultLogPolicy),
  guard: z._default(GuardChoices, defaultGuardChoices),
  /** By environment id; `defaultMailChoices` for one that is not there. */
  mail: z._default(z.record(RecordId, MailChoices), {}),
  savedFilters: z._default(z.array(SavedFilter).check(z.maxLength(limits.savedFiltersMax)), []),
})
export type Settings = z.infer<typeof Settings>

/**
 * Something about this run that a person must know. The window has the sentence for each `what`.
 * `detail` is a file name or a number, never a secret.
 */
export const Notice = z.object({
  what: z.enum([
    'vault-damaged',
    'vault-newer',
    'vault-read-only',
    'requests-damaged',
    'requests-newer',
    'requests-read-only',
    'requests-full',
    'mail-damaged',
    'mail-newer',
    'mail-read-only',
    'keyring-changed',
    'sandbox-down',
    'renderer-restarted',
  ]),
  detail: z.string(),
})
export type Notice = z.infer<typeof Notice>

/** The local server: running with its base URL, or why it is not. */
export const SandboxState = z.object({ running: z.boolean(), baseUrl: z.string() })
export type SandboxState = z.infer<typeof SandboxState>

/** Versions for diagnostics. */
export const Versions = z.object({
  app: z.string(),
  electron: z.string(),
  chrome: z.string(),
  node: z.string(),
  platform: z.string(),
  sandboxed: z.boolean(),
})
export type Versions = z.infer<typeof Versions>

/** Everything that the window needs for its first picture. Main owns each part. */
export const AppState = z.object({
  environments: z.array(Environment),
  currentEnvironmentId: RecordId,
  keys: z.array(KeySummary),
  keychain: KeychainState,
  headroom: z.array(Headroom),
  sandbox: SandboxState,
  settings: Settings,
  notices: z.array(Notice),
  versions: Versions,
})
export type AppState = z.infer<typeof AppState>
