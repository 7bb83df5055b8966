import { call } from '../../api/client.ts'
import { createConsole } from './console-store.ts'

/** The one console of the window. */
export const desk = createConsole(call)

/** Its state, read with narrow selectors. */
export const useConsole = desk.store
