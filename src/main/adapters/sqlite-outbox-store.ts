import * as z from 'zod/mini'
import type { StorageError, StorageFault } from '../../shared/error.ts'
import { OutgoingMail } from '../../shared/model/outgoing.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import type { OutboxStore } from '../core/ports.ts'
import { type DatabaseOutcome, type OpenDatabase, openDatabase, type SqlDatabase } from './sqlite-database.ts'

/** Schema of `mail.db`, step by step. A step that was released is never changed. */
export const outboxMigrations = [
  `CREATE TABLE mail (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE file (
     id TEXT NOT NULL,
     mail_id TEXT NOT NULL REFERENCES mail (id) ON DELETE CASCADE,
     content BLOB NOT NULL,
     PRIMARY KEY (mail_id, id)
   ) STRICT;`,
] as const

/** The store and what a person must know of how it was found. */
export interface OpenOutboxStore {
  readonly store: OutboxStore
  /** `none`: no file could be opened; what is written in this run cannot be kept. */
  readonly outcome: DatabaseOutcome | { readonly kind: 'none'; readonly fault: StorageFault }
  /** Names of rows that could not be understood. They stay in the file as they are. */
  readonly unreadable: readonly string[]
}

const Row = z.object({ id: z.string(), record: z.string() })
// The library gives bytes as an ArrayBuffer, whatever was written.
const Content = z.object({ content: z.instanceof(ArrayBuffer) })

function readRecord(text: string): OutgoingMail | null {
  try {
    const parsed = z.safeParse(OutgoingMail, JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function sortMails(mails: Iterable<OutgoingMail>): OutgoingMail[] {
  return [...mails].sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1))
}

/** A store that keeps nothing: every change is refused with `fault`. */
function createRefusingStore(fault: StorageFault, mails: readonly OutgoingMail[], db: SqlDatabase | null): OutboxStore {
  const refuse = () => fail<StorageError>({ kind: 'STORAGE', fault })
  return {
    mode: 'read-only',
    mails: () => mails,
    put: refuse,
    putFile: refuse,
    readFile: (mailId, fileId) => (db === null ? succeed(null) : createFileReader(db)(mailId, fileId)),
    remove: refuse,
    close: () => db?.close(),
  }
}

function createFileReader(db: SqlDatabase) {
  return (mailId: string, fileId: string): Result<Uint8Array | null, StorageError> =>
    db.attempt(() => {
      const row = db.prepare('SELECT content FROM file WHERE mail_id = ? AND id = ?').first(mailId, fileId)
      const parsed = z.safeParse(Content, row)
      return parsed.success ? new Uint8Array(parsed.data.content) : null
    })
}

function createSqliteOutboxStore(db: SqlDatabase, initial: readonly OutgoingMail[]): OutboxStore {
  const mails = new Map(initial.map((mail) => [mail.id, mail]))
  const put = db.prepare(
    'INSERT INTO mail (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
  )
  const putFile = db.prepare('INSERT OR REPLACE INTO file (id, mail_id, content) VALUES (?, ?, ?)')
  const dropFiles = db.prepare('DELETE FROM file WHERE mail_id = ? AND id NOT IN (SELECT value FROM json_each(?))')
  const remove = db.prepare('DELETE FROM mail WHERE id = ?')

  function keep(mail: OutgoingMail, work: () => void): Result<null, StorageError> {
    const kept: Result<null, StorageError> = db.transaction(() => {
      put.run(mail.id, JSON.stringify(mail))
      work()
      return null
    })
    if (kept.ok) mails.set(mail.id, mail)
    return kept
  }

  return {
    mode: 'read-write',
    mails: () => sortMails(mails.values()),
    put(mail) {
      const before = mails.get(mail.id)?.files.length ?? 0
      return keep(mail, () => {
        if (before > mail.files.length) dropFiles.run(mail.id, JSON.stringify(mail.files.map(({ id }) => id)))
      })
    },
    putFile: (mail, fileId, bytes) => keep(mail, () => void putFile.run(fileId, mail.id, bytes)),
    readFile: createFileReader(db),
    remove(id) {
      const removed: Result<null, StorageError> = db.transaction(() => {
        remove.run(id)
        return null
      })
      if (removed.ok) mails.delete(id)
      return removed
    },
    close: () => db.close(),
  }
}

/** Reads an open `mail.db` whole. Closes it when that fails. */
function readOutboxDatabase({ db, outcome }: OpenDatabase): OpenOutboxStore {
  const unreadable: string[] = []
  const found = db.attempt(() =>
    db
      .prepare('SELECT id, record FROM mail')
      .all()
      .flatMap((unknownRow) => {
        const row = z.safeParse(Row, unknownRow)
        const mail = row.success ? readRecord(row.data.record) : null
        if (mail === null) unreadable.push(row.success ? `mail ${row.data.id}` : 'mail')
        return mail ?? []
      }),
  )
  if (!found.ok) {
    db.close()
    return openNothing(found.error.fault)
  }
  const mails = sortMails(found.value)
  const store =
    outcome.kind === 'read-only' ? createRefusingStore(outcome.fault, mails, db) : createSqliteOutboxStore(db, mails)
  return { store, outcome, unreadable }
}

function openNothing(fault: StorageFault): OpenOutboxStore {
  return { store: createRefusingStore(fault, [], null), outcome: { kind: 'none', fault }, unreadable: [] }
}

/** Opens `mail.db` and reads its records. Always answers a store, so that the app starts and can say what is wrong. */
export async function openOutboxStore(file: string, nowMs: number): Promise<OpenOutboxStore> {
  const opened = await openDatabase({ file, migrations: outboxMigrations, nowMs, durability: 'full', check: 'whole' })
  return opened.ok ? readOutboxDatabase(opened.value) : openNothing(opened.error.fault)
}
