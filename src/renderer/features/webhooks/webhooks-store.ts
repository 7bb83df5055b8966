import { create } from 'zustand'
import type { AppError } from '../../../shared/error.ts'
import type { DeliveryAttempt, ReceiverState, Webhook } from '../../../shared/model/webhook.ts'
import { call, subscribe } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { callGuarded } from '../../store/guarded.ts'
import { showToast } from '../../ui/toast.tsx'

/** The webhooks of one environment, as far as they are known. */
export interface WebhookListState {
  readonly status: 'loading' | 'failed' | 'loaded'
  /** What was known last; stays on screen while it is asked for again. */
  readonly webhooks: readonly Webhook[]
  readonly error: AppError | null
}

/** What the pane at the right shows. */
export type Shown =
  | { readonly kind: 'webhook'; readonly id: string }
  | { readonly kind: 'delivery'; readonly id: number }
  | null

/** What the form is about: a new webhook, or one that exists. */
export interface WebhookForm {
  readonly environmentId: string
  readonly webhook: Webhook | null
  /** Address that a new one begins with. */
  readonly url: string
}

interface WebhooksState {
  readonly lists: Readonly<Record<string, WebhookListState>>
  readonly attempts: readonly DeliveryAttempt[]
  readonly receiver: ReceiverState
  readonly shown: Shown
  readonly form: WebhookForm | null
  readonly deleting: { readonly environmentId: string; readonly webhook: Webhook } | null
  readonly verifying: { readonly environmentId: string; readonly webhookId: string | null } | null
  /** A secret that lies on the clipboard for a while. */
  readonly copied: { readonly webhookId: string; readonly clearsAtMs: number } | null
}

const noList: WebhookListState = { status: 'loading', webhooks: [], error: null }
const attemptsKept = 200

/** Webhooks and their receiver as this window knows them. */
export const useWebhooks = create<WebhooksState>(() => ({
  lists: {},
  attempts: [],
  receiver: { url: '', answer: 'ok', deliveries: [], dropped: 0 },
  shown: null,
  form: null,
  deleting: null,
  verifying: null,
  copied: null,
}))

const set = useWebhooks.setState
const get = useWebhooks.getState

function putList(environmentId: string, change: Partial<WebhookListState>): void {
  set(({ lists }) => ({ lists: { ...lists, [environmentId]: { ...(lists[environmentId] ?? noList), ...change } } }))
}

/** Puts one webhook in place of what was known of it, a new one in front. */
function putWebhook(environmentId: string, webhook: Webhook): void {
  const known = get().lists[environmentId]?.webhooks ?? []
  const isKnown = known.some(({ id }) => id === webhook.id)
  const webhooks = isKnown ? known.map((each) => (each.id === webhook.id ? webhook : each)) : [webhook, ...known]
  putList(environmentId, { status: 'loaded', webhooks, error: null })
}

/** Asks for the webhooks of an environment, and for what the local server tried to deliver. */
export async function loadWebhooks(environmentId: string): Promise<void> {
  putList(environmentId, { status: 'loading', error: null })
  const [listed, attempted] = await Promise.all([
    call('webhooks.list', { environmentId }),
    call('webhooks.attempts', { environmentId }),
  ])
  if (attempted.ok && attempted.value.length > 0) set({ attempts: attempted.value.slice(-attemptsKept) })
  putList(
    environmentId,
    listed.ok ? { status: 'loaded', webhooks: listed.value, error: null } : { status: 'failed', error: listed.error },
  )
}

