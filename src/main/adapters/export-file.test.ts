import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExportFile } from '../core/ports.ts'
import { createExportFile } from './export-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function begin(path: string): Promise<ExportFile> {
  const begun = await createExportFile(path, 'id')
  if (!begun.ok) throw new Error(begun.error)
  return begun.value
}

test('a file is there whole, under its name, readable by its owner alone', async () => {
  const path = join(folder, 'a.har')
  const file = await begin(path)
  expect(file.name).toBe('a.har')
  expect((await file.write('one ')).ok).toBe(true)
  expect((await file.write('zwei é')).ok).toBe(true)
  expect(readdirSync(folder)).toEqual(['.a.har.id.part'])
  expect((await file.commit()).ok).toBe(true)
  expect(readdirSync(folder)).toEqual(['a.har'])
  expect(readFileSync(path, 'utf8')).toBe('one zwei é')
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file takes the place of an older one only at its end', async () => {
  const path = join(folder, 'a.har')
  writeFileSync(path, 'old')
  const file = await begin(path)
  await file.write('new')
  expect(readFileSync(path, 'utf8')).toBe('old')
  await file.commit()
  expect(readFileSync(path, 'utf8')).toBe('new')
})

test('a discarded file leaves nothing, and an older one as it was', async () => {
  const path = join(folder, 'a.har')
  writeFileSync(path, 'old')
  const file = await begin(path)
  await file.write('half')
  await file.discard()
  expect(readdirSync(folder)).toEqual(['a.har'])
  expect(readFileSync(path, 'utf8')).toBe('old')
})

test.each([
  ['a folder that is not there', () => join(folder, 'none', 'a.har'), 'gone'],
  ['a folder that is a file', () => join(folder, 'file', 'a.har'), 'gone'],
])('in %s it is not begun', async (_, place, fault) => {
  writeFileSync(join(folder, 'file'), '')
  expect(await createExportFile(place(), 'id')).toEqual({ ok: false, error: fault })
})

test('where a folder has its name it cannot end, and leaves nothing', async () => {
  mkdirSync(join(folder, 'a.har', 'inner'), { recursive: true })
  const file = await begin(join(folder, 'a.har'))
  await file.write('x')
  const ended = await file.commit()
  expect(ended.ok).toBe(false)
  await file.discard()
  expect(readdirSync(folder)).toEqual(['a.har'])
})
