import type { InputOf, MethodName, OutputOf } from '../../shared/contract.ts'
import type { Result } from '../../shared/result.ts'
import { call } from '../api/client.ts'

/**
 * Like `call`, for what writes, sends or deletes through the API: the one door through which a screen asks a
 * protected environment for anything but a read.
 */
export async function callGuarded<M extends MethodName>(name: M, input: InputOf<M>): Promise<Result<OutputOf<M>>> {
  return await call(name, input)
}
