import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { limits } from '../../shared/limits.ts'
import { describeDialect, type HeaderDialect, headerDialects } from './header-dialect.ts'
import { windowMsMax } from './request-limit.ts'
import { type DeliveryAttempt, type SandboxNotice, type SandboxRequest, startSandbox } from './server.ts'

const dialectLines = headerDialects.map((name) => `  ${name.padEnd(18)} ${describeDialect(name)}`).join('\n')

/** How to use the command. */
export const usage = `Usage: npm run sandbox -- [options]

A local Jasni server on 127.0.0.1, with its own keys, mailbox and rate limit.

  --port N         TCP port, 0 for any free one (default 4810)
  --plan PLAN      free (100 requests per window), pro (1000), or a number (default free)
  --window-ms N    length of the sliding window in ms (default 60000)
  --headers KIND   rate-limit headers, one of those below (default none)
  --refuse-all     answers 429 to every request with a living key
  --limit-by WHAT  key: each key has its window; account: all keys share one (default key)
  --seed TEXT      seed of the mailbox (default jasni)
  --webhook-speed N  how many times faster than documented a webhook is tried again (default 1)
  --state FILE     keeps hashes of keys and read marks in FILE
  --help           shows this text

Rate-limit headers; the window behind them is the same:
${dialectLines}

While it runs, GET /_limit with the issuer token as bearer token shows the limit, and
PATCH /_limit changes it, with any of
  {"plan": 250, "windowMs": 6000, "headers": "ietf", "refuseAll": true}
Another plan or window length starts all windows anew.

Webhooks get their events on this machine only, signed as documented, in four attempts. The
attempts are printed here, and listed by GET /_deliveries with the issuer token.
`

/** What the flags mean. */
export interface CommandOptions {
  readonly port: number
  readonly plan: number
  readonly windowMs: number
  readonly headers: HeaderDialect
  readonly refuseAll: boolean
  readonly limitBy: 'key' | 'account'
  readonly webhookSpeed: number
  readonly seed: string
  readonly statePath: string | null
}

/** A command line that was read, asks for help, or is wrong for a reason. */
export type CommandReading =
  | { readonly read: 'options'; readonly options: CommandOptions }
  | { readonly read: 'help' }
  | { readonly read: 'wrong'; readonly reason: string }

const plans: ReadonlyMap<string, number> = new Map([
  ['free', 100],
  ['pro', 1000],
])
const defaultPort = '4810'
const webhookSpeedMax = 1000

