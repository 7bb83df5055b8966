// What a desktop gives and a bare machine lacks: a display, a session bus, a Secret Service.
// `node scripts/session.mjs COMMAND…` runs a command in a private session, thrown away afterwards.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, hasCommand, runMain, runShort, runShown, say, spawnTied } from './command.mjs'

const isLinux = process.platform === 'linux'
const screen = '1600x1000x24'
const folderPrefix = 'jasni-vault-session-'

/** True if windows have somewhere to appear. Always true on macOS and Windows. */
export function hasDisplay() {
  return !isLinux || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * True if a Secret Service of this desktop can be used. Asks once over the session bus, at most
 * three seconds. Without a display its prompts would never be seen, so it must then be unlocked.
 */
export function hasKeychain() {
  if (!isLinux) return true
  const hasBus = Boolean(process.env.DBUS_SESSION_BUS_ADDRESS) || existsSync(`/run/user/${process.getuid?.()}/bus`)
  if (!hasBus || !hasCommand('dbus-send')) return false
  const collection = readDefaultCollection(process.env)
  if (collection === null) return false
  return hasDisplay() || isUnlocked(process.env, collection)
}

function callSecrets(env, path, method, ...args) {
  return runShort(
    'dbus-send',
    [
      '--session',
      '--print-reply=literal',
      '--reply-timeout=3000',
      '--dest=org.freedesktop.secrets',
      path,
      method,
      ...args,
    ],
    { env },
  )
}

/** Path of the collection that new secrets go to (`/` for none yet), or null if no Secret Service answers. */
function readDefaultCollection(env) {
  const { code, output } = callSecrets(
    env,
    '/org/freedesktop/secrets',
    'org.freedesktop.Secret.Service.ReadAlias',
    'string:default',
  )
  return code === 0 ? output.trim() : null
}

function isUnlocked(env, collection) {
  const { code, output } = callSecrets(
    env,
    collection,
    'org.freedesktop.DBus.Properties.Get',
    'string:org.freedesktop.Secret.Collection',
    'string:Locked',
  )
  return code === 0 && output.includes('boolean false')
}

/** Folders of sessions whose process was killed hard hold nothing that runs, only sockets and a throw-away keyring. */
function removeLeftFolders() {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split('-')[0]) : 0
    if (pid === 0 || existsSync(`/proc/${pid}`)) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true })
    } catch {
      // Another user's, or another session removes it at this moment.
    }
  }
}

const readyLimitMs = 15_000

/** Waits for the first line that a child writes on file descriptor 3. */
function readReadyLine(child, name) {
  return new Promise((done, fail) => {
    let text = ''
    const timer = setTimeout(
      () => fail(new Failure(`${name} did not start within ${readyLimitMs / 1000} s.`)),
      readyLimitMs,
    )
    const end = (action, value) => {
      clearTimeout(timer)
      action(value)
    }
    child.on('error', (error) => end(fail, new Failure(`${name} could not be started: ${error.message}`)))
    child.on('exit', (code) => end(fail, new Failure(`${name} ended at once with code ${code}.`)))
    child.stdio[3].on('data', (part) => {
      text += part
      if (text.includes('\n')) end(done, text.trim())
    })
  })
}

/**
 * Waits until a child that was asked to end has ended, and ends it hard after two seconds.
 * @returns {Promise<void>}
 */
function waitForEnd(child) {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return done()
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
    child.once('exit', () => {
      clearTimeout(timer)
      done()
    })
  })
}

/** An authority file with one cookie for every display of this machine: only its holder may open windows. */
function writeAuthority(path) {
  const field = (bytes) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  const anyFamily = Buffer.from([0xff, 0xff])
  const none = Buffer.alloc(0)
  const cookie = [field(Buffer.from('MIT-MAGIC-COOKIE-1')), field(randomBytes(16))]
  writeFileSync(path, Buffer.concat([anyFamily, field(none), field(none), ...cookie]), { mode: 0o600 })
}

async function startDisplay(session) {
  const authority = join(session.folder, 'authority')
  writeAuthority(authority)
  // Detached: Ctrl+C on the terminal must reach the app before its display goes.
  const child = spawnTied(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset', '-auth', authority],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true },
  )
  session.children.push(child)
  const number = await readReadyLine(child, 'The virtual display (Xvfb)')
  session.env.DISPLAY = `:${number}`
  session.env.XAUTHORITY = authority
  delete session.env.WAYLAND_DISPLAY
  // There is no graphics card behind it, and Chromium complains after trying.
  session.flags.push('--disable-gpu')
  // A desktop's variable would make GTK choose a backend that is not there.
  delete session.env.GDK_BACKEND
}

