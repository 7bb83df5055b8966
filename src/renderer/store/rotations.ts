import { create } from 'zustand'
import { describeReminder } from '../../shared/alarm-text.ts'
import type { AppError } from '../../shared/error.ts'
import { defaultRotationPolicy } from '../../shared/model/defaults.ts'
import type { KeyHealth, KeyHint, Rotation, RotationPolicy, RotationPolicyInput } from '../../shared/model/rotation.ts'
import type { Result } from '../../shared/result.ts'
import { call, subscribe } from '../api/client.ts'
import { showToast } from '../ui/toast.tsx'
import { orTell, selectKey, showScreen, tellError } from './actions.ts'
import { keepOpenRotation, readOpenRotation } from './open-rotation.ts'
import { useStore } from './store.ts'

interface RotationStore {
  readonly byId: Readonly<Record<string, Rotation>>
  readonly policies: Readonly<Record<string, RotationPolicy>>
  readonly health: KeyHealth
  /** The rotation whose stepper is open in Keys, or null. */
  readonly openId: string | null
  /** Key that is asked about before its revocation, or null. */
  readonly revokingKeyId: string | null
  /** What panic is asked about: an environment, all of them (null inside), or nothing. */
  readonly panic: { readonly environmentId: string | null } | null
  /** Environment in which a rotation is being started now. */
  readonly startingIn: string | null
}

/** Rotations, policies and what is asked about them. Main owns the first three. */
export const useRotations = create<RotationStore>(() => ({
  byId: {},
  policies: {},
  health: { ages: [], hints: [] },
  openId: null,
  revokingKeyId: null,
  panic: null,
  startingIn: null,
}))

const set = useRotations.setState
const get = useRotations.getState
const healthPauseMs = 2000

function keep(rotation: Rotation): void {
  set(({ byId }) => ({ byId: { ...byId, [rotation.id]: rotation } }))
}

function keepPolicies(policies: readonly RotationPolicy[]): void {
  set({ policies: Object.fromEntries(policies.map((policy) => [policy.environmentId, policy])) })
}

async function loadHealth(): Promise<void> {
  const result = await call('policy.health', {})
  // A log that cannot be read leaves what was known before.
  if (result.ok) set({ health: result.value })
}

async function loadRotations(): Promise<void> {
  const [list, policies] = await Promise.all([call('rotation.list', {}), call('policy.list', {})])
  if (policies.ok) keepPolicies(policies.value)
  if (!list.ok) return tellError(list.error)
  const byId = Object.fromEntries(list.value.map((rotation) => [rotation.id, rotation]))
  const openId = readOpenRotation()
  // An event may have come before the list did, and is newer.
  set((state) => ({
    byId: { ...byId, ...state.byId },
    openId: state.openId ?? (openId !== null && byId[openId] !== undefined ? openId : null),
  }))
}

/** Starts to hear main about rotations and asks for the first picture. Returns what stops hearing. */
export function connectRotations(): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  function loadHealthSoon(): void {
    if (timer !== null) return
    timer = setTimeout(() => {
      timer = null
      void loadHealth()
    }, healthPauseMs)
  }
  const stops = [
    subscribe('rotation.changed', keep),
    subscribe('policy.changed', (policies) => {
      keepPolicies(policies)
      void loadHealth()
    }),
    subscribe('keys.due', (reminder) => {
      void loadHealth()
      const due = describeReminder(reminder)
      if (due === null) return
      showToast({
        text: due.title,
        detail: due.detail,
        action: { label: 'Show in Keys', run: () => showScreen('keys') },
      })
    }),
    useStore.subscribe((state, before) => {
      if (state.keys !== before.keys) loadHealthSoon()
    }),
  ]
  void loadRotations()
  void loadHealth()
  return () => {
    for (const stop of stops) stop()
    if (timer !== null) clearTimeout(timer)
  }
}

/** Newest first. */
export function sortRotations(byId: Readonly<Record<string, Rotation>>): Rotation[] {
  return Object.values(byId).sort((one, other) => other.startedAtMs - one.startedAtMs)
}

/** The rotation that runs in an environment, a revocation without a successor left aside; or null. */
export function findRunning(byId: Readonly<Record<string, Rotation>>, environmentId: string): Rotation | null {
  return (
    sortRotations(byId).find(
      (rotation) => rotation.environmentId === environmentId && rotation.end === null && rotation.kind === 'rotate',
    ) ?? null
  )
}

/** The newest rotation that a key is or was part of: one that runs before one that ended; or null. */
export function findRotationOfKey(byId: Readonly<Record<string, Rotation>>, keyId: string): Rotation | null {
  const own = sortRotations(byId).filter(({ oldKey, newKey }) => oldKey.id === keyId || newKey?.id === keyId)
  return own.find(({ end }) => end === null) ?? own.find(({ oldKey }) => oldKey.id === keyId) ?? own[0] ?? null
}

/** The rotation with this id, or null. */
export function useRotation(id: string | null): Rotation | null {
  return useRotations((state) => (id === null ? null : (state.byId[id] ?? null)))
}

