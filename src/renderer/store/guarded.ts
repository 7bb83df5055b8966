import type { InputOf, MethodName, OutputOf } from '../../shared/contract.ts'
import type { Result } from '../../shared/result.ts'
import { call } from '../api/client.ts'
import { askGuard } from './guard.ts'

/**
 * Like `call`, for what writes, sends or deletes through the API: the one door through which a screen asks a
 * protected environment for anything but a read. Where main holds the call back, the person is asked to arm the
 * environment or to agree to the loss, and the call is made again once they do; else the error is answered.
 */
export async function callGuarded<M extends MethodName>(name: M, input: InputOf<M>): Promise<Result<OutputOf<M>>> {
  for (;;) {
    const result = await call(name, input)
    if (result.ok || result.error.kind !== 'GUARDED' || !(await askGuard(result.error))) return result
  }
}
