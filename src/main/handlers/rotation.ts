import { fail, succeed } from '../../shared/result.ts'
import type { HandlerGroup } from './group.ts'

const unknown = () => fail({ kind: 'NOT_FOUND', what: 'rotation' } as const)

/** Rotations and revocations. */
export function createRotationHandlers(): HandlerGroup<'rotation'> {
  return {
    'rotation.list': () => succeed([]),
    'rotation.start': unknown,
    'rotation.cancel': unknown,
    'rotation.goBack': unknown,
    'rotation.stopAsking': unknown,
    'rotation.retry': unknown,
    'rotation.openPage': unknown,
    'rotation.attend': unknown,
    'rotation.pasteKey': unknown,
    'rotation.copyNewKey': unknown,
    'rotation.report': unknown,
    'rotation.copyReport': unknown,
    'rotation.revokePlan': unknown,
    'rotation.revoke': unknown,
    'rotation.panic': unknown,
  }
}

/** What a person chose about rotations, and how old the keys are. */
export function createPolicyHandlers(): HandlerGroup<'policy'> {
  return {
    'policy.list': () => succeed([]),
    'policy.set': unknown,
    'policy.setCredentialFromClipboard': unknown,
    'policy.health': () => succeed({ ages: [], hints: [] }),
  }
}
