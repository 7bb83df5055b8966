import { resolve } from 'node:path'
import { refuseDevelopmentRuntime } from '../scripts/packaging.mjs'

const runtime = resolve(import.meta.dirname, '../node_modules/electron/dist')

export default {
  appId: 'ai.jasni.vault',
  productName: 'Jasni Vault',
  directories: { output: 'dist', buildResources: 'build' },
  files: ['out/**', 'package.json'],
  electronDist: runtime,
  // Native modules come as binaries inside their packages.
  npmRebuild: false,
  linux: { target: 'dir', category: 'Development' },
  mac: { target: 'dir', category: 'public.app-category.developer-tools' },
  win: { target: 'dir' },
  // Twice: before any work, and on what was put together, whichever way the runtime came.
  beforePack: () => refuseDevelopmentRuntime(runtime),
  afterPack: ({ appOutDir }) => refuseDevelopmentRuntime(appOutDir),
}
