import type { GuardedError } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import { readEffect } from './effect.ts'

/** What a call may leave with. It is asked again each time before a key is read. */
export interface Permit {
  /** GUARDED `fallen` once the call may not leave any more; `environment` is as it is at that moment. */
  check(environment: Environment): Result<null>
}

/** The pipeline's side of the guard. */
export interface Gate {
  /** Says whether a call may be made, by what it does. An agreement to a loss is used up by it. */
  admit(environment: Environment, input: CallInput): Result<Permit>
}

/** The refusal that says what a protected environment wants. */
export function refuseGuarded({ id, name }: Environment, need: 'arm' | 'switch' | 'fallen') {
  return fail<GuardedError>({ kind: 'GUARDED', environmentId: id, environmentName: name, need })
}

/** The permit of a read: nothing takes it back. */
export const freePermit: Permit = { check: () => succeed(null) }

/** The permit of a call to an environment that was not protected when it began. */
export const openPermit: Permit = {
  check: (environment) => (environment.protected ? refuseGuarded(environment, 'fallen') : succeed(null)),
}

/** The gate where there is nobody to arm anything: a protected environment is only read. */
export const closedGate: Gate = {
  admit(environment, input) {
    if (readEffect(input) === 'read') return succeed(freePermit)
    return environment.protected ? refuseGuarded(environment, 'arm') : succeed(openPermit)
  },
}
