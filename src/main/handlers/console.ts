import type { SavedRequest } from '../../shared/model/console.ts'
import { type Result, succeed } from '../../shared/result.ts'
import type { Console } from '../core/console/console.ts'
import type { SavedRequests } from '../core/console/saved-requests.ts'
import type { Clipboard } from '../core/ports.ts'
import type { HandlerGroup } from './group.ts'

const copyList = (result: Result<readonly SavedRequest[]>): Result<SavedRequest[]> =>
  result.ok ? succeed([...result.value]) : result

/** The console: send, cancel, read large answers, copy as a command. */
export function createConsoleHandlers(parts: {
  readonly console: Console
  readonly savedRequests: SavedRequests
  readonly clipboard: Clipboard
}): HandlerGroup<'console'> {
  const { console: desk, savedRequests, clipboard } = parts
  return {
    'console.send': ({ ticket, environmentId, request }) => desk.send(ticket, environmentId, request),
    'console.cancel'({ ticket }) {
      desk.cancel(ticket)
      return succeed(null)
    },
    'console.body': ({ callId, from }) => desk.body(callId, from),
    'console.saved': () => succeed([...savedRequests.all()]),
    'console.save': ({ name, request }) => copyList(savedRequests.save(name, request)),
    'console.forget': ({ name }) => copyList(savedRequests.forget(name)),
    async 'console.copy'({ environmentId, request, form }) {
      const snippet = desk.snippet(environmentId, request, form)
      if (!snippet.ok) return snippet
      await clipboard.writeText(snippet.value)
      return succeed(null)
    },
    'console.importCurl': async ({ environmentId }) => desk.importCurl(environmentId, await clipboard.readText()),
  }
}
