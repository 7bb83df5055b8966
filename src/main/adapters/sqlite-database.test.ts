import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { classifyStorageFault, type OpenDatabase, type OpenOptions, openDatabase } from './sqlite-database.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const migrations = ['CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT']
const isRoot = process.getuid?.() === 0

let folder: string
let file: string
let undo: (() => void)[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-database-'))
  file = join(folder, 'notes #1 100%.db')
  undo = []
})

afterEach(() => {
  for (const step of undo.reverse()) step()
  rmSync(folder, { recursive: true, force: true })
})

function open(options: Partial<OpenOptions> = {}) {
  return openDatabase({ file, migrations, nowMs, durability: 'full', check: 'whole', ...options })
}

async function openSure(options: Partial<OpenOptions> = {}): Promise<OpenDatabase> {
  const opened = await open(options)
  if (!opened.ok) throw new Error(`not opened: ${opened.error.fault}`)
  undo.push(() => opened.value.db.close())
  return opened.value
}

function addNote({ db }: OpenDatabase, text: string) {
  return db.transaction(() => db.prepare('INSERT INTO note (text) VALUES (?)').run(text))
}

function notes({ db }: OpenDatabase) {
  return db.prepare('SELECT text FROM note ORDER BY id').all()
}

/** Writes a database of `count` notes and closes it. */
async function writeNotes(count: number) {
  const opened = await openSure()
  const done = opened.db.transaction(() => {
    const insert = opened.db.prepare('INSERT INTO note (text) VALUES (?)')
    for (let index = 0; index < count; index += 1) insert.run(`note ${index} ${'x'.repeat(400)}`)
  })
  expect(done.ok).toBe(true)
  opened.db.close()
}

/** Makes a path unwritable for whoever runs this: file modes do not bind root, the immutable flag does. */
function protect(path: string) {
  if (isRoot) {
    execFileSync('chattr', ['+i', path])
    undo.push(() => execFileSync('chattr', ['-i', path]))
    return
  }
  const before = statSync(path).mode
  chmodSync(path, before & ~0o222)
  undo.push(() => chmodSync(path, before))
}

const canProtect = (() => {
  if (!isRoot) return true
  const probe = mkdtempSync(join(tmpdir(), 'jasni-probe-'))
  try {
    execFileSync('chattr', ['+i', probe], { stdio: 'ignore' })
    execFileSync('chattr', ['-i', probe], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
})()

/** Mounts a small disk of its own; only root may, and not in every container. */
function mountSmallDisk(kilobytes: number): string | null {
  const place = join(folder, 'disk')
  mkdirSync(place, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place], { stdio: 'ignore' })
  } catch {
    return null
  }
  undo.push(() => execFileSync('umount', ['-l', place]))
  return place
}

const canMount = (() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-probe-'))
  undo = []
  const mounted = isRoot && mountSmallDisk(64) !== null
  for (const step of undo) step()
  rmSync(folder, { recursive: true, force: true })
  return mounted
})()

