// Everything that must be in place before the app or its tests can run, in order.
import { ensureAppBuild } from './app-build.mjs'
import { Failure } from './command.mjs'
import { ensureElectronRuntime } from './electron-runtime.mjs'
import { ensureNodePackages } from './node-packages.mjs'
import { hasDisplay, hasKeychain } from './session.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Failure(`Node ${process.versions.node} is too old. Install Node 20.19 or newer and try again.`)
}

/** Prepares `npm start`: a desktop's display and keychain are used where there are some. */
export async function prepareStart() {
  checkNode()
  await ensureSystemPackages({ display: !hasDisplay(), keyring: !hasKeychain(), tests: false })
  await ensureNodePackages()
  await ensureElectronRuntime()
  await ensureAppBuild()
}

/** Prepares everything that drives the app by itself: it gets its own display and keychain. */
export async function prepareTests() {
  checkNode()
  await ensureSystemPackages({ display: true, keyring: true, tests: true })
  await ensureNodePackages()
  await ensureElectronRuntime()
  await ensureAppBuild()
}

/** Prepares what runs in plain Node: the packages and the build. */
export async function prepareNode() {
  checkNode()
  await ensureNodePackages()
  await ensureAppBuild()
}

/** Prepares packaging: the runtime to pack and the build, but nothing of a desktop. */
export async function preparePackaging() {
  checkNode()
  await ensureNodePackages()
  await ensureElectronRuntime()
  await ensureAppBuild()
}
