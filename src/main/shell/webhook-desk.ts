import type { Emit } from '../../shared/contract.ts'
import type { DeliveryAttempt } from '../../shared/model/webhook.ts'
import { nodeMac } from '../adapters/node-mac.ts'
import { createWebhookReceiver } from '../adapters/webhook-receiver.ts'
import type { Pipeline } from '../core/pipeline/pipeline.ts'
import type { Clock, Log, Random } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'
import { createReceiver, type Receiver } from '../core/webhooks/receiver.ts'
import type { SecretKeeper } from '../core/webhooks/secret-keeper.ts'
import { createWebhooks, type Webhooks } from '../core/webhooks/webhooks.ts'
import type { DeliveryAttempt as SandboxAttempt, SandboxServer } from '../sandbox/server.ts'

/** What of a sandbox's attempt the window sees. */
export function describeAttempt({ outcome, url: _url, ...attempt }: SandboxAttempt): DeliveryAttempt {
  return outcome.kind === 'answered'
    ? { ...attempt, status: outcome.status, fault: null }
    : { ...attempt, status: null, fault: outcome.kind }
}

/** Webhooks with their receiver, put together for the product. */
export interface WebhookDesk {
  readonly webhooks: Webhooks
  readonly receiver: Receiver
  readonly deliveryAttempts: (environmentId: string) => readonly DeliveryAttempt[]
}

/** Puts the parts together. */
export function openWebhookDesk(parts: {
  readonly pipeline: Pipeline
  readonly keeper: SecretKeeper
  readonly vault: Pick<Vault, 'environments' | 'environment'>
  readonly server: Pick<SandboxServer, 'deliveries'> | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly emit: Emit
}): WebhookDesk {
  const { pipeline, keeper, vault, server, clock, random, log, emit } = parts
  const webhooks = createWebhooks({ pipeline, keeper, mac: nodeMac, clock })
  return {
    webhooks,
    receiver: createReceiver({
      port: createWebhookReceiver(log),
      clock,
      random,
      log,
      verify: (delivery) => webhooks.verify(delivery),
      nameWebhook(webhookId) {
        const owner = vault
          .environments()
          .find(({ id }) => keeper.knownIn(id).some((record) => record.webhookId === webhookId))
        return owner?.name ?? null
      },
      onChange: (state) => emit('receiver.changed', state),
    }),
    deliveryAttempts: (environmentId) =>
      vault.environment(environmentId)?.kind === 'sandbox' ? (server?.deliveries() ?? []).map(describeAttempt) : [],
  }
}
