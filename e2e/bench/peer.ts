import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { type SandboxOptions, startSandbox } from '../../src/main/sandbox/server.ts'

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

/** The limit of the server, and how many keys it gives out. */
export interface PeerOptions extends Pick<SandboxOptions, 'plan' | 'windowMs'> {
  readonly keys: number
}

/** So wide that no call is refused. */
const wideOpen: PeerOptions = { plan: 1_000_000, windowMs: 60_000, keys: 3 }

/** Runs the server; the process ends with its parent's channel. `options` is a JSON text. */
export async function runPeer(options: string): Promise<void> {
  const { plan, windowMs, keys: count } = JSON.parse(options) as PeerOptions
  const server = await startSandbox({
    port: 0,
    plan,
    windowMs,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: randomUUID(),
    seed: 'bench',
  })
  const keys = Array.from({ length: count }, (_, index) => server.issueKey(`key ${index + 1}`).key)
  process.on('disconnect', () => process.exit(0))
  process.send?.({ baseUrl: server.baseUrl, keys })
}

function isAddress(message: unknown): message is PeerAddress {
  return typeof message === 'object' && message !== null && 'baseUrl' in message && 'keys' in message
}

/** Starts the server process; without options no call of a bench is refused. */
export function startPeer(script: string, options: PeerOptions = wideOpen): Promise<Peer> {
  const child = fork(script, [peerArgument, JSON.stringify(options)])
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`The server ended with code ${code}.`)))
    child.once('message', (message) => {
      if (isAddress(message)) done({ ...message, close: () => child.disconnect() })
      else fail(new Error('The server said something else than its address.'))
    })
  })
}
