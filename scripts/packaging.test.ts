import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import builder from '../build/electron-builder.config.mjs'
import { developmentMark } from './electron-runtime.mjs'
import { writeIcons } from './icons.mjs'
import { debVersion } from './linux-package.mjs'
import { describeParts, measureParts } from './package-size.mjs'
import { refuseDevelopmentRuntime } from './packaging.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-vault-packaging-'))
  mkdirSync(join(folder, 'runtime'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

test('a release takes a released Electron', () => {
  vi.stubEnv('JASNI_VAULT_RELEASE', '1')
  expect(() => refuseDevelopmentRuntime(join(folder, 'runtime'))).not.toThrow()
  expect(() => builder.afterPack({ appOutDir: join(folder, 'runtime') })).not.toThrow()
})

test('a release refuses the runtime for development and tests', () => {
  vi.stubEnv('JASNI_VAULT_RELEASE', '1')
  writeFileSync(join(folder, 'runtime', developmentMark), '')
  expect(() => refuseDevelopmentRuntime(join(folder, 'runtime'))).toThrow(/Not packaged/)
  expect(() => builder.afterPack({ appOutDir: join(folder, 'runtime') })).toThrow(/Not packaged/)
})

test('a package for trying out takes it, and no default app that would load any folder', () => {
  writeFileSync(join(folder, 'runtime', developmentMark), '')
  mkdirSync(join(folder, 'runtime/resources'))
  writeFileSync(join(folder, 'runtime/resources/default_app.asar'), '')
  builder.afterPack({ appOutDir: join(folder, 'runtime') })
  expect(existsSync(join(folder, 'runtime/resources/default_app.asar'))).toBe(false)
})

test('an icon file of each platform holds its pictures', async () => {
  await writeIcons(folder)
  const ico = readFileSync(join(folder, 'icon.ico'))
  const icns = readFileSync(join(folder, 'icon.icns'))
  const first = ico.readUInt32LE(6 + 12)
  expect([ico.readUInt16LE(2), ico.readUInt16LE(4), ico.subarray(first + 1, first + 4).toString()]).toEqual([
    1,
    7,
    'PNG',
  ])
  expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length])
  const png = readFileSync(join(folder, '48x48.png'))
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([48, 48])
})

test('a part over its budget is told', () => {
  mkdirSync(join(folder, 'runtime/resources'))
  writeFileSync(join(folder, 'runtime/resources/app.asar'), Buffer.alloc(6_000_001))
  const parts = measureParts(join(folder, 'runtime'))
  expect(parts.filter(({ bytes, budgetBytes }) => bytes > budgetBytes)).toMatchObject([{ bytes: 6_000_001 }])
  expect(describeParts(parts).filter((line) => line.endsWith('OVER'))).toHaveLength(1)
})

test('a version before a release is older than the release for Debian', () => {
  expect(debVersion('1.2.0-beta.1')).toBe('1.2.0~beta.1')
  expect(debVersion('1.2.0')).toBe('1.2.0')
})
