import type { Emit } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import type { Clipboard, Clock, Digest } from '../core/ports.ts'

/** Puts keys on the clipboard for a short time. */
export interface ClipboardHold {
  /** Copies a key and answers the epoch ms at which it is cleared, unless something else was copied since. */
  copy(keyId: string, key: string): Promise<number>
  /** Clears now what would be cleared later: for quitting. */
  clearNow(): Promise<void>
}

/** Makes the one hold of this run. It remembers a digest of what it copied, never the key. */
export function createClipboardHold(parts: {
  readonly clipboard: Clipboard
  readonly clock: Clock
  readonly digest: Digest
  readonly emit: Emit
}): ClipboardHold {
  const { clipboard, clock, digest, emit } = parts
  let held: { readonly keyId: string; readonly sha256: string; readonly timer: AbortController } | null = null

  const clear = async (): Promise<void> => {
    if (held === null) return
    const { keyId, sha256, timer } = held
    held = null
    timer.abort()
    if (digest.sha256Hex(await clipboard.readText()) !== sha256) return
    clipboard.clear()
    emit('clipboard.cleared', { keyId })
  }

  return {
    async copy(keyId, key) {
      held?.timer.abort()
      const timer = new AbortController()
      held = { keyId, sha256: digest.sha256Hex(key), timer }
      await clipboard.writeText(key)
      void clock.sleep(limits.clipboardHoldMs, timer.signal).then(() => (timer.signal.aborted ? undefined : clear()))
      return clock.nowMs() + limits.clipboardHoldMs
    },
    clearNow: clear,
  }
}
