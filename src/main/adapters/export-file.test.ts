import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExportFile } from '../core/ports.ts'
import { createExportFile, removeStaleParts } from './export-file.ts'

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
  expect(readdirSync(folder)).toEqual(['.id.jasni.part'])
  expect((await file.commit()).ok).toBe(true)
  expect(readdirSync(folder)).toEqual(['a.har'])
  expect(readFileSync(path, 'utf8')).toBe('one zwei é')
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('texts of any length come one after the other, also those that fit no buffer', async () => {
  const path = join(folder, 'a.har')
  const file = await begin(path)
  const texts = ['a', 'é'.repeat(300_000), 'b', '日'.repeat(400_000), '', 'x'.repeat(3_000_000), 'c']
  expect((await file.write(...texts)).ok).toBe(true)
  expect((await file.write()).ok).toBe(true)
  expect((await file.write('d')).ok).toBe(true)
  await file.commit()
  expect(readFileSync(path, 'utf8') === `${texts.join('')}d`).toBe(true)
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

test('what a killed export left goes with the next one, and nothing else does', async () => {
  const startedAtMs = Date.now()
  const [before, after] = [(startedAtMs - 60_000) / 1000, (startedAtMs + 60_000) / 1000]
  const write = (name: string, atSeconds: number) => {
    writeFileSync(join(folder, name), 'half')
    utimesSync(join(folder, name), atSeconds, atSeconds)
  }
  const killed = await createExportFile(join(folder, 'calls.har'), '1')
  expect(killed.ok).toBe(true)
  const left = readdirSync(folder)[0] ?? ''
  utimesSync(join(folder, left), before, before)
  const stay = [
    '.new.har.1.jasni.part',
    '.video.mp4.1.part',
    'calls.har.1.jasni.part',
    '.calls.har',
    'calls.har',
    '.folder.har.1.jasni.part',
    '.link.har.1.jasni.part',
  ] as const
  write(stay[0], after)
  for (const name of stay.slice(1, 5)) write(name, before)
  mkdirSync(join(folder, stay[5]))
  utimesSync(join(folder, stay[5]), before, before)
  // Windows lets few people make links.
  if (process.platform === 'win32') write(stay[6], after)
  else symlinkSync(join(folder, 'calls.har'), join(folder, stay[6]))

  await removeStaleParts(join(folder, 'calls.har'), startedAtMs)
  expect(readdirSync(folder).sort()).toEqual([...stay].sort())
  if (killed.ok) await killed.value.discard()
  await removeStaleParts(join(folder, 'none', 'calls.har'), startedAtMs)
})

test('a name as long as a name can be is no hindrance, in whatever script', async () => {
  const path = join(folder, `${'日'.repeat(80)}.har`)
  const file = await begin(path)
  expect((await file.commit()).ok).toBe(true)
  expect(readdirSync(folder)).toEqual([`${'日'.repeat(80)}.har`])
})
