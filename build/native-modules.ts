import type { Plugin } from 'vite'

/**
 * Lets main load native packages late by `require`. Node's own loader of modules, which `import()` asks in a
 * CommonJS bundle, does not look into the app archive; Electron's `require` does.
 */
export function nativeModulesPlugin(names: readonly string[]): Plugin {
  const pattern = new RegExp(`\\bimport\\((["'])(${names.join('|')})\\1\\)`, 'g')
  return {
    name: 'native-modules',
    renderChunk: (code) => code.replace(pattern, 'Promise.resolve().then(() => ({ default: require($1$2$1) }))'),
  }
}
