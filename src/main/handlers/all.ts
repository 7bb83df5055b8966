import type { Emit, Handlers } from '../../shared/contract.ts'
import type { AppState, Settings, Theme } from '../../shared/model/app.ts'
import type { DeliveryAttempt } from '../../shared/model/webhook.ts'
import type { Result } from '../../shared/result.ts'
import type { Alarms } from '../core/alarms/alarms.ts'
import type { Console } from '../core/console/console.ts'
import type { SavedRequests } from '../core/console/saved-requests.ts'
import type { Exports } from '../core/export/exports.ts'
import type { Guard } from '../core/guard/guard.ts'
import type { Losses } from '../core/guard/losses.ts'
import type { MailClient } from '../core/jasni/mail-client.ts'
import type { MailboxClient } from '../core/jasni/mailbox-client.ts'
import type { Outbox } from '../core/outbox/outbox.ts'
import type { Pipeline } from '../core/pipeline/pipeline.ts'
import type { CallStore, Clipboard, Clock } from '../core/ports.ts'
import type { Limiter } from '../core/ratelimit/limiter.ts'
import type { Policies } from '../core/rotation/policies.ts'
import type { Rotations } from '../core/rotation/rotations.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { Receiver } from '../core/webhooks/receiver.ts'
import type { Webhooks } from '../core/webhooks/webhooks.ts'
import { createAlarmHandlers } from './alarms.ts'
import { createAppHandlers } from './app.ts'
import { createCallHandlers } from './calls.ts'
import type { ClipboardHold } from './clipboard-hold.ts'
import { createConsoleHandlers } from './console.ts'
import { createEnvironmentHandlers } from './environments.ts'
import { createExportHandlers } from './exports.ts'
import { createGuardHandlers } from './guard.ts'
import { createHeadroomHandlers } from './headroom.ts'
import { createKeychainHandlers } from './keychain.ts'
import { createKeyHandlers } from './keys.ts'
import { createLinkHandlers, type PendingLinks } from './links.ts'
import { createMailHandlers } from './mail.ts'
import { createMailboxHandlers } from './mailbox.ts'
import { createOutboxHandlers } from './outbox.ts'
import { createRequestHandlers } from './requests.ts'
import { createPolicyHandlers, createRotationHandlers } from './rotation.ts'
import { createSettingsHandlers } from './settings.ts'
import { createReceiverHandlers, createWebhookHandlers } from './webhooks.ts'
import { createWhatIfHandlers } from './what-if.ts'

/** All that handlers work with. */
export interface HandlerParts {
  readonly vault: Vault
  readonly calls: CallStore
  readonly mail: MailClient
  readonly mailbox: MailboxClient
  readonly outbox: Outbox
  readonly alarms: Alarms
  readonly pipeline: Pipeline
  readonly guard: Guard
  readonly losses: Losses
  readonly limiter: Limiter
  readonly console: Console
  readonly savedRequests: SavedRequests
  readonly exports: Exports
  readonly webhooks: Webhooks
  readonly receiver: Receiver
  readonly deliveryAttempts: (environmentId: string) => readonly DeliveryAttempt[]
  readonly rotations: Rotations
  readonly policies: Policies
  readonly clipboard: Clipboard
  readonly clock: Clock
  readonly hold: ClipboardHold
  readonly links: PendingLinks
  readonly emit: Emit
  /** Lets all else in the process have its turn, and every promise settle. */
  readonly breathe: () => Promise<void>
  readonly state: () => AppState
  readonly settings: () => Settings
  readonly save: (settings: Settings) => Result<null>
  readonly applyTheme: (theme: Theme) => void
  readonly openDashboard: () => void
  /** Ends an arming and forgets the secrets in memory. */
  readonly lock: () => void
  readonly onInteractive: () => void
}

/** One function per method of the contract. */
export function createHandlers(parts: HandlerParts): Handlers {
  const requests = createRequestHandlers(parts)
  return {
    ...createAppHandlers(parts),
    ...createSettingsHandlers(parts),
    ...createEnvironmentHandlers(parts),
    ...createKeychainHandlers(parts),
    ...createKeyHandlers(parts),
    ...createGuardHandlers(parts),
    ...createMailHandlers(parts),
    ...createMailboxHandlers(parts),
    ...createOutboxHandlers(parts),
    ...requests,
    ...createCallHandlers(parts),
    ...createHeadroomHandlers(parts),
    ...createAlarmHandlers(parts),
    ...createConsoleHandlers(parts),
    ...createExportHandlers(parts),
    ...createLinkHandlers(parts),
    ...createWebhookHandlers(parts),
    ...createReceiverHandlers(parts),
    ...createRotationHandlers(parts),
    ...createPolicyHandlers(parts),
    ...createWhatIfHandlers({ ...parts, listCalls: requests['requests.list'] }),
  }
}
