import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { startSandbox } from '../../src/main/sandbox/server.ts'

/** What the server process tells when it is up. */
export interface PeerAddress {
  readonly baseUrl: string
  /** Keys that it takes; they live as long as it does. */
  readonly keys: readonly string[]
}

/** A Jasni server in a process of its own, so that its work is not counted as the app's or the baseline's. */
export interface Peer extends PeerAddress {
  close(): void
}

/** What the bundle is called with to be that process. */
export const peerArgument = 'peer'

/** Runs the server; the process ends with its parent's channel. */
export async function runPeer(): Promise<void> {
  const server = await startSandbox({
    port: 0,
    plan: 1_000_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: randomUUID(),
    seed: 'bench',
  })
  const keys = ['first', 'second', 'third'].map((label) => server.issueKey(label).key)
  process.on('disconnect', () => process.exit(0))
  process.send?.({ baseUrl: server.baseUrl, keys })
}

function isAddress(message: unknown): message is PeerAddress {
  return typeof message === 'object' && message !== null && 'baseUrl' in message && 'keys' in message
}

/** Starts the server process. Its window is so wide that no call of a bench is refused. */
export function startPeer(script: string): Promise<Peer> {
  const child = fork(script, [peerArgument])
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`The server ended with code ${code}.`)))
    child.once('message', (message) => {
      if (isAddress(message)) done({ ...message, close: () => child.disconnect() })
      else fail(new Error('The server said something else than its address.'))
    })
  })
}
