import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { WebhookSecret, WebhookSecretRecord } from '../../../shared/model/webhook.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret, registerSecret } from '../log/redaction.ts'
import { type CallWatch, isCertainlyRefused, type WatchedCall } from '../pipeline/call-watch.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import type { Clock, Log, Random, VaultStore } from '../ports.ts'
import type { Custody } from '../vault/custody.ts'
import { Secret } from '../vault/secret.ts'
import type { Vault } from '../vault/vault.ts'
import { maskWebhookSecret, parseWebhookSecret, readToldWebhook, type ToldWebhook } from './secret-text.ts'
import type { KnownSecret } from './verification.ts'

/** A webhook as far as its secret is concerned. */
export interface WebhookTraits {
  readonly id: string
  readonly url: string
  readonly createdAtMs: number | null
}

/**
 * The secrets of webhooks. Each lies in the keychain under an item of its own, and what is known of
 * it in `vault.db`. The server tells a secret once, in the answer to the creation: the watch takes
 * it from there, whoever made the call, and every step is on disk before the next one, so that after
 * a crash it is said which secret was not kept.
 */
export interface SecretKeeper {
  /** Takes secrets out of answers, and drops those of webhooks that were deleted. */
  readonly watch: CallWatch
  stateOf(environmentId: string, webhookId: string): WebhookSecret
  /** Ids of the webhooks of an environment that something is known of. */
  knownIn(environmentId: string): readonly WebhookSecretRecord[]
  /** WEBHOOK_SECRET when none is kept. */
  reveal(environmentId: string, webhookId: string): Promise<Result<Secret>>
  /** Every secret that can be read now, of one environment or of all. */
  readAll(environmentId: string | null): Promise<readonly KnownSecret[]>
  /** Keeps a secret that a person copied elsewhere. */
  add(
    webhook: { readonly environmentId: string; readonly webhookId: string; readonly url: string },
    text: string,
  ): Promise<Result<null>>
  /** Drops secret and record. The record stays, to be tried again, while the keychain refuses. */
  forget(environmentId: string, webhookId: string): Promise<Result<null>>
  /** Goes on with what an earlier run left unfinished. `endedEnvironmentId`: its webhooks ended with that run. */
  resume(endedEnvironmentId: string | null): Promise<void>
  /** Finds what became of creations whose answer never came, by what the server lists. */
  settle(environmentId: string, listed: readonly WebhookTraits[]): Promise<void>
  /** Drops everything of environments that are no more. */
  forgetEnvironments(exists: (id: string) => boolean): Promise<void>
}

/** How much a server's clock may be off ours. */
const clockSlackMs = 300_000
/** A creation without an answer may still be carried out for so long. */
const undecidedMs = 600_000
const secretBytesMin = 8

/** Name of an item in the keychain. */
function itemOf({ id }: WebhookSecretRecord): string {
  return `webhook-${id}`
}

