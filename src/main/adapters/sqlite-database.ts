import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type LibsqlDatabase from 'libsql'
import type { StorageError, StorageFault } from '../../shared/error.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'

type Connection = LibsqlDatabase.Database
type Libsql = typeof LibsqlDatabase

/** What may be bound to a statement. The library ends the process on a boolean, so none is let in. */
export type SqlValue = string | number | bigint | Uint8Array | null

/** A prepared statement. Throws what SQLite throws: call it inside `attempt` or `transaction`. */
export interface SqlStatement {
  /** Answers the number of changed rows and the last row id. */
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly lastId: number }
  /** Rows as plain objects of unknown shape: parse them before use. */
  all(...values: readonly SqlValue[]): readonly unknown[]
  /** The first row, or null. */
  first(...values: readonly SqlValue[]): unknown
}

/** One open database file. */
export interface SqlDatabase {
  prepare(sql: string): SqlStatement
  /** Runs `work`; what SQLite throws becomes a StorageError, anything else goes on as a bug. Refuses when closed. */
  attempt<T>(work: () => T): Result<T, StorageError>
  /** Runs `work` in one transaction: all of it is kept, or nothing. */
  transaction<T>(work: () => T): Result<T, StorageError>
  /** Runs statements without parameters. Throws what SQLite throws. */
  exec(sql: string): void
  /** Writes the log back into the file and closes. Never throws. */
  close(): void
}

/** Why a file can be read but not changed. */
export type ReadOnlyFault = 'newer' | 'read-only' | 'full'

/** How the file was found. `fault` is what a change is to be answered with. */
export type DatabaseOutcome =
  | { readonly kind: 'new' }
  | { readonly kind: 'existing' }
  /** It could not be read. It was moved aside under the name `movedTo`, and a new one stands in its place. */
  | { readonly kind: 'damaged'; readonly movedTo: string }
  /** Written by a newer version of the app, or not writable, or no space left: it can be read only. */
  | { readonly kind: 'read-only'; readonly fault: ReadOnlyFault }

/** An open database and how it was found. */
export interface OpenDatabase {
  readonly db: SqlDatabase
  readonly mode: 'read-write' | 'read-only'
  readonly outcome: DatabaseOutcome
}

/** How a database is opened. */
export interface OpenOptions {
  readonly file: string
  /** Schema steps, oldest first. `user_version` counts those that a file has seen. */
  readonly migrations: readonly string[]
  /** Epoch ms; names the file that is moved aside. */
  readonly nowMs: number
  /** `full` loses no committed change at a power cut; `normal` may lose the last ones, never the file. */
  readonly durability: 'full' | 'normal'
  /** `whole` reads every page; `cheap` reads the header and the schema, for files of gigabytes. */
  readonly check: 'whole' | 'cheap'
}

const busyTimeoutMs = 2000
const sqliteMagic = 'SQLite format 3\0'

// Through `exec`, since it leaves no statement behind: a statement keeps the file open until it is
// collected, and Windows renames no open file.
const checkStatements = {
  whole: `CREATE TEMP TABLE check_line (line TEXT CHECK (line = 'ok'));
          INSERT INTO check_line SELECT quick_check FROM pragma_quick_check;
          DROP TABLE temp.check_line;`,
  cheap: 'SELECT count(*) FROM sqlite_schema; PRAGMA schema_version;',
} as const

/** How a failed check shows: no other statement here has such a constraint. */
const checkFailed = 'SQLITE_CONSTRAINT_CHECK'

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** What a thrown error of SQLite or of the file system means for the person; null for a bug. */
export function classifyStorageFault(error: unknown): StorageFault | null {
  const code = codeOf(error)
  if (code === null) return error instanceof Error && error.message.startsWith('ConnectionFailed') ? 'failed' : null
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return 'read-only'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === checkFailed) return 'damaged'
  return 'failed'
}

function storageError(fault: StorageFault): StorageError {
  return { kind: 'STORAGE', fault }
}

function attempt<T>(work: () => T): Result<T, StorageError> {
  try {
    return succeed(work())
  } catch (error) {
    const fault = classifyStorageFault(error)
    if (fault === null) throw error
    return fail(storageError(fault))
  }
}

function wrapConnection(connection: Connection, mode: OpenDatabase['mode']): SqlDatabase {
  let open = true
  // A late change after the close at quit is refused like any other that cannot be kept.
  function attemptOpen<T>(work: () => T): Result<T, StorageError> {
    return open ? attempt(work) : fail(storageError('failed'))
  }
  return {
    prepare(sql) {
      const statement = connection.prepare(sql)
      return {
        run(...values) {
          const { changes, lastInsertRowid } = statement.run(values)
          return { changes, lastId: Number(lastInsertRowid) }
        },
        all: (...values) => statement.all(values),
        first: (...values) => statement.all(values)[0] ?? null,
      }
    },
    attempt: attemptOpen,
    transaction<T>(work: () => T) {
      return attemptOpen(() => {
        connection.exec('BEGIN IMMEDIATE')
        try {
          const value = work()
          connection.exec('COMMIT')
          return value
        } catch (error) {
          // A full disk has rolled back by itself; a second rollback would hide the cause.
          if (connection.inTransaction) connection.exec('ROLLBACK')
          throw error
        }
      })
    },
    exec: (sql) => void connection.exec(sql),
    close() {
      if (!open) return
      open = false
      try {
        if (mode === 'read-write') connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        connection.close()
      } catch {
        // What was committed is in the log file and is found at the next opening.
      }
    },
  }
}

