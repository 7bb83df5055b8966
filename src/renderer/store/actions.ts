import type { EventName } from '../../shared/contract.ts'
import type { AppError } from '../../shared/error.ts'
import { describeError, type ErrorActionName, type ErrorContext } from '../../shared/error-text.ts'
import type { AlarmChoices } from '../../shared/model/alarm.ts'
import type { Notice, Screen, Theme } from '../../shared/model/app.ts'
import type { RatePolicy } from '../../shared/model/rate.ts'
import { assertNever, type Result } from '../../shared/result.ts'
import { call, subscribe } from '../api/client.ts'
import { showToast } from '../ui/toast.tsx'
import type { AccountsState } from './mail.ts'
import { probeKey } from './proof.ts'
import { applyEvent, applyLoaded, type SettingsSection } from './state.ts'
import { findEnvironment, useStore } from './store.ts'

const set = useStore.setState
const get = useStore.getState

const eventNames: readonly EventName[] = [
  'environments.changed',
  'keys.changed',
  'keychain.changed',
  'headroom.changed',
  'headroom.warned',
  'alarms.changed',
  'calls.waiting.changed',
  'calls.recorded',
  'settings.changed',
  'notices.changed',
  'sandbox.changed',
  'clipboard.cleared',
]

/** Starts to hear main and asks for the first picture. Returns what stops hearing. */
export function connectStore(): () => void {
  const stops = eventNames.map((name) => subscribe(name, (payload) => set((state) => applyEvent(state, name, payload))))
  void loadApp()
  void call('alarms.list', {}).then((result) => {
    // An event may have come first, and is newer.
    if (result.ok && get().alarms.length === 0) set({ alarms: result.value })
  })
  // A call that waited before the page was loaded is told by no event until it changes.
  void loadWaiting()
  return () => {
    for (const stop of stops) stop()
  }
}

/** Asks main for everything again. */
export async function loadApp(): Promise<void> {
  set({ phase: { name: 'loading' } })
  const result = await call('app.load', {})
  set(result.ok ? applyLoaded(result.value) : { phase: { name: 'failed', error: result.error } })
}

/** Names that errors are told with, from what is on screen. */
export function errorContext(environmentId: string | null = get().currentEnvironmentId): ErrorContext {
  const { keychain } = get()
  const environment = findEnvironment(get(), environmentId)
  return {
    backend: keychain.backend,
    ...(environment === null ? {} : { environmentName: environment.name }),
  }
}

/** Tells a failure that has no better place as a toast. */
export function tellError(error: AppError, environmentId?: string): void {
  const { title, detail } = describeError(error, errorContext(environmentId))
  showToast({ text: title, detail, tone: 'refused' })
}

/** Passes a success on; tells a failure as a toast and answers null. */
export async function orTell<T>(answer: Promise<Result<T>>): Promise<T | null> {
  const result = await answer
  if (result.ok) return result.value
  tellError(result.error)
  return null
}

/** Shows a screen; main remembers it for the next start. */
export function showScreen(screen: Screen): void {
  if (get().screen === screen) return
  set({ screen })
  void orTell(call('settings.setScreen', { screen }))
}

/** Shows a call in Requests. */
export function showCall(callId: number): void {
  set({ requestedCallId: callId })
  showScreen('requests')
}

/** Shows the calls that a filter finds in Requests. */
export function showCalls(filter: string): void {
  set({ requestedFilter: filter })
  showScreen('requests')
}

/** Tells the store that Requests has taken the filter it was asked for. */
export function clearRequestedFilter(): void {
  set({ requestedFilter: null })
}

/** Tells the store that Requests has taken the call it was asked to show. */
export function clearRequestedCall(): void {
  set({ requestedCallId: null })
}

/** Shows Keys with one key open. */
export function showKey(keyId: string): void {
  set({ selectedKeyId: keyId })
  showScreen('keys')
}

