import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { nativeModulesPlugin } from './build/native-modules.ts'
import { operationsPlugin } from './build/operations.ts'
import { channels, contract, events } from './src/shared/contract.ts'

// Both runtimes must run this output: the pinned Electron and Electron 25 (Node 18, Chromium 114).
const nodeTarget = 'node18'
const pageTarget = 'chrome114'
const natives = ['electron', 'keytar', 'libsql']

export default defineConfig({
  main: {
    plugins: [operationsPlugin(), nativeModulesPlugin(natives)],
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      minify: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: { index: resolve('src/main/index.ts'), sandbox: resolve('src/main/sandbox/command.ts') },
        external: natives,
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    // Names only: the sandboxed preload stays a page of code, without the schemas.
    define: {
      __METHOD_NAMES__: JSON.stringify(Object.keys(contract)),
      __EVENT_NAMES__: JSON.stringify(Object.keys(events)),
      __CHANNELS__: JSON.stringify(channels),
    },
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react(), operationsPlugin()],
    build: {
      target: pageTarget,
      cssTarget: pageTarget,
      // One sheet for all screens: a screen that loads later is never seen without its style.
      cssCodeSplit: false,
      // The page's policy has no inline script: no polyfill, nothing inlined as a data: font.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      minify: true,
      reportCompressedSize: false,
      rollupOptions: { input: { index: resolve('src/renderer/index.html') } },
    },
  },
})
