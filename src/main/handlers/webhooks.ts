import { limits } from '../../shared/limits.ts'
import type { DeliveryAttempt } from '../../shared/model/webhook.ts'
import { fail, succeed } from '../../shared/result.ts'
import type { Clipboard } from '../core/ports.ts'
import type { Receiver } from '../core/webhooks/receiver.ts'
import type { Webhooks } from '../core/webhooks/webhooks.ts'
import type { ClipboardHold } from './clipboard-hold.ts'
import type { HandlerGroup } from './group.ts'

/**
 * Webhooks. A secret comes in by the server's answer or the clipboard, both read by main, and goes
 * out through the clipboard, for a limited time.
 */
export function createWebhookHandlers(parts: {
  readonly webhooks: Webhooks
  readonly clipboard: Clipboard
  readonly hold: ClipboardHold
  /** What the local server tried to deliver; nothing for any other environment. */
  readonly deliveryAttempts: (environmentId: string) => readonly DeliveryAttempt[]
}): HandlerGroup<'webhooks'> {
  const { webhooks, clipboard, hold, deliveryAttempts } = parts
  return {
    'webhooks.list': ({ environmentId }) => webhooks.list(environmentId),
    'webhooks.create': ({ environmentId, input }) => webhooks.create(environmentId, input),
    'webhooks.update': ({ environmentId, id, input }) => webhooks.update(environmentId, id, input),
    'webhooks.setActive': ({ environmentId, id, active }) => webhooks.update(environmentId, id, { active }),
    'webhooks.remove': ({ environmentId, id }) => webhooks.remove(environmentId, id),
    async 'webhooks.copySecret'({ environmentId, id }) {
      const revealed = await webhooks.revealSecret(environmentId, id)
      if (!revealed.ok) return revealed
      const { recordId, secret } = revealed.value
      return succeed({ clearsAtMs: await hold.copy(recordId, secret.reveal()) })
    },
    async 'webhooks.addSecretFromClipboard'({ environmentId, id, url }) {
      const text = await clipboard.readText()
      if (text.length > limits.clipboardCharsMax) return fail({ kind: 'WEBHOOK_SECRET', fault: 'shape' })
      const added = await webhooks.addSecret(environmentId, id, url, text)
      if (added.ok && (await clipboard.readText()) === text) clipboard.clear()
      return added
    },
    'webhooks.forgetSecret': ({ environmentId, id }) => webhooks.forgetSecret(environmentId, id),
    'webhooks.verify': ({ environmentId, id, text }) => webhooks.verifyText(environmentId, id, text),
    'webhooks.attempts': ({ environmentId }) => succeed([...deliveryAttempts(environmentId)]),
  }
}

/** The local receiver of deliveries. */
export function createReceiverHandlers({ receiver }: { readonly receiver: Receiver }): HandlerGroup<'receiver'> {
  return {
    'receiver.state': () => succeed(receiver.state()),
    'receiver.start': () => receiver.start(),
    async 'receiver.stop'() {
      await receiver.stop()
      return succeed(null)
    },
    'receiver.answerWith'({ answer }) {
      receiver.answerWith(answer)
      return succeed(null)
    },
    'receiver.read': ({ id }) => receiver.read(id),
    'receiver.clear'() {
      receiver.clear()
      return succeed(null)
    },
  }
}