/** Chooses the key whose passport is open. */
export function selectKey(keyId: string | null): void {
  set({ selectedKeyId: keyId })
}

/** Makes an environment current. The window follows at once; main's event confirms it. */
export async function switchEnvironment(id: string): Promise<void> {
  const before = get().currentEnvironmentId
  if (before === id) return
  set({ currentEnvironmentId: id, addingKeyTo: null })
  const result = await call('environments.switch', { id })
  if (result.ok) return
  set({ currentEnvironmentId: before })
  tellError(result.error)
}

/** Chooses the account that the inbox reads in an environment. */
export async function selectAccount(environmentId: string, account: string): Promise<void> {
  const { settings } = get()
  set({ settings: { ...settings, accounts: { ...settings.accounts, [environmentId]: account } } })
  await orTell(call('settings.setAccount', { environmentId, account }))
}

/** Keeps what the inbox learned about an environment's accounts. */
export function setAccounts(environmentId: string, accounts: AccountsState): void {
  set(({ mail }) => ({
    mail: { ...mail, accountsByEnvironment: { ...mail.accountsByEnvironment, [environmentId]: accounts } },
  }))
}

/** Keeps how many messages are unread where the inbox can count them. */
export function setUnread(environmentId: string, unread: number): void {
  set(({ mail }) => ({
    mail: { ...mail, unreadByEnvironment: { ...mail.unreadByEnvironment, [environmentId]: unread } },
  }))
}

/** Opens or closes the palette. */
export function setPaletteOpen(paletteOpen: boolean): void {
  set({ paletteOpen })
}

/** Opens the dialog that takes a key for an environment; without an id for the current one. */
export function startAddingKey(environmentId: string = get().currentEnvironmentId): void {
  set({ addingKeyTo: environmentId })
}

/** Closes the dialog that takes a key. */
export function stopAddingKey(): void {
  set({ addingKeyTo: null })
}

/** Shows a section of the settings. */
export function showSettings(section: SettingsSection): void {
  set({ settingsSection: section })
  showScreen('settings')
}

/** Shows an environment in the settings; `new` for one that is to be added. */
export function showEnvironmentSettings(id: string): void {
  set({ settingsEnvironmentId: id })
  showSettings('environments')
}

/** Chooses the environment open in the settings. */
export function selectSettingsEnvironment(id: string | null): void {
  set({ settingsEnvironmentId: id })
}

/** Chooses the appearance. */
export async function setTheme(theme: Theme): Promise<void> {
  set({ settings: { ...get().settings, theme } })
  await orTell(call('settings.setTheme', { theme }))
}

/** Applies a rate policy at once and offers to take it back. `told` says what changed. */
export async function setRatePolicy(rate: RatePolicy, told: string): Promise<void> {
  const before = get().settings.rate
  set({ settings: { ...get().settings, rate } })
  const result = await call('settings.setRatePolicy', { rate })
  if (!result.ok) {
    set({ settings: { ...get().settings, rate: before } })
    return tellError(result.error)
  }
  showToast({ text: told, undo: () => void setRatePolicy(before, 'The change is taken back') })
}

/** Applies what is worth an alarm at once and offers to take it back. */
export async function setAlarmChoices(alarms: AlarmChoices, told: string): Promise<void> {
  const before = get().settings.alarms
  set({ settings: { ...get().settings, alarms } })
  const result = await call('settings.setAlarmChoices', { alarms })
  if (!result.ok) {
    set({ settings: { ...get().settings, alarms: before } })
    return tellError(result.error)
  }
  showToast({ text: told, undo: () => void setAlarmChoices(before, 'The change is taken back') })
}

/** Takes an alarm away. */
export async function dismissAlarm(id: string): Promise<void> {
  await orTell(call('alarms.dismiss', { id }))
}

/** Asks which calls wait; changes come by themselves afterwards. */
async function loadWaiting(): Promise<void> {
  const result = await call('calls.waiting', {})
  if (result.ok) set({ waiting: result.value })
}

