import type { Handlers, MethodName } from '../../shared/contract.ts'

/** The handlers of one group of the contract: all methods whose name begins with the group's. */
export type HandlerGroup<Group extends string> = Pick<Handlers, Extract<MethodName, `${Group}.${string}`>>
