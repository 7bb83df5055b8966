import { limits } from '../../shared/limits.ts'
import { fail, succeed } from '../../shared/result.ts'
import type { Clipboard } from '../core/ports.ts'
import type { Policies } from '../core/rotation/policies.ts'
import type { Rotations } from '../core/rotation/rotations.ts'
import type { ClipboardHold } from './clipboard-hold.ts'
import type { HandlerGroup } from './group.ts'

/** Rotations and revocations. */
export function createRotationHandlers(parts: {
  readonly rotations: Rotations
  readonly clipboard: Clipboard
  readonly hold: ClipboardHold
}): HandlerGroup<'rotation'> {
  const { rotations, clipboard, hold } = parts
  return {
    'rotation.list': () => succeed([...rotations.list()]),
    'rotation.start': ({ environmentId }) => rotations.start(environmentId),
    'rotation.cancel': ({ id }) => rotations.cancel(id),
    'rotation.goBack': ({ id }) => rotations.goBack(id),
    'rotation.stopAsking': ({ id }) => rotations.stopAsking(id),
    'rotation.retry': ({ id }) => rotations.retry(id),
    'rotation.openPage': ({ id }) => rotations.openPage(id),
    'rotation.attend': ({ id, open }) => rotations.attend(id, open),
    'rotation.pasteKey': ({ id }) => rotations.pasteKey(id),
    async 'rotation.copyNewKey'({ id }) {
      const revealed = rotations.revealNewKey(id)
      if (!revealed.ok) return revealed
      const { keyId, secret } = revealed.value
      return succeed({ clearsAtMs: await hold.copy(keyId, secret.reveal()) })
    },
    'rotation.report'({ id }) {
      const report = rotations.report(id)
      return report.ok ? succeed({ markdown: report.value }) : report
    },
    async 'rotation.copyReport'({ id }) {
      const report = rotations.report(id)
      if (!report.ok) return report
      await clipboard.writeText(report.value)
      return succeed(null)
    },
    'rotation.revokePlan': ({ id }) => rotations.planRevoke(id),
    'rotation.revoke': ({ id, confirmation }) => rotations.revoke(id, confirmation),
    async 'rotation.panic'({ environmentId, confirmation }) {
      const rows = await rotations.panic(environmentId, confirmation)
      return rows.ok ? succeed([...rows.value]) : rows
    },
  }
}

/** What a person chose about rotations, and how old the keys are. */
export function createPolicyHandlers(parts: {
  readonly rotations: Rotations
  readonly policies: Policies
  readonly clipboard: Clipboard
}): HandlerGroup<'policy'> {
  const { rotations, policies, clipboard } = parts
  return {
    'policy.list': () => succeed([...policies.list()]),
    'policy.set': ({ environmentId, input }) => policies.set(environmentId, input),
    async 'policy.setCredentialFromClipboard'({ environmentId }) {
      const text = await clipboard.readText()
      if (text.length > limits.clipboardCharsMax) return fail({ kind: 'BAD_REQUEST', field: 'credential' })
      const kept = await policies.setCredential(environmentId, text)
      if (kept.ok && (await clipboard.readText()) === text) clipboard.clear()
      return kept
    },
    'policy.quietUntilTomorrow': ({ environmentId }) => policies.quietUntilTomorrow(environmentId),
    'policy.health': () => succeed(rotations.health()),
  }
}
