import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import builder from '../build/electron-builder.config.mjs'
import { developmentMark } from './electron-runtime.mjs'
import { refuseDevelopmentRuntime } from './packaging.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-vault-packaging-'))
  mkdirSync(join(folder, 'runtime'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('packaging takes a released Electron', () => {
  expect(() => refuseDevelopmentRuntime(join(folder, 'runtime'))).not.toThrow()
  expect(() => builder.afterPack({ appOutDir: join(folder, 'runtime') })).not.toThrow()
})

test('packaging refuses the runtime for development and tests', () => {
  writeFileSync(join(folder, 'runtime', developmentMark), '')
  expect(() => refuseDevelopmentRuntime(join(folder, 'runtime'))).toThrow(/Not packaged/)
  expect(() => builder.afterPack({ appOutDir: join(folder, 'runtime') })).toThrow(/Not packaged/)
})
