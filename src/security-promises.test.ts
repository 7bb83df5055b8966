import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')

function readTitles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return readTitles(path)
    if (!/\.(?:test|spec)\.tsx?$|fixtures/.test(path)) return []
    const calls = readFileSync(path, 'utf8').matchAll(/\b(?:test|describe\w*)(?:\.each\([^)]*\))?\(\s*(['"`])(.+?)\1/g)
    return [...calls].map(([, , title]) => title ?? '')
  })
}

const titles = ['src', 'e2e', 'scripts'].flatMap((folder) => readTitles(join(root, folder)))

test('every test that SECURITY.md names exists', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading)
  const named = [...page.matchAll(/"([^"\n]+)"/g)].flatMap(([, name]) => name ?? [])
  const unknown = named.filter((name) => !headings.includes(name) && !titles.some((title) => title.includes(name)))
  expect(named.length).toBeGreaterThan(20)
  expect(unknown).toEqual([])
})

test('every item of the checklist has a test that is found by its number', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  const named = rows.flatMap((row) => row.match(/security \d+(?:(?:, | to )\d+)*/g) ?? [])
  const isFound = (name: string) =>
    titles.some((title) => title.startsWith(name) && /[:,]/.test(title[name.length] ?? ''))
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => !isFound(name))).toEqual([])
})
