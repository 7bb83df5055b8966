import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OutgoingMail } from '../../shared/model/outgoing.ts'
import type { OutboxStore } from '../core/ports.ts'
import { openChosenFile } from './chosen-file.ts'
import { openDatabase } from './sqlite-database.ts'
import { openOutboxStore, outboxMigrations } from './sqlite-outbox-store.ts'

let folder: string
let file: string
let open: OutboxStore[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-mail-'))
  file = join(folder, 'mail.db')
  open = []
})
afterEach(() => {
  for (const store of open) store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function openStore() {
  const opened = await openOutboxStore(file, 0)
  open.push(opened.store)
  return opened
}

async function changeFile(sql: string) {
  const opened = await openDatabase({
    file,
    migrations: outboxMigrations,
    nowMs: 0,
    durability: 'full',
    check: 'whole',
  })
  if (!opened.ok) throw new Error(opened.error.fault)
  opened.value.db.exec(sql)
  opened.value.db.close()
}

const attached = (id: string) => ({ id, filename: `${id}.bin`, contentType: 'x/y', bytes: 3 })
const mail: OutgoingMail = {
  id: 'm1',
  environmentId: 'dev',
  content: { account: 'a@b', to: ['c@d'], cc: [], bcc: [], subject: 'It’s "here" %s', text: 'two\nlines 🔑' },
  origin: null,
  files: [],
  state: { name: 'failed', error: { kind: 'API_REFUSED', status: 400, apiMessage: 'no', callId: 3 } },
  createdAtMs: 1,
  changedAtMs: 2.5,
  keepOnServer: true,
  server: { uid: 4, content: { to: [], cc: [], subject: '', text: '' }, atMs: 3 },
  serverNote: 'conflict',
}

test('a message and its files are found again as they were, without an orderly end', async () => {
  const { store } = await openStore()
  const bytes = Uint8Array.from([0, 255, 128])
  const whole = { ...mail, files: [attached('f1')] }
  expect(store.put(mail).ok).toBe(true)
  expect(store.putFile(whole, 'f1', bytes).ok).toBe(true)
  // The first one is not closed: its process may as well have been killed.
  const again = await openStore()
  expect(again.store.mails()).toEqual([whole])
  expect(again.store.readFile('m1', 'f1')).toEqual({ ok: true, value: bytes })
  expect(again.store.readFile('m1', 'f2')).toEqual({ ok: true, value: null })
})

test('files go with the last record that names them, and with their message', async () => {
  const { store } = await openStore()
  const two = { ...mail, files: [attached('f1'), attached('f2')] }
  store.put(mail)
  store.putFile({ ...mail, files: [attached('f1')] }, 'f1', Uint8Array.of(1))
  store.putFile(two, 'f2', Uint8Array.of(2))
  store.put({ ...mail, files: [attached('f2')] })
  expect(store.readFile('m1', 'f1')).toEqual({ ok: true, value: null })
  expect(store.readFile('m1', 'f2')).toEqual({ ok: true, value: Uint8Array.of(2) })
  store.remove('m1')
  expect(store.mails()).toEqual([])
  expect(store.readFile('m1', 'f2')).toEqual({ ok: true, value: null })
})

test('a damaged file is moved aside and a new one begun', async () => {
  writeFileSync(file, 'this was a database once'.repeat(100))
  const { store, outcome } = await openStore()
  expect(outcome.kind).toBe('damaged')
  expect(store.put(mail).ok).toBe(true)
  expect(readdirSync(folder).some((name) => name.startsWith('mail.db.damaged-'))).toBe(true)
})

test('a file of a newer version is read and never written', async () => {
  const first = await openStore()
  first.store.put(mail)
  first.store.close()
  await changeFile(`PRAGMA user_version = ${outboxMigrations.length + 1}`)
  const { store, outcome } = await openStore()
  expect(outcome).toEqual({ kind: 'read-only', fault: 'newer' })
  expect(store.mails()).toEqual([mail])
  const refused = { ok: false, error: { kind: 'STORAGE', fault: 'newer' } }
  expect(store.put(mail)).toEqual(refused)
  expect(store.remove('m1')).toEqual(refused)
})

test('a row that cannot be understood is named, left in the file, and hides no other', async () => {
  const first = await openStore()
  first.store.put(mail)
  first.store.close()
  await changeFile(`INSERT INTO mail VALUES ('odd', '{"id":7}')`)
  const { store, unreadable } = await openStore()
  expect(store.mails()).toEqual([mail])
  expect(unreadable).toEqual(['mail odd'])
})

test('a chosen file is looked at before it is read, and read no further than allowed', async () => {
  const path = join(folder, 'a\u202efdp.exe')
  writeFileSync(path, 'hello')
  const chosen = await openChosenFile(path)
  expect(chosen).toMatchObject({ ok: true, value: { filename: 'a fdp.exe', bytes: 5 } })
  if (!chosen.ok) return
  expect(await chosen.value.read(5)).toEqual({ ok: true, value: new TextEncoder().encode('hello') })
  writeFileSync(path, 'hello and more')
  expect(await chosen.value.read(5)).toEqual({ ok: false, error: 'files-too-large' })
  rmSync(path)
  expect(await chosen.value.read(5)).toEqual({ ok: false, error: 'file-gone' })
  expect(await openChosenFile(folder)).toEqual({ ok: false, error: 'no-file' })
  expect(await openChosenFile('/dev/zero')).toEqual({ ok: false, error: 'no-file' })
})