/** Reads a whole number that a pragma answers. */
function readPragma(connection: Connection, name: string): number {
  const row = connection.prepare(`PRAGMA ${name}`).raw().all()[0]
  return Array.isArray(row) ? Number(row[0]) : 0
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function hasMagic(file: string): boolean {
  const head = Buffer.alloc(sqliteMagic.length)
  const descriptor = openSync(file, 'r')
  try {
    return readSync(descriptor, head, 0, head.length, 0) === head.length && head.toString('latin1') === sqliteMagic
  } finally {
    closeSync(descriptor)
  }
}

function moveAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  let movedTo = `${file}.damaged-${stamp}`
  for (let count = 2; existsSync(movedTo); count += 1) movedTo = `${file}.damaged-${stamp}-${count}`
  renameSync(file, movedTo)
  for (const tail of ['-wal', '-shm']) if (existsSync(file + tail)) renameSync(file + tail, movedTo + tail)
  return basename(movedTo)
}

function migrate(connection: Connection, migrations: readonly string[]): void {
  const db = wrapConnection(connection, 'read-write')
  for (let version = readPragma(connection, 'user_version'); version < migrations.length; version += 1) {
    connection.exec('BEGIN IMMEDIATE')
    try {
      db.exec(migrations[version] ?? '')
      connection.exec(`PRAGMA user_version = ${version + 1}`)
      connection.exec('COMMIT')
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK')
      throw error
    }
  }
}

/**
 * Opens for reading only. A file without a pending log is read as one that does not change, which
 * asks for no index file beside it; that is exact, because only this app writes it.
 */
function openReadOnly(libsql: Libsql, options: OpenOptions, fault: ReadOnlyFault): Result<OpenDatabase, StorageError> {
  const { file, migrations, check } = options
  const opened = attempt(() => {
    const pending = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0
    const url = pathToFileURL(file).href
    const connection = new libsql(pending ? `${url}?mode=ro` : `${url}?mode=ro&immutable=1`)
    connection.exec(checkStatements[check])
    return { db: wrapConnection(connection, 'read-only'), version: readPragma(connection, 'user_version') }
  })
  if (!opened.ok) return opened
  const { db, version } = opened.value
  if (version < migrations.length) {
    // An older schema would have to be changed first.
    db.close()
    return fail(storageError(fault))
  }
  const found = version > migrations.length ? 'newer' : fault
  return succeed({ db, mode: 'read-only', outcome: { kind: 'read-only', fault: found } })
}

/** Answers null for a file of a newer version, which is then left as it is. */
function openWritable(libsql: Libsql, options: OpenOptions, outcome: DatabaseOutcome): OpenDatabase | null {
  const { file, migrations, durability, check } = options
  const connection = new libsql(file)
  let kept = false
  try {
    // Readable by its owner alone, before the first byte is in it; log and index inherit it.
    if (outcome.kind !== 'existing') chmodSync(file, 0o600)
    connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    if (outcome.kind === 'existing') connection.exec(checkStatements[check])
    if (readPragma(connection, 'user_version') > migrations.length) return null
    connection.exec('PRAGMA journal_mode = WAL')
    connection.exec(`PRAGMA synchronous = ${durability.toUpperCase()}`)
    connection.exec('PRAGMA foreign_keys = ON')
    migrate(connection, migrations)
    kept = true
    return { db: wrapConnection(connection, 'read-write'), mode: 'read-write', outcome }
  } finally {
    if (!kept) connection.close()
  }
}

function openFile(libsql: Libsql, options: OpenOptions): Result<OpenDatabase, StorageError> {
  const { file, nowMs } = options
  const folder = dirname(file)
  const made = attempt(() => mkdirSync(folder, { recursive: true, mode: 0o700 }))
  if (!made.ok) return made

  const openAs = (outcome: DatabaseOutcome): Result<OpenDatabase, StorageError> => {
    const opened = attempt(() => openWritable(libsql, options, outcome))
    if (!opened.ok) return opened
    return opened.value === null ? openReadOnly(libsql, options, 'newer') : succeed(opened.value)
  }
  const startOver = (): Result<OpenDatabase, StorageError> => {
    const moved = attempt(() => moveAside(file, nowMs))
    return moved.ok ? openAs({ kind: 'damaged', movedTo: moved.value }) : moved
  }

  if (!existsSync(file)) return isWritable(folder) ? openAs({ kind: 'new' }) : fail(storageError('read-only'))
  const magic = attempt(() => hasMagic(file))
  if (!magic.ok) return magic
  if (!magic.value) return isWritable(folder) ? startOver() : fail(storageError('damaged'))
  if (!isWritable(folder) || !isWritable(file)) return openReadOnly(libsql, options, 'read-only')

  const opened = openAs({ kind: 'existing' })
  if (opened.ok) return opened
  switch (opened.error.fault) {
    case 'damaged':
      return startOver()
    case 'full':
    case 'read-only': {
      const reading = openReadOnly(libsql, options, opened.error.fault)
      return reading.ok ? reading : opened
    }
    case 'newer':
    case 'failed':
      return opened
  }
}

/**
 * Opens a database in WAL mode and brings its schema up to date. A damaged file is moved aside and
 * kept; a file of a newer version, one that cannot be written, or one on a full disk is opened for
 * reading only. Fails when there is nothing that can be read. The library is loaded here, not at
 * start-up.
 */
export async function openDatabase(options: OpenOptions): Promise<Result<OpenDatabase, StorageError>> {
  let libsql: Libsql
  try {
    libsql = (await import('libsql')).default
  } catch {
    return fail(storageError('failed'))
  }
  return openFile(libsql, options)
}
