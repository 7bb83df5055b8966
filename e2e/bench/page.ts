import { WebSocket } from 'undici'

/** A page that code can be run in, over Chromium's debugging protocol and nothing else. */
export interface MeasuredPage {
  /** Runs an expression in the page, awaits it, and answers its JSON value. */
  evaluate(expression: string): Promise<unknown>
  close(): void
}

interface Target {
  readonly type: string
  readonly url: string
  readonly webSocketDebuggerUrl: string
}

interface Answer {
  readonly id?: number
  readonly result?: {
    readonly result?: { readonly value?: unknown }
    readonly exceptionDetails?: { readonly text: string }
  }
  readonly error?: { readonly message: string }
}

/** Connects to the app's page. `devtoolsUrl` is what Chromium printed when it started. */
export async function connectPage(devtoolsUrl: string): Promise<MeasuredPage> {
  const { host } = new URL(devtoolsUrl)
  const targets = (await (await fetch(`http://${host}/json/list`)).json()) as readonly Target[]
  const target = targets.find(({ type, url }) => type === 'page' && url.startsWith('app://'))
  if (target === undefined) throw new Error('The app has no page to connect to.')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise<void>((done, fail) => {
    socket.addEventListener('open', () => done(), { once: true })
    socket.addEventListener('error', () => fail(new Error('The page did not take the connection.')), { once: true })
  })
  const waiting = new Map<number, { done: (value: unknown) => void; fail: (error: Error) => void }>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    const call = answer.id === undefined ? undefined : waiting.get(answer.id)
    if (answer.id === undefined || call === undefined) return
    waiting.delete(answer.id)
    const problem = answer.error?.message ?? answer.result?.exceptionDetails?.text
    if (problem !== undefined) call.fail(new Error(problem))
    else call.done(answer.result?.result?.value)
  })
  let lastId = 0
  return {
    evaluate: (expression) =>
      new Promise((done, fail) => {
        lastId += 1
        waiting.set(lastId, { done, fail })
        const params = { expression, awaitPromise: true, returnByValue: true }
        socket.send(JSON.stringify({ id: lastId, method: 'Runtime.evaluate', params }))
      }),
    close: () => socket.close(),
  }
}
