// Running as an ordinary user when started as root, so that Chromium's sandbox is on.
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure, root, runKept, runShort, withFolder } from './command.mjs'

const userName = 'jasni-vault-test'
const placesPrefix = '/var/tmp/jasni-vault-test-'

// What the tests read. Everything else of node_modules is for building and packaging.
const treeParts = ['package.json', 'e2e', 'out', 'scripts', 'src']
const unneededPackages = [
  '.cache',
  '.bin',
  '@biomejs',
  '@rolldown',
  '@typescript',
  'app-builder-bin',
  'app-builder-lib',
]

function findUser() {
  const { output } = runShort('getent', ['passwd', userName])
  const [, , uid, gid] = output.trim().split(':')
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) }
}

function ensureUser() {
  const known = findUser()
  if (known !== null) return known
  const { code } = runShort('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', userName])
  const created = findUser()
  if (code !== 0 || created === null)
    throw new Failure(`The user ${userName} for the sandboxed tests could not be created.`)
  return created
}

function canUse(user, flag, path) {
  return runShort('test', [flag, path], user).code === 0
}

/** True if the user can read the whole repository where it is. A umask of 077 or a closed parent folder prevents it. */
function canReadTree(user) {
  const samples = ['package.json', 'out/main/index.cjs', 'e2e/playwright.config.ts', 'node_modules/.package-lock.json']
  return (
    samples.every((path) => canUse(user, '-r', join(root, path))) &&
    canUse(user, '-x', join(root, 'node_modules/electron/dist/electron'))
  )
}

async function copyTree(user, place) {
  const tree = join(place, 'tree')
  mkdirSync(join(tree, 'node_modules'), { recursive: true })
  for (const part of treeParts) cpSync(join(root, part), join(tree, part), { recursive: true })
  const script = `cd "$1" && for name in $(ls -A); do case " $3 " in *" $name "*) ;; *) cp -a --reflink=auto "$name" "$2/" ;; esac; done`
  const target = join(tree, 'node_modules')
  const copy = await runKept('sh', ['-c', script, 'sh', join(root, 'node_modules'), target, unneededPackages.join(' ')])
  if (copy.code !== 0) throw new Failure(`The copy for the sandboxed tests failed.\n${copy.output.trim()}`)
  const own = await runKept('sh', [
    '-c',
    'chown -R "$1" "$2" && chmod -R u+rX "$2"',
    'sh',
    `${user.uid}:${user.gid}`,
    tree,
  ])
  if (own.code !== 0) throw new Failure(`The copy for the sandboxed tests failed.\n${own.output.trim()}`)
  const helper = join(tree, 'node_modules/electron/dist/chrome-sandbox')
  chownSync(helper, 0, 0)
  chmodSync(helper, 0o4755)
  return tree
}

function placeNode(user, place) {
  if (canUse(user, '-x', process.execPath)) return process.execPath
  const copy = join(place, 'node')
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}

/**
 * Calls `run` with a place of an ordinary user's own: `user`, a writable `home`, a `node` that he can run, and
 * spawn `options` that make a command his. Removes the place afterwards.
 */
export async function withUserPlace(run) {
  const user = ensureUser()
  return withFolder(placesPrefix, async (place) => {
    chmodSync(place, 0o755)
    const home = join(place, 'home')
    mkdirSync(home, { mode: 0o700 })
    chownSync(home, user.uid, user.gid)
    const node = placeNode(user, place)
    const foreign = /^(npm_|XDG_|DISPLAY$|WAYLAND_DISPLAY$|XAUTHORITY$|DBUS_)/
    const env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
      PATH: `${dirname(node)}:${process.env.PATH}`,
      HOME: home,
      TMPDIR: home,
      USER: userName,
      LOGNAME: userName,
    }
    return run({ user, place, node, home, options: { cwd: home, env, uid: user.uid, gid: user.gid } })
  })
}

/**
 * Calls `run` with a place where an ordinary user can run the tests: `tree`, the repository or a copy
 * of what the tests need; `node`; a writable `home`; and spawn `options` that make a command his.
 * Removes the place afterwards.
 */
export async function withOrdinaryUser(run) {
  return withUserPlace(async ({ user, place, node, home, options }) => {
    const tree = canReadTree(user) ? root : await copyTree(user, place)
    return run({ tree, node, home, options: { ...options, cwd: tree } })
  })
}
