// Apart from the schemas, so that the window's first script has the names without a schema library.

/** Names of what ends an arming. `window`: the page was closed, loaded again or crashed. */
export const guardEnds = ['by-hand', 'time', 'idle', 'switched', 'locked', 'window', 'changed'] as const