/** What was chosen about the rotations of an environment. */
export function usePolicy(environmentId: string): RotationPolicy {
  return useRotations((state) => state.policies[environmentId]) ?? { ...unknownPolicy, environmentId }
}

const unknownPolicy = { ...defaultRotationPolicy, fixed: false, hasCredential: false, quietUntilMs: null }

/** What stands out in the use of a key, or null. */
export function useKeyHint(keyId: string): KeyHint | null {
  return useRotations((state) => state.health.hints.find((hint) => hint.keyId === keyId) ?? null)
}

/** Opens the stepper of a rotation in Keys. */
export function openRotation(id: string): void {
  set({ openId: id })
  keepOpenRotation(id)
  showScreen('keys')
}

/** Leaves the stepper; the rotation goes on. After a good end the new key is the one to look at. */
export function leaveRotation(): void {
  const left = get().byId[get().openId ?? '']
  if (left?.end === 'done' && left.newKey !== null) selectKey(left.newKey.id)
  set({ openId: null })
  keepOpenRotation(null)
}

/** Begins to replace the key in use of an environment, or opens the rotation that does so already. */
export async function startRotation(environmentId: string): Promise<void> {
  const running = findRunning(get().byId, environmentId)
  if (running !== null) return openRotation(running.id)
  if (get().startingIn !== null) return
  set({ startingIn: environmentId })
  const result = await call('rotation.start', { environmentId })
  set({ startingIn: null })
  if (!result.ok) return tellError(result.error, environmentId)
  keep(result.value)
  openRotation(result.value.id)
}

/** What a person asks of a running rotation. */
export type RotationRequest =
  | 'rotation.cancel'
  | 'rotation.goBack'
  | 'rotation.stopAsking'
  | 'rotation.retry'
  | 'rotation.pasteKey'

/** Asks something of a rotation. The answer is kept; a refusal is passed on. */
export async function requestOfRotation(name: RotationRequest, id: string): Promise<Result<Rotation>> {
  const result = await call(name, { id })
  if (result.ok) keep(result.value)
  return result
}

/** Opens the page where the keys of a rotation's environment are made and ended. */
export async function openKeysPage(id: string): Promise<void> {
  await orTell(call('rotation.openPage', { id }))
}

/** Copies a new key that could not be stored, for a limited time. */
export async function copyNewKey(id: string): Promise<void> {
  const result = await call('rotation.copyNewKey', { id })
  if (!result.ok) return tellError(result.error)
  showToast({ text: 'The new key is in the clipboard', detail: 'For a short time: put it into a safe place now.' })
}

/** Puts the report of a rotation on the clipboard. */
export async function copyReport(id: string): Promise<void> {
  const result = await call('rotation.copyReport', { id })
  if (!result.ok) return tellError(result.error)
  showToast({ text: 'The report is copied', detail: 'Markdown, without any secret.' })
}

/** Tells main that a stepper is looked at, so that it watches the clipboard meanwhile; or no longer. */
export async function attendRotation(id: string, open: boolean): Promise<void> {
  // A refusal means that it ended meanwhile: nothing is watched then.
  await call('rotation.attend', { id, open })
}

/** Asks before a key is revoked without a successor; null closes the question. */
export function askToRevoke(keyId: string | null): void {
  set({ revokingKeyId: keyId })
}

/** Asks before all keys of an environment, or of all, are revoked; null closes the question. */
export function askToPanic(panic: RotationStore['panic']): void {
  set({ panic })
}

/** Revokes a key without a successor and opens its stepper; passes a refusal on. */
export async function revokeKey(keyId: string, confirmation: string | null): Promise<AppError | null> {
  const result = await call('rotation.revoke', { id: keyId, confirmation })
  if (!result.ok) return result.error
  keep(result.value)
  openRotation(result.value.id)
  return null
}

/** Saves what was chosen about the rotations of an environment. */
export async function savePolicy(environmentId: string, input: RotationPolicyInput): Promise<AppError | null> {
  const result = await call('policy.set', { environmentId, input })
  if (!result.ok) return result.error
  set(({ policies }) => ({ policies: { ...policies, [environmentId]: result.value } }))
  return null
}

/** Hears nothing more of an environment's due keys before tomorrow. */
export async function waitForTomorrow(environmentId: string): Promise<void> {
  const result = await call('policy.quietUntilTomorrow', { environmentId })
  if (!result.ok) return tellError(result.error, environmentId)
  set(({ policies }) => ({ policies: { ...policies, [environmentId]: result.value } }))
}

/** Takes the credential of an environment's issuer from the clipboard. */
export async function takeCredential(environmentId: string): Promise<void> {
  const result = await call('policy.setCredentialFromClipboard', { environmentId })
  if (!result.ok) return tellError(result.error, environmentId)
  set(({ policies }) => ({ policies: { ...policies, [environmentId]: result.value } }))
  showToast({ text: 'The credential is in the keychain', detail: 'It goes to the issuer’s own address only.' })
}
