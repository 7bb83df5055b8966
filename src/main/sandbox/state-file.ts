import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { type StoredKey, sandboxScopes } from './key-ring.ts'

/** What outlives the process: hashes of keys and which messages were marked. Never a key. */
export interface SandboxState {
  /** Read marks belong to the mailbox of this seed. */
  readonly seed: string
  readonly keys: readonly StoredKey[]
  /** Message identity to seen; only where it differs from the generated mailbox. */
  readonly marks: Readonly<Record<string, boolean>>
}

const version = 1
const fileBytesMax = 5 * 1024 * 1024

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTimeOrNull(value: unknown): value is number | null {
  return value === null || Number.isFinite(value)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isStoredKey(value: unknown): value is StoredKey {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.label === 'string' &&
    typeof value.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(value.hash) &&
    typeof value.mask === 'string' &&
    Number.isFinite(value.createdAtMs) &&
    isTimeOrNull(value.revokedAtMs) &&
    isTimeOrNull(value.endsAtMs) &&
    (value.scopes === null ||
      (isTexts(value.scopes) && value.scopes.every((scope) => sandboxScopes.some((known) => known === scope)))) &&
    (value.accounts === null || isTexts(value.accounts))
  )
}

/** Reads the text of a state file; null when it is damaged or of another version. */
export function parseState(text: string): SandboxState | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || value.version !== version || typeof value.seed !== 'string') return null
  const { seed, keys, marks } = value
  if (!Array.isArray(keys) || !keys.every(isStoredKey) || !isRecord(marks)) return null
  const pairs = Object.entries(marks).filter((pair): pair is [string, boolean] => typeof pair[1] === 'boolean')
  return { seed, keys, marks: Object.fromEntries(pairs) }
}

/** The text of a state file. */
export function formatState(state: SandboxState): string {
  return `${JSON.stringify({ version, ...state })}\n`
}

/** What `readStateFile` found. `movedTo` is where a damaged file went, or null if it could not be moved. */
export type StateReading =
  | { readonly found: 'state'; readonly state: SandboxState }
  | { readonly found: 'nothing' }
  | { readonly found: 'damaged'; readonly movedTo: string | null }

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}

/** Reads a state file. A damaged one is moved aside, so that nothing is lost and a new one can start. */
export function readStateFile(path: string, nowMs: number): StateReading {
  try {
    const state = statSync(path).size > fileBytesMax ? null : parseState(readFileSync(path, 'utf8'))
    if (state !== null) return { found: 'state', state }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { found: 'nothing' }
  }
  const movedTo = `${path}.damaged-${Math.round(nowMs)}`
  try {
    renameSync(path, movedTo)
    return { found: 'damaged', movedTo }
  } catch {
    return { found: 'damaged', movedTo: null }
  }
}

/** Writes one file, whole or not at all: temporary file, fsync, rename. */
export interface StateWriter {
  /** Writes at once; the text is on disk when this returns true. */
  writeNow(text: string): boolean
  /** Writes off the main thread. Calls while one is under way are joined into one more. */
  writeSoon(createText: () => string): void
  /** Resolves when nothing is under way any more. */
  settle(): Promise<void>
}

/** Makes a writer for one path. `onFailure` gets the code of the failure, such as `ENOSPC`. */
export function createStateWriter(path: string, onFailure: (code: string) => void): StateWriter {
  let started = 0
  let placed = 0
  let waiting: (() => string) | null = null
  let running: Promise<void> | null = null
  // Fixed names: what a crash leaves behind is overwritten by the next run.
  const soonPath = `${path}.soon.tmp`
  const nowPath = `${path}.tmp`

  const write = async (createText: () => string): Promise<void> => {
    const mine = ++started
    try {
      const file = await open(soonPath, 'w', 0o600)
      try {
        await file.writeFile(createText())
        await file.sync()
      } finally {
        await file.close()
      }
      // A write that began later may have put newer text in place already.
      if (mine > placed) {
        renameSync(soonPath, path)
        placed = mine
      } else await rm(soonPath, { force: true })
    } catch (error) {
      onFailure(codeOf(error))
      await rm(soonPath, { force: true }).catch(() => undefined)
    }
  }

  const drain = async (): Promise<void> => {
    while (waiting !== null) {
      const createText = waiting
      waiting = null
      await write(createText)
    }
    running = null
  }

  return {
    writeNow(text) {
      const mine = ++started
      try {
        const file = openSync(nowPath, 'w', 0o600)
        try {
          writeFileSync(file, text)
          fsyncSync(file)
        } finally {
          closeSync(file)
        }
        renameSync(nowPath, path)
        placed = mine
        return true
      } catch (error) {
        onFailure(codeOf(error))
        rmSync(nowPath, { force: true })
        return false
      }
    },
    writeSoon(createText) {
      waiting = createText
      running ??= drain()
    },
    settle: () => running ?? Promise.resolve(),
  }
}
