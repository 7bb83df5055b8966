import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls } from 'node:tls'
import type { buildConnector } from 'undici'
import type { AttemptTimings } from '../../shared/model/call.ts'

/** How long the phases of one connection took, in ms; null for one that did not begin. */
export type ConnectionTimings = Pick<AttemptTimings, 'dnsMs' | 'connectMs' | 'tlsMs'>

/** The phases of one connection while it is made. */
export interface ConnectionTimes {
  /** Ends the phase under way, if any, and begins this one; null begins none. */
  enter(phase: keyof ConnectionTimings | null): void
  /** A phase that is still under way, as when a request is given up in it, counts up to now. */
  read(): ConnectionTimings
}

/** Starts with no phase under way; `nowMs` is monotonic. */
export function createConnectionTimes(nowMs: () => number = () => performance.now()): ConnectionTimes {
  let times: ConnectionTimings = { dnsMs: null, connectMs: null, tlsMs: null }
  let phase: keyof ConnectionTimings | null = null
  let enteredAtMs = 0
  const read = () => (phase === null ? times : { ...times, [phase]: nowMs() - enteredAtMs })
  return {
    enter(next) {
      times = read()
      phase = next
      enteredAtMs = nowMs()
    },
    read,
  }
}

/** How connections are made. */
export interface TimedConnectorOptions {
  /** Time for one connection, TLS included. */
  readonly timeoutMs: number
  /** Certificates in PEM to trust in place of the system's. */
  readonly ca?: string
}

const addressFamilyTimeoutMs = 250
const keepAliveDelayMs = 60_000
const sessionsMax = 100

/** Keeps the newest TLS session of each server, so that a later connection to it is quicker. */
function createSessionCache() {
  const sessions = new Map<string, Buffer>()
  return {
    find: (server: string) => sessions.get(server),
    keep(server: string, session: Buffer): void {
      const oldest = sessions.keys().next()
      if (sessions.size >= sessionsMax && oldest.done !== true) sessions.delete(oldest.value)
      sessions.set(server, session)
    },
  }
}

/**
 * Builds the function that makes the connections of the HTTP client and times their phases.
 * `takeTimes` is asked once per connection, as it begins.
 */
export function createTimedConnector(
  { timeoutMs, ca }: TimedConnectorOptions,
  takeTimes: () => ConnectionTimes,
): buildConnector.connector {
  const sessions = createSessionCache()

  function open(hostname: string, port: number, servername: string | null): Socket {
    const address = {
      host: hostname,
      port,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: addressFamilyTimeoutMs,
    }
    if (servername === null) return connectTcp(address)
    const server = `${hostname}:${port}`
    const session = sessions.find(server)
    const socket = connectTls({
      ...address,
      servername,
      ALPNProtocols: ['http/1.1'],
      // Said here, since NODE_TLS_REJECT_UNAUTHORIZED of the surroundings would decide otherwise.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      ...(session === undefined ? {} : { session }),
    })
    return socket.on('session', (fresh: Buffer) => sessions.keep(server, fresh))
  }

  return function connect({ protocol, hostname, port, servername }, callback) {
    const times = takeTimes()
    const isTls = protocol === 'https:'
    const name = servername || (isIP(hostname) === 0 ? hostname : '')
    times.enter(isIP(hostname) === 0 ? 'dnsMs' : 'connectMs')
    let settled = false
    let looksUp = isIP(hostname) === 0
    const socket = open(hostname, Number(port) || (isTls ? 443 : 80), isTls ? name : null)
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('connection timed out'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    )

    function settle(...outcome: Parameters<typeof callback>): void {
      if (settled) return
      settled = true
      clearTimeout(timer)
      times.enter(null)
      callback(...outcome)
    }
    socket
      .setKeepAlive(true, keepAliveDelayMs)
      .setNoDelay(true)
      // Told once per address of the name.
      .on('lookup', (error: Error | null) => {
        if (error === null || error === undefined) {
          if (looksUp) times.enter('connectMs')
          looksUp = false
        }
      })
      .once('connect', () => (isTls ? times.enter('tlsMs') : settle(null, socket)))
      .once('secureConnect', () => settle(null, socket))
      .on('error', (error) => settle(error, null))
      .once('close', () => settle(new Error('closed before it was connected'), null))
  }
}
