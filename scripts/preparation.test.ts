import { expect, test } from 'vitest'
import { isInstalled } from './node-packages.mjs'
import { findAbsent, listPackages } from './system-packages.mjs'
import { readPlaywrightCounts, readVitestCounts, sumCounts } from './test-counts.mjs'

const everything = { display: true, keyring: true, tests: true }

test('only absent system packages are found, under either of their names', () => {
  const old = new Set(['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libsecret-1-0'])
  const renamed = new Set(['libgtk-3-0t64', 'libnss3', 'libasound2t64', 'libgbm1', 'libxss1', 'libsecret-1-0'])
  const desktop = listPackages({ display: false, keyring: false, tests: false })
  expect(findAbsent(desktop, old)).toEqual([])
  expect(findAbsent(desktop, renamed)).toEqual([])
  expect(findAbsent(desktop, new Set([...old].filter((name) => name !== 'libnss3')))).toEqual([['libnss3']])
  expect(findAbsent(listPackages(everything), old).flat()).toContain('gnome-keyring')
})

test('a desktop with a display and a keychain needs neither a virtual display nor a keyring', () => {
  const names = listPackages({ display: false, keyring: false, tests: false }).flat()
  expect(names).not.toContain('xvfb')
  expect(names).not.toContain('gnome-keyring')
  expect(listPackages(everything).flat()).toEqual(expect.arrayContaining(['xvfb', 'gnome-keyring', 'libsecret-tools']))
})

test('node_modules is in place only if every wanted package is there in its version', () => {
  const wanted = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-o', optional: true },
  }
  const a = wanted['node_modules/a']
  expect(isInstalled(wanted, { 'node_modules/a': a })).toBe(true)
  expect(isInstalled(wanted, { 'node_modules/a': { ...a, version: '1.0.1' } })).toBe(false)
  expect(isInstalled(wanted, { 'node_modules/a': { ...a, integrity: 'sha512-b' } })).toBe(false)
  expect(isInstalled(wanted, {})).toBe(false)
  expect(isInstalled(wanted, null)).toBe(false)
})

test('counts add up over suites, and a file that breaks at its head counts as a failure', () => {
  const units = readVitestCounts({
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  })
  const app = readPlaywrightCounts({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 } })
  expect(units).toEqual({ passed: 5, failed: 2, skipped: 2 })
  expect(app).toEqual({ passed: 3, failed: 2, skipped: 2 })
  expect(sumCounts([units, app, readVitestCounts(null)])).toEqual({ passed: 8, failed: 4, skipped: 4 })
})