/** Builds the keeper over records and keychain. */
export function createSecretKeeper(parts: {
  readonly store: Pick<VaultStore, 'webhookSecrets' | 'commit'>
  readonly custody: Pick<Custody, 'look' | 'warm' | 'write' | 'remove'>
  readonly keychain: Vault['keychain']
  readonly clock: Pick<Clock, 'nowMs'>
  readonly random: Pick<Random, 'id'>
  readonly log: Log
}): SecretKeeper {
  const { store, custody, keychain, clock, random, log } = parts
  /** Records that a call of this run is working on. */
  const busy = new Set<string>()

  /** The newest record of a webhook: one that takes the place of another stands behind it. */
  const find = (environmentId: string, webhookId: string): WebhookSecretRecord | null =>
    store
      .webhookSecrets()
      .filter((record) => record.environmentId === environmentId && record.webhookId === webhookId)
      .at(-1) ?? null

  function keep(records: readonly WebhookSecretRecord[]): Result<null> {
    return store.commit([{ what: 'put-webhook-secrets', webhookSecrets: records }])
  }

  /** Puts a record in place of the one with its id, or behind all. */
  function put(record: WebhookSecretRecord): Result<null> {
    const records = store.webhookSecrets()
    const known = records.some(({ id }) => id === record.id)
    return keep(known ? records.map((each) => (each.id === record.id ? record : each)) : [...records, record])
  }

  const drop = (id: string): Result<null> => keep(store.webhookSecrets().filter((record) => record.id !== id))

  /** Writes the secret of a record that is on disk, and says on disk how it went. */
  async function write(record: WebhookSecretRecord, secret: Secret): Promise<Result<null>> {
    const written = await custody.write(itemOf(record), secret)
    if (!written.ok) {
      log.warn('webhook.secret-not-kept', { environmentId: record.environmentId, fault: written.error.fault })
      put({ ...record, state: 'lost', mask: '' })
      return written
    }
    return put({ ...record, state: 'stored' })
  }

  async function erase(record: WebhookSecretRecord): Promise<Result<null>> {
    const marked = put({ ...record, state: 'removing' })
    if (!marked.ok) return marked
    const removed = await custody.remove(itemOf(record))
    return removed.ok ? drop(record.id) : removed
  }

  /** Whether a secret is there that no later step was noted of. */
  async function finishStoring(record: WebhookSecretRecord): Promise<void> {
    const found = await custody.look(itemOf(record))
    if (!found.ok) return
    put(
      found.value === null
        ? { ...record, state: 'lost', mask: '' }
        : { ...record, state: 'stored', mask: maskWebhookSecret(found.value.reveal()) },
    )
  }

  function watchCreation(input: CallInput): Result<WatchedCall | null> {
    const { status } = keychain()
    // What cannot be kept is not asked for: the server tells it once.
    if (status !== 'ready' && status !== 'memory') {
      const fault = status === 'waiting' ? 'busy' : status
      return fail<AppError>({ kind: 'KEYCHAIN', fault })
    }
    if (store.webhookSecrets().length >= limits.webhookSecretsMax) {
      return fail<AppError>({ kind: 'TOO_MANY', what: 'webhook secrets', max: limits.webhookSecretsMax })
    }
    const given: unknown = input.body !== null && typeof input.body === 'object' ? Reflect.get(input.body, 'url') : ''
    const url = typeof given === 'string' && !holdsSecret(given) ? given.slice(0, limits.urlCharsMax) : ''
    const record: WebhookSecretRecord = {
      id: random.id(),
      environmentId: input.environmentId,
      webhookId: null,
      state: 'asked',
      mask: '',
      url,
      atMs: clock.nowMs(),
    }
    const kept = put(record)
    if (!kept.ok) return kept
    busy.add(record.id)
    let told: ToldWebhook | null = null
    return succeed({
      read(_status, body) {
        told = readToldWebhook(body)
        const secret = told?.secret ?? ''
        // One that its shape does not give away must be known, to be taken out of what is kept of the answer.
        if (secret.length >= secretBytesMin) registerSecret(secret)
      },
      async end(result) {
        try {
          if (!result.ok) {
            if (isCertainlyRefused(result.error)) drop(record.id)
            return
          }
          if (told === null) return
          if (told.secret === null) {
            put({ ...record, webhookId: told.webhookId, state: 'lost' })
            return
          }
          const { webhookId, secret } = told
          const storing: WebhookSecretRecord = {
            ...record,
            webhookId,
            state: 'storing',
            mask: maskWebhookSecret(secret),
          }
          put(storing)
          await write(storing, new Secret(secret))
        } finally {
          told = null
          busy.delete(record.id)
        }
      },
    })
  }

  function watchDeletion(input: CallInput): WatchedCall {
    const webhookId = input.query.find(([name]) => name === 'id')?.[1] ?? ''
    return {
      read: () => undefined,
      async end(result) {
        // One that the server does not know any more is deleted as well.
        if (result.ok || result.error.kind === 'API_NOT_FOUND') await forget(input.environmentId, webhookId)
      },
    }
  }

  async function forget(environmentId: string, webhookId: string): Promise<Result<null>> {
    const records = store
      .webhookSecrets()
      .filter((record) => record.environmentId === environmentId && record.webhookId === webhookId)
    for (const record of records) {
      const erased = await erase(record)
      if (!erased.ok) return erased
    }
    return succeed(null)
  }

  async function reveal(environmentId: string, webhookId: string): Promise<Result<Secret>> {
    const record = find(environmentId, webhookId)
    if (record === null || record.state === 'asked' || record.state === 'removing') {
      return fail<AppError>({ kind: 'WEBHOOK_SECRET', fault: 'none' })
    }
    if (record.state === 'lost') return fail<AppError>({ kind: 'WEBHOOK_SECRET', fault: 'lost' })
    const found = await custody.warm(itemOf(record))
    if (!found.ok) return found
    if (found.value !== null) return succeed(found.value)
    put({ ...record, state: 'missing', mask: '' })
    return fail<AppError>({ kind: 'WEBHOOK_SECRET', fault: 'missing' })
  }

  return {
    watch: {
      begin(input) {
        if (input.operation === 'createWebhook') return watchCreation(input)
        return succeed(input.operation === 'deleteWebhook' ? watchDeletion(input) : null)
      },
    },

    stateOf(environmentId, webhookId) {
      const record = find(environmentId, webhookId)
      switch (record?.state) {
        case 'stored':
        case 'storing':
          return { state: 'stored', mask: record.mask, id: record.id }
        case 'lost':
        case 'missing':
          return { state: record.state, mask: '', id: record.id }
        default:
          return { state: 'none', mask: '', id: null }
      }
    },

    knownIn: (environmentId) =>
      store.webhookSecrets().filter((record) => record.environmentId === environmentId && record.webhookId !== null),

    reveal,

    async readAll(environmentId) {
      const known: KnownSecret[] = []
      for (const record of store.webhookSecrets()) {
        if (record.webhookId === null || record.state !== 'stored') continue
        if (environmentId !== null && record.environmentId !== environmentId) continue
        const found = await custody.warm(itemOf(record))
        if (found.ok && found.value !== null) known.push({ webhookId: record.webhookId, secret: found.value })
      }
      return known
    },

    async add({ environmentId, webhookId, url }, text) {
      const parsed = parseWebhookSecret(text)
      if (!parsed.ok) return fail<AppError>({ kind: 'WEBHOOK_SECRET', fault: parsed.error })
      const before = find(environmentId, webhookId)
      const record: WebhookSecretRecord = {
        id: random.id(),
        environmentId,
        webhookId,
        state: 'storing',
        mask: maskWebhookSecret(parsed.value),
        url: holdsSecret(url) ? '' : url,
        atMs: clock.nowMs(),
      }
      const kept = put(record)
      if (!kept.ok) return kept
      busy.add(record.id)
      const written = await write(record, new Secret(parsed.value))
      busy.delete(record.id)
      if (!written.ok) {
        // The one that was there before is as good as it was.
        drop(record.id)
        return written
      }
      return before === null ? written : erase(before)
    },

    forget,

    async resume(endedEnvironmentId) {
      for (const record of store.webhookSecrets()) {
        if (busy.has(record.id)) continue
        if (record.environmentId === endedEnvironmentId || record.state === 'removing') await erase(record)
        else if (record.state === 'storing') await finishStoring(record)
      }
    },

    async settle(environmentId, listed) {
      for (const record of store.webhookSecrets()) {
        if (record.environmentId !== environmentId || record.state !== 'asked' || busy.has(record.id)) continue
        const match = listed.find(
          ({ id, url, createdAtMs }) =>
            url === record.url &&
            find(environmentId, id) === null &&
            (createdAtMs === null || createdAtMs >= record.atMs - clockSlackMs),
        )
        if (match !== undefined) await finishStoring({ ...record, webhookId: match.id })
        else if (clock.nowMs() - record.atMs > undecidedMs) await erase(record)
      }
    },

    async forgetEnvironments(exists) {
      for (const record of store.webhookSecrets()) if (!exists(record.environmentId)) await erase(record)
    },
  }
}