/** Cancels a call that waits. One that ended meanwhile needs none. */
export async function cancelWaiting(ticket: string): Promise<void> {
  const result = await call('calls.cancel', { ticket })
  if (!result.ok && result.error.kind !== 'NOT_FOUND') tellError(result.error)
}

/** Stops the traffic of all environments, or lets it go on. */
export async function holdTraffic(on: boolean): Promise<void> {
  await orTell(call('calls.hold', { environmentId: null, on }))
}

/** Closes a card or note for good. */
export async function dismiss(name: string): Promise<void> {
  const { settings } = get()
  if (!settings.dismissed.includes(name)) set({ settings: { ...settings, dismissed: [...settings.dismissed, name] } })
  await orTell(call('settings.dismiss', { name }))
}

/** Closes a notice for this run. */
export function closeNotice(what: Notice['what']): void {
  set({ closedNotices: [...get().closedNotices, what] })
}

/** Asks the keychain again. */
export async function checkKeychain(): Promise<void> {
  const keychain = await orTell(call('keychain.check', {}))
  if (keychain !== null) set({ keychain })
}

/** Keeps keys in memory for this run, as the person chose. */
export async function keepKeysInMemory(): Promise<void> {
  const keychain = await orTell(call('keychain.useMemory', {}))
  if (keychain !== null) set({ keychain })
}

/** Proves a key by one call and tells the outcome. */
export async function proveKey(keyId: string): Promise<void> {
  const key = get().keys.find(({ id }) => id === keyId)
  const result = await probeKey(keyId)
  if (!result.ok) {
    tellError(result.error, key?.environmentId)
    return
  }
  const label = key?.label ?? 'The key'
  switch (result.value) {
    case 'alive':
      showToast({ text: `${label} is alive`, detail: 'GET /labels was answered.' })
      return
    case 'refused':
      showToast({
        text: `${label} is refused`,
        detail: 'The server answered 401 to GET /labels.',
        tone: 'refused',
      })
      return
    case 'unclear':
      showToast({
        text: `Nothing was learned about ${label}`,
        detail: 'The server gave no clear answer. Prove it later.',
      })
      return
    default:
      assertNever(result.value)
  }
}

/** Makes a key the one that its environment's calls use. */
export async function activateKey(keyId: string): Promise<void> {
  const result = await call('keys.use', { id: keyId })
  if (!result.ok) return tellError(result.error)
  const key = get().keys.find(({ id }) => id === keyId)
  if (key !== undefined)
    showToast({
      text: `Calls of ${findEnvironment(get(), key.environmentId)?.name ?? 'its environment'} now use ${key.label}`,
    })
}

/** Copies a key; main clears the clipboard by itself. */
export async function copyKey(keyId: string): Promise<void> {
  const answer = await orTell(call('keys.copy', { id: keyId }))
  if (answer !== null) set({ copiedKey: { keyId, clearsAtMs: answer.clearsAtMs } })
}

/** Forgets that a key lies in the clipboard, once its time is over. */
export function forgetCopiedKey(): void {
  set({ copiedKey: null })
}

/** Opens the page where Jasni makes keys. */
export async function openDashboard(): Promise<void> {
  await orTell(call('environments.openDashboard', {}))
}

/** Does what an error's button says; `retry` is what was tried. */
export function runErrorAction(name: ErrorActionName, retry: () => void, environmentId?: string): void {
  switch (name) {
    case 'retry':
      retry()
      break
    case 'add-key':
      startAddingKey(environmentId)
      break
    case 'show-keys':
      showScreen('keys')
      break
    case 'show-environments':
      showEnvironmentSettings(environmentId ?? get().currentEnvironmentId)
      break
    case 'check-keychain':
      void checkKeychain().then(retry)
      break
    case 'open-dashboard':
      void openDashboard()
      break
    default:
      assertNever(name)
  }
}
