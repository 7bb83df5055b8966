import { limits } from '../../shared/limits.ts'
import { fail, succeed } from '../../shared/result.ts'
import type { CallStore, Clipboard, Clock } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { ClipboardHold } from './clipboard-hold.ts'
import type { HandlerGroup } from './group.ts'

/**
 * Keys. One comes in through the clipboard, which main reads and, once the key is stored, empties if it
 * still holds it; one goes out through the clipboard, for a limited time.
 */
export function createKeyHandlers(parts: {
  readonly vault: Vault
  readonly calls: Pick<CallStore, 'usage'>
  readonly clipboard: Clipboard
  readonly clock: Clock
  readonly hold: ClipboardHold
}): HandlerGroup<'keys'> {
  const { vault, calls, clipboard, clock, hold } = parts
  return {
    async 'keys.addFromClipboard'({ environmentId, label, allowTestKey }) {
      const text = await clipboard.readText()
      if (text.length > limits.clipboardCharsMax) return fail({ kind: 'KEY_MALFORMED', fault: 'too-long' })
      const added = await vault.addKey({ environmentId, text, label, source: 'clipboard', allowTestKey })
      if (added.ok && (await clipboard.readText()) === text) clipboard.clear()
      return added
    },
    'keys.prove': ({ id }) => vault.proveKey(id),
    'keys.use': ({ id }) => vault.useKey(id),
    'keys.rename': ({ id, label }) => vault.renameKey(id, label),
    'keys.remove': ({ id }) => vault.removeKey(id),
    async 'keys.copy'({ id }) {
      const revealed = await vault.revealKey(id)
      if (!revealed.ok) return revealed
      const clearsAtMs = await hold.copy(id, revealed.value.secret.reveal())
      vault.noteCopy(id)
      return succeed({ clearsAtMs })
    },
    'keys.history': ({ id }) => succeed([...vault.history(id)]),
    'keys.usage': () => succeed([...calls.usage(clock.nowMs())]),
  }
}
