import { succeed } from '../../shared/result.ts'
import type { Console } from '../core/console/console.ts'
import type { Clipboard } from '../core/ports.ts'
import type { HandlerGroup } from './group.ts'

/** The console: send, cancel, read large answers, copy as a command. */
export function createConsoleHandlers(parts: {
  readonly console: Console
  readonly clipboard: Clipboard
}): HandlerGroup<'console'> {
  const { console: desk, clipboard } = parts
  return {
    'console.send': ({ ticket, environmentId, request }) => desk.send(ticket, environmentId, request),
    'console.cancel'({ ticket }) {
      desk.cancel(ticket)
      return succeed(null)
    },
    'console.body': ({ callId, from }) => desk.body(callId, from),
    async 'console.copy'({ environmentId, request, form }) {
      const snippet = desk.snippet(environmentId, request, form)
      if (!snippet.ok) return snippet
      await clipboard.writeText(snippet.value)
      return succeed(null)
    },
  }
}
