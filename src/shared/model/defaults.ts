import type { AlarmChoices } from './alarm.ts'
import type { MailChoices, Settings } from './app.ts'
import type { GuardChoices } from './guard.ts'
import type { LogPolicy } from './log.ts'
import type { RatePolicy } from './rate.ts'
import type { RotationPolicyInput } from './rotation.ts'

// Apart from the schemas, so that the window's first script has the values without a schema library.

/** The policy of a new profile. */
export const defaultRatePolicy: RatePolicy = {
  pacing: true,
  attemptsMax: 3,
  refusedBaseMs: 1000,
  failedBaseMs: 500,
  capMs: 20_000,
  budgetPercent: 10,
  budgetFloor: 3,
  concurrencyMax: 8,
  interactiveCapMs: 60_000,
}

/** The choices of a new profile: everything. */
export const defaultAlarmChoices: AlarmChoices = {
  refusedKey: true,
  forbiddenWave: true,
  surge: true,
  headroomLow: true,
  notifications: true,
}

/** The policy of a new profile. */
export const defaultLogPolicy: LogPolicy = {
  callsMax: 1_000_000,
  daysMax: 90,
  fileBytesMax: 1024 ** 3,
  bodyBytesMax: 64 * 1024,
}

/** The choices of a new profile. */
export const defaultGuardChoices: GuardChoices = { idleMs: 120_000 }

/** What holds for an environment in which nothing was chosen: nothing is asked for by itself. */
export const defaultMailChoices: MailChoices = { pollMs: null, threads: false, rowLabels: false }

/** Settings of a new profile. */
export const defaultSettings: Settings = {
  theme: 'system',
  screen: 'inbox',
  accounts: {},
  dismissed: [],
  rate: defaultRatePolicy,
  alarms: defaultAlarmChoices,
  log: defaultLogPolicy,
  guard: defaultGuardChoices,
  mail: {},
  savedFilters: [],
}

/** Where keys are made: Jasni has no key endpoint. API reference, section 2. */
export const apiKeysPage = 'https://app.jasni.ai/settings/api-keys'

/** The policy of an environment for which nothing was chosen. */
export const defaultRotationPolicy: RotationPolicyInput = {
  issuer: { kind: 'dashboard', pageUrl: apiKeysPage },
  age: { warnDays: 60, overdueDays: 90 },
  overlapMs: 60_000,
  stillAliveAfterMs: 600_000,
}

/** Folders that every account has. API reference, section 6; there is no endpoint that lists them. */
export const knownFolders = ['INBOX', 'Sent', 'Drafts', 'Spam', 'Trash'] as const

/** What must be typed to revoke the keys of all environments; for one environment it is its name. */
export const panicConfirmation = 'revoke all keys'
