import { callGuarded } from '../../store/guarded.ts'
import { createConsole } from './console-store.ts'

/** The one console of the window. */
export const desk = createConsole(callGuarded)

/** Its state, read with narrow selectors. */
export const useConsole = desk.store