/** Hears of deliveries for as long as the screen is open. Returns what stops it. */
export function connectWebhooks(): () => void {
  const stops = [
    subscribe('receiver.changed', (receiver) => set({ receiver })),
    subscribe('webhooks.attempted', (attempt) =>
      set(({ attempts }) => ({ attempts: [...attempts.slice(1 - attemptsKept), attempt] })),
    ),
    subscribe('clipboard.cleared', () => set({ copied: null })),
  ]
  void call('receiver.state', {}).then((result) => {
    if (result.ok) set({ receiver: result.value })
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** Opens one webhook or delivery at the right. */
export function show(shown: Shown): void {
  set({ shown })
}

/** Opens the form. */
export function startForm(form: WebhookForm): void {
  set({ form })
}

/** Closes whatever asks something. */
export function closeForms(): void {
  set({ form: null, deleting: null, verifying: null })
}

/** Opens the check of a pasted delivery. */
export function startVerifying(environmentId: string, webhookId: string | null): void {
  set({ verifying: { environmentId, webhookId } })
}

/** Creates or changes a webhook; null when it worked. */
export async function saveWebhook(
  form: WebhookForm,
  input: { readonly url: string; readonly events: string[]; readonly description: string },
): Promise<AppError | null> {
  const { environmentId, webhook } = form
  const result =
    webhook === null
      ? await callGuarded('webhooks.create', { environmentId, input })
      : await callGuarded('webhooks.update', { environmentId, id: webhook.id, input })
  if (!result.ok) return result.error
  putWebhook(environmentId, result.value)
  set({ form: null, shown: { kind: 'webhook', id: result.value.id } })
  if (webhook !== null) showToast({ text: 'The webhook is saved' })
  else if (result.value.secret.state === 'stored')
    showToast({ text: 'The webhook is created', detail: `Its secret ${result.value.secret.mask} is in the keychain.` })
  return null
}

/** Pauses a webhook, or lets it go on. */
export async function setActive(environmentId: string, webhook: Webhook, active: boolean): Promise<void> {
  const result = await callGuarded('webhooks.setActive', { environmentId, id: webhook.id, active })
  if (!result.ok) return tellError(result.error, environmentId)
  putWebhook(environmentId, result.value)
  showToast({ text: active ? 'The webhook is active again' : 'The webhook is paused' })
}

/** Asks before a webhook is deleted; a protected environment asks by itself. */
export function startDeleting(environmentId: string, webhook: Webhook, isProtected: boolean): void {
  if (isProtected) void deleteWebhook(environmentId, webhook)
  else set({ deleting: { environmentId, webhook } })
}

/** Deletes a webhook with its secret. */
export async function deleteWebhook(environmentId: string, webhook: Webhook): Promise<void> {
  const result = await callGuarded('webhooks.remove', { environmentId, id: webhook.id })
  set({ deleting: null })
  if (!result.ok) return tellError(result.error, environmentId)
  dropWebhook(environmentId, webhook)
  showToast({ text: 'The webhook is deleted', detail: 'Its secret is no longer in the keychain.' })
}

function dropWebhook(environmentId: string, webhook: Webhook): void {
  const webhooks = (get().lists[environmentId]?.webhooks ?? []).filter(({ id }) => id !== webhook.id)
  putList(environmentId, { webhooks })
  const { shown } = get()
  if (shown?.kind === 'webhook' && shown.id === webhook.id) set({ shown: null })
}

/** Copies a secret; main clears the clipboard by itself. */
export async function copySecret(environmentId: string, webhook: Webhook): Promise<void> {
  const result = await call('webhooks.copySecret', { environmentId, id: webhook.id })
  if (result.ok) return set({ copied: { webhookId: webhook.id, clearsAtMs: result.value.clearsAtMs } })
  tellError(result.error, environmentId)
  if (result.error.kind === 'WEBHOOK_SECRET') void loadWebhooks(environmentId)
}

/** Lets main take the secret of a webhook from the clipboard. */
export async function addSecret(environmentId: string, webhook: Webhook): Promise<void> {
  const { id, url } = webhook
  const result = await call('webhooks.addSecretFromClipboard', { environmentId, id, url })
  if (!result.ok) return tellError(result.error, environmentId)
  showToast({ text: 'The secret is in the keychain', detail: 'It was taken off the clipboard.' })
  await loadWebhooks(environmentId)
}

/** Takes a secret out of the keychain; of a webhook that the server does not list nothing is left. */
export async function forgetSecret(environmentId: string, webhook: Webhook): Promise<void> {
  const result = await call('webhooks.forgetSecret', { environmentId, id: webhook.id })
  if (!result.ok) return tellError(result.error, environmentId)
  if (!webhook.listed) dropWebhook(environmentId, webhook)
  else await loadWebhooks(environmentId)
}

/** Begins to listen. */
export async function startReceiver(): Promise<void> {
  const result = await call('receiver.start', {})
  if (result.ok) set({ receiver: result.value })
  else tellError(result.error)
}