describe('opening a database', () => {
  test('new: the schema is made, the file is its owner’s alone, and what is written is found again', async () => {
    const first = await openSure()
    expect(first.outcome).toEqual({ kind: 'new' })
    expect(first.mode).toBe('read-write')
    expect(addNote(first, 'kept').ok).toBe(true)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    first.db.close()

    const second = await openSure()
    expect(second.outcome).toEqual({ kind: 'existing' })
    expect(notes(second)).toEqual([{ text: 'kept' }])
  })

  test('new: the settings that make it durable are on', async () => {
    const { db } = await openSure()
    expect(db.prepare('PRAGMA journal_mode').all()).toEqual([{ journal_mode: 'wal' }])
    expect(db.prepare('PRAGMA synchronous').all()).toEqual([{ synchronous: 2 }])
    expect(db.prepare('PRAGMA foreign_keys').all()).toEqual([{ foreign_keys: 1 }])
    expect(db.prepare('PRAGMA busy_timeout').all()).toEqual([{ timeout: 2000 }])
    const { db: log } = await openSure({ file: join(folder, 'log.db'), durability: 'normal', check: 'cheap' })
    expect(log.prepare('PRAGMA synchronous').all()).toEqual([{ synchronous: 1 }])
  })

  test('existing: a commit survives without a close, as after a crash', async () => {
    const crashed = await openSure()
    expect(addNote(crashed, 'committed').ok).toBe(true)
    copyFileSync(file, join(folder, 'copy.db'))
    copyFileSync(`${file}-wal`, join(folder, 'copy.db-wal'))
    const again = await openSure({ file: join(folder, 'copy.db') })
    expect(again.outcome).toEqual({ kind: 'existing' })
    expect(notes(again)).toEqual([{ text: 'committed' }])
  })

  test('existing: missing schema steps are run once, in order', async () => {
    await writeNotes(1)
    const steps = [...migrations, 'ALTER TABLE note ADD COLUMN mark TEXT', "UPDATE note SET mark = 'seen'"]
    const opened = await openSure({ migrations: steps })
    expect(opened.db.prepare('SELECT mark FROM note').all()).toEqual([{ mark: 'seen' }])
    expect(opened.db.prepare('PRAGMA user_version').all()).toEqual([{ user_version: 3 }])
  })

  test('existing: a schema step that fails changes nothing', async () => {
    await writeNotes(1)
    const failed = await open({ migrations: [...migrations, 'DELETE FROM note; INSERT INTO nowhere VALUES (1)'] })
    expect(failed).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'failed' } })
    const opened = await openSure()
    expect(opened.outcome).toEqual({ kind: 'existing' })
    expect(notes(opened)).toHaveLength(1)
  })

  describe.each(['whole', 'cheap'] as const)('damaged (%s check)', (check) => {
    async function expectMovedAside(bytes: Buffer) {
      const opened = await openSure({ check })
      expect(opened.outcome).toEqual({ kind: 'damaged', movedTo: 'notes #1 100%.db.damaged-20260102T030405Z' })
      expect(opened.mode).toBe('read-write')
      expect(notes(opened)).toEqual([])
      expect(addNote(opened, 'fresh').ok).toBe(true)
      expect(readFileSync(`${file}.damaged-20260102T030405Z`)).toEqual(bytes)
    }

    test.each([
      ['zero bytes', Buffer.alloc(0)],
      ['garbage', Buffer.from('not a database. '.repeat(500))],
      ['a short piece', Buffer.from('SQLite for')],
      ['a header alone', Buffer.from('SQLite format 3\0')],
    ])('%s: the file is moved aside as it is', async (_name, bytes) => {
      writeFileSync(file, bytes)
      await expectMovedAside(bytes)
    })

    test('cut off: the file is moved aside with its log', async () => {
      await writeNotes(200)
      truncateSync(file, 20_000)
      writeFileSync(`${file}-wal`, 'log')
      writeFileSync(`${file}-shm`, 'index')
      const bytes = readFileSync(file)
      await expectMovedAside(bytes)
      expect(readFileSync(`${file}.damaged-20260102T030405Z-wal`, 'utf8')).toBe('log')
      expect(existsSync(`${file}.damaged-20260102T030405Z-shm`)).toBe(true)
    })

    test('twice in one second: the first one is not overwritten', async () => {
      writeFileSync(file, 'first')
      const { db } = await openSure({ check })
      db.close()
      rmSync(`${file}-wal`, { force: true })
      rmSync(`${file}-shm`, { force: true })
      writeFileSync(file, 'second')
      await openSure({ check })
      expect(readFileSync(`${file}.damaged-20260102T030405Z`, 'utf8')).toBe('first')
      expect(readFileSync(`${file}.damaged-20260102T030405Z-2`, 'utf8')).toBe('second')
    })
  })

  test('damaged inside one page: the whole check finds it', async () => {
    await writeNotes(200)
    const bytes = readFileSync(file)
    bytes.fill(0xff, 3 * 4096, 3 * 4096 + 200)
    writeFileSync(file, bytes)
    const opened = await openSure()
    expect(opened.outcome.kind).toBe('damaged')
    expect(readFileSync(`${file}.damaged-20260102T030405Z`)).toEqual(bytes)
  })

  test('newer: it is read, not written', async () => {
    await writeNotes(1)
    const later = await openSure({ migrations: [...migrations, 'ALTER TABLE note ADD COLUMN later TEXT'] })
    later.db.close()
    const opened = await openSure()
    expect(opened.mode).toBe('read-only')
    expect(opened.outcome).toEqual({ kind: 'read-only', fault: 'newer' })
    expect(notes(opened)).toHaveLength(1)
    expect(addNote(opened, 'no')).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'read-only' } })
    const again = await openSure({ migrations: [...migrations, 'SELECT 1'] })
    expect(again.outcome).toEqual({ kind: 'existing' })
    expect(notes(again)).toHaveLength(1)
  })

  // Root on a file system without the immutable flag has nothing that binds it.
  describe.skipIf(!canProtect)('read-only', () => {
    test('a file that cannot be written is read', async () => {
      await writeNotes(2)
      protect(file)
      const opened = await openSure()
      expect(opened.mode).toBe('read-only')
      expect(opened.outcome).toEqual({ kind: 'read-only', fault: 'read-only' })
      expect(notes(opened)).toHaveLength(2)
      expect(addNote(opened, 'no')).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'read-only' } })
    })

    test('a folder that cannot be written is read', async () => {
      await writeNotes(2)
      for (const tail of ['-wal', '-shm']) rmSync(file + tail, { force: true })
      protect(folder)
      const opened = await openSure()
      expect(opened.outcome).toEqual({ kind: 'read-only', fault: 'read-only' })
      expect(notes(opened)).toHaveLength(2)
    })

    test('a commit that still waits in the log is read, too', async () => {
      const crashed = await openSure()
      expect(addNote(crashed, 'waits').ok).toBe(true)
      const copy = join(folder, 'copy')
      mkdirSync(copy)
      for (const tail of ['', '-wal', '-shm']) copyFileSync(file + tail, join(copy, `notes.db${tail}`))
      protect(copy)
      const opened = await openSure({ file: join(copy, 'notes.db') })
      expect(opened.outcome).toEqual({ kind: 'read-only', fault: 'read-only' })
      expect(notes(opened)).toEqual([{ text: 'waits' }])
    })

    test('a newer file in a folder that cannot be written is newer', async () => {
      const later = await openSure({ migrations: [...migrations, 'SELECT 1'] })
      later.db.close()
      protect(folder)
      expect((await openSure()).outcome).toEqual({ kind: 'read-only', fault: 'newer' })
    })

    test('without a file there is nothing to read', async () => {
      protect(folder)
      expect(await open()).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'read-only' } })
      expect(await open({ file: join(folder, 'deeper', 'notes.db') })).toEqual({
        ok: false,
        error: { kind: 'STORAGE', fault: 'read-only' },
      })
    })

    test('garbage that cannot be moved aside stays', async () => {
      writeFileSync(file, 'garbage')
      protect(folder)
      expect(await open()).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'damaged' } })
      expect(readFileSync(file, 'utf8')).toBe('garbage')
    })
  })

  test('a folder in the place of the file is no database', async () => {
    mkdirSync(file)
    expect((await open()).ok).toBe(false)
  })

  describe('full disk', () => {
    test('by SQLite’s own page limit: the change is refused whole, what was there stays', async () => {
      const opened = await openSure()
      expect(addNote(opened, 'before').ok).toBe(true)
      opened.db.exec('PRAGMA max_page_count = 3')
      const refused = opened.db.transaction(() => {
        const insert = opened.db.prepare('INSERT INTO note (text) VALUES (?)')
        for (let index = 0; index < 50; index += 1) insert.run('x'.repeat(1000))
      })
      expect(refused).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'full' } })
      expect(notes(opened)).toEqual([{ text: 'before' }])
      opened.db.exec('PRAGMA max_page_count = 1000')
      expect(addNote(opened, 'after').ok).toBe(true)
    })

    // Only root may mount a small disk.
    describe.skipIf(!canMount)('on a real small disk', () => {
      test('the change is refused whole and works again when there is space', async () => {
        const disk = mountSmallDisk(256)
        if (disk === null) throw new Error('no disk')
        const opened = await openSure({ file: join(disk, 'notes.db') })
        expect(addNote(opened, 'before').ok).toBe(true)
        writeFileSync(join(disk, 'ballast'), Buffer.alloc(120_000))
        const refused = opened.db.transaction(() => {
          const insert = opened.db.prepare('INSERT INTO note (text) VALUES (?)')
          for (let index = 0; index < 400; index += 1) insert.run('x'.repeat(1000))
        })
        expect(refused).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'full' } })
        expect(notes(opened)).toEqual([{ text: 'before' }])
        rmSync(join(disk, 'ballast'))
        expect(addNote(opened, 'after').ok).toBe(true)
      })

      test('an existing file is opened for reading when there is no space for its log', async () => {
        const disk = mountSmallDisk(256)
        if (disk === null) throw new Error('no disk')
        await writeNotes(3)
        copyFileSync(file, join(disk, 'notes.db'))
        fillDisk(disk)
        const opened = await openSure({ file: join(disk, 'notes.db') })
        expect(opened.outcome).toEqual({ kind: 'read-only', fault: 'full' })
        expect(notes(opened)).toHaveLength(3)
      })

      test('a new file is refused', async () => {
        const disk = mountSmallDisk(64)
        if (disk === null) throw new Error('no disk')
        fillDisk(disk)
        expect(await open({ file: join(disk, 'notes.db') })).toEqual({
          ok: false,
          error: { kind: 'STORAGE', fault: 'full' },
        })
      })
    })
  })

  test('another process that holds the file longer than we wait is a failure, not a loss', async () => {
    const holder = await openSure()
    const waiting = await openSure()
    waiting.db.exec('PRAGMA busy_timeout = 10')
    holder.db.exec('BEGIN IMMEDIATE')
    expect(addNote(waiting, 'later')).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'failed' } })
    holder.db.exec('COMMIT')
    expect(addNote(waiting, 'now').ok).toBe(true)
  })

  test('after the close every change is refused, and a second close does nothing', async () => {
    const opened = await openSure()
    const insert = opened.db.prepare('INSERT INTO note (text) VALUES (?)')
    opened.db.close()
    opened.db.close()
    const refused = { ok: false, error: { kind: 'STORAGE', fault: 'failed' } }
    expect(addNote(opened, 'late')).toEqual(refused)
    expect(opened.db.attempt(() => insert.run('late'))).toEqual(refused)
    expect(notes(await openSure())).toEqual([])
  })

  test('a bug inside a transaction is rolled back and goes on as a bug', async () => {
    const opened = await openSure()
    expect(() =>
      opened.db.transaction(() => {
        opened.db.prepare('INSERT INTO note (text) VALUES (?)').run('half')
        throw new TypeError('bug')
      }),
    ).toThrow('bug')
    expect(notes(opened)).toEqual([])
  })
})

/** Takes every free byte of a disk. */
function fillDisk(disk: string) {
  for (const size of [64 * 1024, 4096, 256, 1]) {
    for (let count = 0; ; count += 1) {
      try {
        writeFileSync(join(disk, `ballast-${size}-${count}`), Buffer.alloc(size))
      } catch {
        break
      }
    }
  }
}

test.each([
  [Object.assign(new Error(), { code: 'SQLITE_FULL' }), 'full'],
  [Object.assign(new Error(), { code: 'ENOSPC' }), 'full'],
  [Object.assign(new Error(), { code: 'SQLITE_READONLY_DIRECTORY' }), 'read-only'],
  [Object.assign(new Error(), { code: 'SQLITE_CORRUPT_INDEX' }), 'damaged'],
  [Object.assign(new Error(), { code: 'SQLITE_NOTADB' }), 'damaged'],
  [Object.assign(new Error(), { code: 'SQLITE_IOERR_READ' }), 'failed'],
  [new TypeError('bug'), null],
])('a fault is told by its code (%#)', (error, fault) => {
  expect(classifyStorageFault(error)).toBe(fault)
})
