import type { Log } from '../core/ports.ts'
export const placeholder: { log: Log; handlers: Record<string, (input: never) => unknown> } = {
  log: {
    info: () => undefined,
    warn: (e, f) => process.stderr.write(`${e} ${JSON.stringify(f)}\n`),
    error: (e, c) => (process.stderr.write(`${e} ${String(c)}\n`), 'ref'),
  },
  handlers: {},
}
