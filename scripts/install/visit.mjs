// One visit to the installed app by an ordinary user, in a session of his own with his kept keyring: starts it,
// looks at it from outside once it is ready, ends it as a desktop does, and prints what it saw as JSON.
// `node visit.mjs '{"args": […], "env": {NAME: VALUE}, "waitForKey": true, "until": FILE, "onlyKeyring": false}'`
// `until`: the visit lasts until this file is there.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Failure, runMain, runShort, spawnTied } from '../command.mjs'
import { openSession } from '../session.mjs'

const service = 'ai.jasni.vault'
/** Accounts of the app that hold no key. */
const helpers = ['canary', 'knock']
const readyLimitMs = 150_000
const pollMs = 50

const pause = () => new Promise((done) => setTimeout(done, pollMs))

/** Accounts and secrets of the app, as another program of the same user sees them. */
function readSecrets(env) {
  const script = 'secret-tool search --all service "$1" 2>&1 || true'
  const { output } = runShort('sh', ['-c', script, 'sh', service], { env })
  const secrets = output
    .split(/^\[\/.*\]$/m)
    .map((block) => [/^attribute\.account = (.*)$/m.exec(block)?.[1], /^secret = (.*)$/m.exec(block)?.[1]])
  return Object.fromEntries(secrets.filter(([account, secret]) => account !== undefined && secret !== undefined))
}

/** Labels of every item in the keyring, whoever put it there. */
function readLabels(env) {
  const call = (path, property) =>
    runShort(
      'gdbus',
      [
        'call',
        '--session',
        '--dest=org.freedesktop.secrets',
        `--object-path=${path}`,
        '--method=org.freedesktop.DBus.Properties.Get',
        ...property,
      ],
      { env },
    ).output
  const collection = '/org/freedesktop/secrets/collection/login'
  const items = call(collection, ['org.freedesktop.Secret.Collection', 'Items']).match(/\/org\/[^']+/g) ?? []
  const labels = items.map((item) => /<'(.*)'>/.exec(call(item, ['org.freedesktop.Secret.Item', 'Label']))?.[1] ?? '')
  // The service gives them in no certain order.
  return labels.sort()
}

function readProcess(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? ''
  // Chromium's children write their command line anew, with spaces.
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/)
  return {
    pid,
    parent: Number(field('PPid')),
    type: command.map((argument) => /^--type=(.*)$/.exec(argument)?.[1]).find((type) => type !== undefined) ?? 'main',
    command,
    seccomp: Number(field('Seccomp')),
    caught: BigInt(`0x${field('SigCgt')}`),
    coreLimit: /^Max core file size\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '',
  }
}

/** The process and all that come from it. */
function readFamily(root) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readProcess(Number(name))]
      } catch {
        return []
      }
    })
  const family = new Set([root])
  for (let before = 0; before !== family.size; ) {
    before = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return all.filter(({ pid }) => family.has(pid))
}

/** Local addresses on which the processes listen, as the kernel writes them: 0100007F is 127.0.0.1. */
function readListening(pids) {
  const inodes = new Set(
    pids.flatMap((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
          const link = readlinkSync(`/proc/${pid}/fd/${name}`)
          return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []
        })
      } catch {
        return []
      }
    }),
  )
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => (fields[1] ?? '').split(':')[0]),
  )
}

/** A signal of Node's that would open its inspector: 10 on Linux, so the tenth bit. */
const inspectorSignal = 1n << 9n

function look(pid) {
  const family = readFamily(pid)
  const main = family.find((each) => each.pid === pid)
  return {
    types: [...new Set(family.map(({ type }) => type))].sort(),
    rendererSeccomp: family.filter(({ type }) => type === 'renderer').map(({ seccomp }) => seccomp),
    coreLimits: [...new Set(family.map(({ coreLimit }) => coreLimit))],
    unsandboxed: family.some(({ command }) => command.some((argument) => argument.startsWith('--no-sandbox'))),
    hearsInspectorSignal: main !== undefined && (main.caught & inspectorSignal) !== 0n,
    listening: readListening(family.map((each) => each.pid)),
  }
}

async function visit({ args, env: more, waitForKey, until, onlyKeyring }) {
  const session = await openSession({ display: 'private', keyring: 'desktop' })
  const { env } = session
  const start = { args: [...session.flags, '--log=stderr', ...args], env: { ...env, ...more } }
  const hasSeenEnough = () =>
    (!waitForKey || Object.keys(readSecrets(env)).some((account) => !helpers.includes(account))) &&
    (until === null || existsSync(until))
  const run = onlyKeyring ? { exit: null, output: '', seen: null } : await runApp(start, hasSeenEnough)
  const saw = { ...run, secrets: readSecrets(env), labels: readLabels(env) }
  await session.close()
  return saw
}

/** Starts the app, looks at it once it is ready, and ends it as a desktop does. */
async function runApp({ args, env }, hasSeenEnough) {
  const child = spawnTied('jasni-vault', args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  /** @type {number | string | null} */
  let exit = null
  child.stderr.on('data', (part) => {
    output += part
  })
  const ended = new Promise((done) =>
    child.once('close', (code, signal) => {
      exit = code ?? signal
      done(undefined)
    }),
  )
  const deadline = Date.now() + readyLimitMs
  const isReady = () => output.includes('"event":"interactive"') && hasSeenEnough()
  while (exit === null && Date.now() < deadline && !isReady()) await pause()
  const seen = exit === null && child.pid !== undefined ? look(child.pid) : null
  if (exit === null) child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(timer)
  return { exit, output, seen }
}

runMain(async () => {
  const [request] = process.argv.slice(2)
  if (request === undefined) throw new Failure('Say what the visit is for.')
  const saw = await visit({
    args: [],
    env: {},
    waitForKey: false,
    until: null,
    onlyKeyring: false,
    ...JSON.parse(request),
  })
  process.stdout.write(`\n${JSON.stringify(saw)}\n`)
})
