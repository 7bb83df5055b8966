import type { EventName, PayloadOf } from '../../shared/contract.ts'
import type { AppError } from '../../shared/error.ts'
import type { Alarm, HeadroomWarning } from '../../shared/model/alarm.ts'
import type { AppState, Notice, SandboxState, Screen, Settings, Versions } from '../../shared/model/app.ts'
import type { CallSummary } from '../../shared/model/call.ts'
import { defaultSettings } from '../../shared/model/defaults.ts'
import type { Environment } from '../../shared/model/environment.ts'
import type { Headroom } from '../../shared/model/headroom.ts'
import type { KeychainState, KeySummary } from '../../shared/model/key.ts'
import type { WaitingCalls } from '../../shared/model/waiting.ts'
import { emptyMail, type MailSlice } from './mail.ts'

/** Where the first picture stands: asked for, refused, or here. */
export type Phase =
  | { readonly name: 'loading' }
  | { readonly name: 'failed'; readonly error: AppError }
  | { readonly name: 'ready' }

/** Sections of the settings screen. */
export type SettingsSection =
  | 'environments'
  | 'limits'
  | 'guard'
  | 'storage'
  | 'appearance'
  | 'shortcuts'
  | 'diagnostics'

/** What main owns; each part is replaced whole by its event. */
export interface Snapshot {
  readonly environments: readonly Environment[]
  readonly currentEnvironmentId: string
  readonly keys: readonly KeySummary[]
  readonly keychain: KeychainState
  readonly headroom: Readonly<Record<string, Headroom>>
  /** The last warning of each window that has little room, by environment. */
  readonly warnings: Readonly<Record<string, HeadroomWarning>>
  readonly alarms: readonly Alarm[]
  readonly sandbox: SandboxState
  readonly settings: Settings
  readonly notices: readonly Notice[]
  readonly versions: Versions
  /** The newest call of this run, whatever made it. */
  readonly lastCall: CallSummary | null
  /** The calls that main told of last, oldest first. */
  readonly newCalls: readonly CallSummary[]
  /** Calls that wait to be sent. */
  readonly waiting: WaitingCalls
}

/** State of the interface; gone when the window closes. */
export interface Interface {
  readonly screen: Screen
  readonly paletteOpen: boolean
  /** Environment that a key is being added to, or null when the dialog is closed. */
  readonly addingKeyTo: string | null
  readonly selectedKeyId: string | null
  /** Call that Requests is asked to show; Requests clears it once it is selected. */
  readonly requestedCallId: number | null
  /** Text that Requests is asked to filter by; Requests clears it once it is typed in. */
  readonly requestedFilter: string | null
  readonly settingsSection: SettingsSection
  /** Environment open in Settings; null for the current one, `new` for one that does not exist yet. */
  readonly settingsEnvironmentId: string | null
  /** Key that was copied and when its clipboard is cleared, epoch ms. */
  readonly copiedKey: { readonly keyId: string; readonly clearsAtMs: number } | null
  /** Notices that were closed in this run. */
  readonly closedNotices: readonly Notice['what'][]
}

/** The whole store. */
export interface State extends Snapshot, Interface {
  readonly phase: Phase
  readonly mail: MailSlice
}

/** The store before main has answered. */
export const initialState: State = {
  phase: { name: 'loading' },
  environments: [],
  currentEnvironmentId: '',
  keys: [],
  keychain: { status: 'ready', backend: '' },
  headroom: {},
  warnings: {},
  alarms: [],
  sandbox: { running: false, baseUrl: '' },
  settings: defaultSettings,
  notices: [],
  versions: { app: '', electron: '', chrome: '', node: '', platform: '', sandboxed: true },
  lastCall: null,
  newCalls: [],
  waiting: { calls: [], total: 0, held: [], heldAll: false },
  screen: 'inbox',
  paletteOpen: false,
  addingKeyTo: null,
  selectedKeyId: null,
  requestedCallId: null,
  requestedFilter: null,
  settingsSection: 'environments',
  settingsEnvironmentId: null,
  copiedKey: null,
  closedNotices: [],
  mail: emptyMail,
}

/** The environments in the order of their positions. */
export function sortEnvironments(environments: readonly Environment[]): Environment[] {
  return [...environments].sort((one, other) => one.position - other.position)
}

/** The store after main's first answer. */
export function applyLoaded(loaded: AppState): Partial<State> {
  return {
    phase: { name: 'ready' },
    environments: sortEnvironments(loaded.environments),
    currentEnvironmentId: loaded.currentEnvironmentId,
    keys: loaded.keys,
    keychain: loaded.keychain,
    headroom: Object.fromEntries(loaded.headroom.map((headroom) => [headroom.environmentId, headroom])),
    sandbox: loaded.sandbox,
    settings: loaded.settings,
    notices: loaded.notices,
    versions: loaded.versions,
    screen: loaded.settings.screen,
  }
}

type Reducers = { readonly [E in EventName]: (state: State, payload: PayloadOf<E>) => Partial<State> }

const reducers: Reducers = {
  'environments.changed': (state, { environments, currentEnvironmentId }) => {
    const known = new Set(environments.map(({ id }) => id))
    const switched = currentEnvironmentId !== state.currentEnvironmentId
    return {
      environments: sortEnvironments(environments),
      currentEnvironmentId,
      headroom: Object.fromEntries(Object.entries(state.headroom).filter(([id]) => known.has(id))),
      // Nothing half done is carried into another environment.
      ...(switched ? { addingKeyTo: null } : {}),
    }
  },
  'keys.changed': (state, keys) => ({
    keys,
    ...(keys.some(({ id }) => id === state.selectedKeyId) ? {} : { selectedKeyId: null }),
    ...(keys.some(({ id }) => id === state.copiedKey?.keyId) ? {} : { copiedKey: null }),
  }),
  'keychain.changed': (_state, keychain) => ({ keychain }),
  // The guard keeps this in its own store.
  'guard.changed': () => ({}),
  'headroom.changed': (state, headroom) => ({
    headroom: { ...state.headroom, [headroom.environmentId]: headroom },
  }),
  'headroom.warned': (state, warning) => ({
    warnings: { ...state.warnings, [warning.environmentId]: warning },
  }),
  'alarms.changed': (_state, alarms) => ({ alarms }),
  'calls.recorded': (state, newCalls) => ({ newCalls, lastCall: newCalls.at(-1) ?? state.lastCall }),
  'calls.waiting.changed': (_state, waiting) => ({ waiting }),
  'settings.changed': (_state, settings) => ({ settings }),
  'notices.changed': (_state, notices) => ({ notices }),
  'sandbox.changed': (_state, sandbox) => ({ sandbox }),
  'clipboard.cleared': (state, { keyId }) => (state.copiedKey?.keyId === keyId ? { copiedKey: null } : {}),
  'link.requested': () => ({}),
  // The rotation feature keeps these in its own store.
  'rotation.changed': () => ({}),
  'policy.changed': () => ({}),
  'keys.due': () => ({}),
  // Composing keeps these in a store of its own.
  'outbox.changed': () => ({}),
  // The export feature keeps this in its own store.
  'export.changed': () => ({}),
  // The webhooks feature keeps these in its own store.
  'receiver.changed': () => ({}),
  'webhooks.attempted': () => ({}),
  // The dialog of what-ifs hears this itself.
  'whatIf.progress': () => ({}),
}

/** What an event of main changes. */
export function applyEvent<E extends EventName>(state: State, name: E, payload: PayloadOf<E>): Partial<State> {
  return reducers[name](state, payload)
}
