import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { refuseDevelopmentRuntime } from '../scripts/packaging.mjs'
import { wantedFuses } from './fuses.mjs'

const root = resolve(import.meta.dirname, '..')
const runtime = join(root, 'node_modules/electron/dist')
const icons = join(root, 'dist/icons')
/** A name that electron-builder fills in. */
const macro = (name) => `\${${name}}`
const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '')
const pinned = JSON.parse(readText(join(root, 'node_modules/electron/package.json')) || '{}').version ?? ''
// The runtime in place is this machine's. Other architectures of macOS and Windows are downloaded.
const isLinux = process.platform === 'linux'
const electronVersion = (isLinux && readText(join(runtime, 'version')).replace(/^v/, '')) || pinned

/** Refuses to pack the runtime for development and tests into a release. */
function checkRuntime(folder) {
  if (process.env.JASNI_VAULT_RELEASE === '1') refuseDevelopmentRuntime(folder)
}

export default {
  appId: 'ai.jasni.vault',
  productName: 'Jasni Vault',
  copyright: 'Jasni',
  directories: { output: 'dist', buildResources: 'build' },
  electronVersion,
  ...(isLinux ? { electronDist: runtime } : {}),
  // Native modules come as binaries inside their packages, so nothing is compiled.
  npmRebuild: false,
  // Only what runs: the bundle, and of the two native packages what this platform loads.
  files: [
    'out/**',
    '!out/sources.sha256',
    '!out/main/sandbox.cjs',
    '!**/*.map',
    'package.json',
    '!node_modules/node-addon-api/**',
    '!node_modules/keytar/{src,script,build}/**',
    '!node_modules/keytar/binding.gyp',
    `!node_modules/keytar/prebuilds/!(${macro('platform')}-${macro('arch')})/**`,
    '!node_modules/@libsql/*-musl*/**',
    '!**/*.d.ts',
  ],
  // Only the binaries lie beside the archive; what electron-builder would unpack around them stays inside.
  asar: { smartUnpack: false },
  asarUnpack: ['**/*.node'],
  electronLanguages: ['en', 'en-US'],
  electronFuses: wantedFuses({ electronMajor: Number.parseInt(electronVersion, 10), platform: process.platform }),
  protocols: [{ name: 'Jasni Vault', schemes: ['jasni-vault'] }],
  artifactName: `jasni-vault-${['version', 'os', 'arch'].map(macro).join('-')}.${macro('ext')}`,
  linux: {
    target: ['dir'],
    executableName: 'jasni-vault',
    category: 'Development',
    icon: icons,
    synopsis: 'Key vault and API console for the Jasni email API',
    mimeTypes: ['x-scheme-handler/jasni-vault'],
  },
  mac: {
    target: [
      { target: 'dmg', arch: ['universal'] },
      { target: 'zip', arch: ['universal'] },
    ],
    category: 'public.app-category.developer-tools',
    icon: join(icons, 'icon.icns'),
    // Signed and notarised when the environment holds CSC_LINK and APPLE_API_KEY and their companions.
    hardenedRuntime: true,
    entitlements: 'build/mac/entitlements.plist',
    entitlementsInherit: 'build/mac/entitlements.plist',
  },
  dmg: { sign: false },
  win: {
    target: [{ target: 'nsis', arch: ['x64', 'arm64'] }],
    icon: join(icons, 'icon.ico'),
  },
  nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
  publish: null,
  // Twice: before any work, and on what was put together, whichever way the runtime came.
  beforePack: () => checkRuntime(runtime),
  afterPack: ({ appOutDir }) => {
    checkRuntime(appOutDir)
    // It would load whatever folder its command line names.
    rmSync(join(appOutDir, 'resources/default_app.asar'), { force: true })
  },
}