function readWhole(text: string, min: number, max: number): number | null {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Reads flags strictly: what is unknown, doubled or out of range is wrong. */
export function parseCommandLine(argv: readonly string[]): CommandReading {
  const wrong = (reason: string): CommandReading => ({ read: 'wrong', reason })
  let values: Record<string, string[] | boolean | undefined>
  try {
    const flag = { type: 'string', multiple: true } as const
    values = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        port: flag,
        plan: flag,
        'window-ms': flag,
        headers: flag,
        'refuse-all': { type: 'boolean' },
        'limit-by': flag,
        'webhook-speed': flag,
        seed: flag,
        state: flag,
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    return wrong(messageOf(error))
  }
  if (values.help === true) return { read: 'help' }
  const doubled = Object.entries(values).find(([, value]) => Array.isArray(value) && value.length > 1)
  if (doubled !== undefined) return wrong(`--${doubled[0]} is given more than once`)
  const textOf = (name: string, byDefault: string): string => {
    const value = values[name]
    return (Array.isArray(value) ? value[0] : undefined) ?? byDefault
  }

  const port = readWhole(textOf('port', defaultPort), 0, 65_535)
  if (port === null) return wrong('--port must be a whole number from 0 to 65535')
  const planText = textOf('plan', 'free')
  const plan = plans.get(planText) ?? readWhole(planText, 1, limits.planPerMinuteMax)
  if (plan === null) return wrong(`--plan must be free, pro, or a whole number from 1 to ${limits.planPerMinuteMax}`)
  const windowMs = readWhole(textOf('window-ms', String(limits.windowMs)), 1, windowMsMax)
  if (windowMs === null) return wrong(`--window-ms must be a whole number from 1 to ${windowMsMax}`)
  const headersText = textOf('headers', 'none')
  const headers = headerDialects.find((dialect) => dialect === headersText)
  if (headers === undefined) return wrong(`--headers must be one of ${headerDialects.join(', ')}`)
  const limitBy = textOf('limit-by', 'key')
  if (limitBy !== 'key' && limitBy !== 'account') return wrong('--limit-by must be key or account')
  const webhookSpeed = readWhole(textOf('webhook-speed', '1'), 1, webhookSpeedMax)
  if (webhookSpeed === null) return wrong(`--webhook-speed must be a whole number from 1 to ${webhookSpeedMax}`)
  const state = textOf('state', '')
  if (values.state !== undefined && state === '') return wrong('--state must name a file')
  return {
    read: 'options',
    options: {
      port,
      plan,
      windowMs,
      headers,
      refuseAll: values['refuse-all'] === true,
      limitBy,
      webhookSpeed,
      seed: textOf('seed', 'jasni'),
      statePath: state === '' ? null : state,
    },
  }
}

/** Where the command writes and how it is asked to end. */
export interface CommandSurroundings {
  readonly writeOut: (text: string) => void
  readonly writeError: (text: string) => void
  /** Resolves when the command shall end. */
  readonly ended: Promise<unknown>
}

/** One line about a request. Names its key by id. */
export function formatRequestLine({ atMs, method, path, query, status, tookMs, keyId }: SandboxRequest): string {
  const time = new Date(atMs).toISOString()
  return `${time} ${method} ${path}${query} ${status ?? 'no answer'} ${tookMs.toFixed(1)} ms ${keyId ?? 'no key'}`
}

function formatOutcome(outcome: DeliveryAttempt['outcome']): string {
  switch (outcome.kind) {
    case 'answered':
      return String(outcome.status)
    case 'network':
      return outcome.code
    case 'not-loopback':
      return 'not sent, since the address is not of this machine'
    case 'timeout':
    case 'cancelled':
    case 'dropped':
      return outcome.kind
  }
}

/** One line about an attempt to deliver an event. */
export function formatDeliveryLine({ atMs, event, url, attempt, outcome, nextAtMs }: DeliveryAttempt): string {
  const next = nextAtMs === null ? '' : `, again at ${new Date(nextAtMs).toISOString()}`
  return `${new Date(atMs).toISOString()} ${event} to ${url}, attempt ${attempt}: ${formatOutcome(outcome)}${next}`
}

function formatNotice({ what, detail }: SandboxNotice): string {
  switch (what) {
    case 'state-damaged':
      return `The state file was damaged and is kept as ${detail}. This run starts with a new one.`
    case 'state-not-saved':
      return `The state file could not be written (${detail}). Keys of this run end with the process.`
  }
}

// A request line could hold a key that a client wrote into a URL by mistake, or a terminal's control codes.
function cleanLine(line: string): string {
  return line.replace(/(jsk|whsec)_[A-Za-z0-9_]+/g, '$1_…').replace(/\p{Cc}/gu, '?')
}

/** Runs the command to its end and returns its exit code: 0, 1 when it could not listen, 2 for wrong flags. */
export async function runCommand(argv: readonly string[], surroundings: CommandSurroundings): Promise<number> {
  const { writeOut, writeError, ended } = surroundings
  const reading = parseCommandLine(argv)
  if (reading.read === 'help') {
    writeOut(usage)
    return 0
  }
  if (reading.read === 'wrong') {
    writeError(`${reading.reason}\n\n${usage}`)
    return 2
  }
  const { options } = reading
  const issuerToken = randomBytes(24).toString('base64url')
  try {
    const server = await startSandbox({
      ...options,
      webhooks: { speed: options.webhookSpeed },
      onDelivery: (attempt) => writeOut(`${cleanLine(formatDeliveryLine(attempt))}\n`),
      issuerToken,
      onRequest: (request) => writeOut(`${cleanLine(formatRequestLine(request))}\n`),
      onNotice: (notice) => writeError(`${formatNotice(notice)}\n`),
    })
    const { key } = server.issueKey('command line')
    const life =
      options.statePath === null
        ? 'The key lives only as long as this process. The issuer token too.'
        : 'The key outlives this process, since --state keeps its hash. It is shown only now. The issuer token ends with the process.'
    writeOut(`Base URL      ${server.baseUrl}
Key           ${key}
Issuer        ${server.origin}/_issuer/keys
Issuer token  ${issuerToken}
Limit control ${server.origin}/_limit
Limit         ${options.plan} requests per ${options.windowMs} ms, by ${options.limitBy}

${life}
`)
    await ended
    await server.close()
    return 0
  } catch (error) {
    writeError(`The server could not start: ${messageOf(error)}\n`)
    return 1
  }
}