/** No service is started by name on this bus: what is on it is what was put there. */
function busConfig(folder) {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`
}

async function startBus(session) {
  const config = join(session.folder, 'bus.conf')
  writeFileSync(config, busConfig(session.folder))
  const child = spawnTied('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=3'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
    env: session.env,
  })
  session.children.push(child)
  session.env.DBUS_SESSION_BUS_ADDRESS = await readReadyLine(child, 'The session bus (dbus-daemon)')
  // Chromium asks the system bus about power and Bluetooth, loudly when there is none.
  if (!existsSync('/run/dbus/system_bus_socket'))
    session.env.DBUS_SYSTEM_BUS_ADDRESS = session.env.DBUS_SESSION_BUS_ADDRESS
  // The accessibility bus is not there to be asked.
  session.env.NO_AT_BRIDGE = '1'
}

/** Starts gnome-keyring, unlocked, with its files in `home`. It ends by itself when its bus goes. */
async function startKeyring(session, home, password) {
  session.password = password
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const child = spawnTied(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets', `--control-directory=${join(session.folder, 'control')}`],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: { ...session.env, HOME: home, XDG_DATA_HOME: home },
    },
  )
  session.children.push(child)
  child.stdin.end(password)
  const deadline = Date.now() + readyLimitMs
  while (Date.now() < deadline && child.exitCode === null) {
    const collection = readDefaultCollection(session.env)
    if (collection?.startsWith('/org/') && isUnlocked(session.env, collection)) return
    await new Promise((done) => setTimeout(done, 30))
  }
  throw new Failure(`The private keyring did not open. If its files are damaged, move them away: ${home}`)
}

/**
 * Opens the locked keyring of a session again, through the daemon's control socket: one byte for the
 * credentials, then length, operation (1 is unlock) and password. The answer ends with 0 for success.
 * @returns {Promise<void>}
 */
function unlockKeyring(session) {
  return new Promise((done, fail) => {
    const number = (value) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
    const password = Buffer.from(session.password)
    const body = Buffer.concat([number(1), number(password.length), password])
    const socket = connect(join(session.folder, 'control/control'))
    socket.on('error', fail)
    socket.on('data', (answer) => {
      socket.destroy()
      if (answer.at(-1) === 0) done()
      else fail(new Failure('The private keyring did not take its own password.'))
    })
    socket.write(Buffer.concat([Buffer.from([0]), number(body.length + 4), body]))
  })
}

/** Folder of the private keyring that is kept between runs, and the password beside it. */
function openKeptKeyring() {
  const folder = join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'jasni-vault-keyring')
  const passwordFile = join(folder, 'password')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(32).toString('hex'), { mode: 0o600 })
  return { folder, password: readFileSync(passwordFile, 'utf8') }
}

/**
 * Opens what is missing of a session.
 * `display`: `desktop` uses the desktop's if there is one, `private` never does.
 * `keyring`: `desktop` uses the desktop's Secret Service if it can be used, else a private one that
 * is kept between runs; `private` is a new one, thrown away at the end.
 * Answers the environment for the commands of this session, flags that Electron should get in it,
 * `close`, and `unlock` for a private keyring that was locked. Whatever ends this process ends the session. On macOS and Windows it is the
 * desktop's, as it is.
 */
export async function openSession({ display, keyring }) {
  /** @type {{ env: NodeJS.ProcessEnv, flags: string[], children: import('node:child_process').ChildProcess[], folder: string, password: string }} */
  const session = { env: { ...process.env }, flags: [], children: [], folder: '', password: '' }
  const stop = () => {
    for (const child of session.children) child.kill('SIGTERM')
    if (session.folder !== '') rmSync(session.folder, { recursive: true, force: true })
  }
  const close = async () => {
    process.off('exit', stop)
    stop()
    await Promise.all(session.children.map(waitForEnd))
  }
  const needsDisplay = isLinux && (display === 'private' || !hasDisplay())
  const needsKeyring = isLinux && (keyring === 'private' || !hasKeychain())
  if (!needsDisplay && !needsKeyring) return { env: session.env, flags: session.flags, close, unlock: async () => {} }

  removeLeftFolders()
  session.folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  chmodSync(session.folder, 0o700)
  process.once('exit', stop)
  if (!session.env.XDG_RUNTIME_DIR || needsKeyring) session.env.XDG_RUNTIME_DIR = session.folder

  const starts = []
  if (needsDisplay) {
    if (display === 'desktop') say('Display: none here, using a virtual one (Xvfb)')
    starts.push(startDisplay(session))
  }
  if (needsKeyring) starts.push(openKeyring(session, keyring))
  try {
    await Promise.all(starts)
  } catch (error) {
    await close()
    throw error
  }
  return { env: session.env, flags: session.flags, close, unlock: () => unlockKeyring(session) }
}

async function openKeyring(session, keyring) {
  await startBus(session)
  if (keyring === 'private') {
    await startKeyring(session, join(session.folder, 'keyring'), randomBytes(32).toString('hex'))
    return
  }
  const { folder, password } = openKeptKeyring()
  say(
    `Keychain: none here, using a private one in ${folder}; its password lies beside it, so it is as safe as your files`,
  )
  await startKeyring(session, folder, password)
}

if (process.argv[1] === import.meta.filename) {
  runMain(async () => {
    const [command, ...args] = process.argv.slice(2)
    if (command === undefined) throw new Failure('Name the command to run: node scripts/session.mjs COMMAND…')
    const session = await openSession({ display: 'private', keyring: 'private' })
    const code = await runShown(command, args, { env: session.env })
    await session.close()
    return code
  })
}
