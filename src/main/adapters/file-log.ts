import { closeSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { redactText, redactValue } from '../core/log/redaction.ts'
import type { Clock, Log, Random } from '../core/ports.ts'

/** How the log is written. */
export interface FileLogOptions {
  /** Folder of `main.log` and its four predecessors; made when absent. */
  readonly folder: string
  readonly clock: Clock
  readonly random: Random
  /** Writes each line to the error output as well. */
  readonly toStderr: boolean
  /** Descriptor of the error output; 2 by default. */
  readonly stderrDescriptor?: number
  /** Size at which a file is closed and the next begun; 1 MB by default. */
  readonly fileBytesMax?: number
}

/** The log of this run. */
export interface FileLog extends Log {
  close(): void
}

type Level = 'info' | 'warn' | 'error'

const filesMax = 5
const defaultFileBytesMax = 1024 * 1024
const lineCharsMax = 16 * 1024
const waitingMax = 200
const retryAfterMs = 1000
const defaultStderrDescriptor = 2

function formatLine(atMs: number, level: Level, event: string, fields: object): string {
  const head = { at: new Date(atMs).toISOString(), level, event: redactText(event) }
  const line = JSON.stringify({ ...head, ...fields })
  if (line.length <= lineCharsMax) return line
  return JSON.stringify({ ...head, cut: line.slice(0, lineCharsMax - 1024) })
}

/** A line for any input: fields can be of any kind, and even hostile getters must not stop the log. */
function writeLine(atMs: number, level: Level, event: string, fields: Readonly<Record<string, unknown>>): string {
  try {
    const clean = redactValue(fields)
    return formatLine(atMs, level, event, clean !== null && typeof clean === 'object' ? clean : {})
  } catch {
    return formatLine(atMs, level, event, { unreadable: true })
  }
}

/**
 * Opens the log: JSON lines in `main.log`, four older files beside it as `main.1.log` (newest) to
 * `main.4.log`. Never throws: what cannot be written waits in memory, 200 lines of it, and the
 * number of lines lost is written once the disk takes lines again.
 */
export function openFileLog(options: FileLogOptions): FileLog {
  const { folder, clock, random, toStderr, fileBytesMax = defaultFileBytesMax } = options
  const { stderrDescriptor = defaultStderrDescriptor } = options
  const waiting: string[] = []
  let dropped = 0
  let descriptor: number | null = null
  let bytes = 0
  let failedAtMs: number | null = null
  let closed = false

  const nameFile = (age: number) => join(folder, age === 0 ? 'main.log' : `main.${age}.log`)

  function closeFile(): void {
    const open = descriptor
    descriptor = null
    if (open === null) return
    try {
      closeSync(open)
    } catch {
      // The system has taken the file away already.
    }
  }

  function openFile(): number {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const opened = openSync(nameFile(0), 'a', 0o600)
    descriptor = opened
    bytes = statSync(nameFile(0)).size
    return opened
  }

  function rotateFiles(): void {
    closeFile()
    for (let age = filesMax - 2; age >= 0; age -= 1) {
      try {
        renameSync(nameFile(age), nameFile(age + 1))
      } catch {
        // A gap in the row of old files is no reason to stop.
      }
    }
    try {
      // Where the rename was refused the old content must not grow on.
      if (statSync(nameFile(0)).size >= fileBytesMax) unlinkSync(nameFile(0))
    } catch {
      // It is gone, as it should be.
    }
  }

  function isMoved(): boolean {
    try {
      return statSync(nameFile(0)).size < bytes
    } catch {
      return true
    }
  }

  function writeToFile(line: string): void {
    const content = Buffer.from(`${line}\n`)
    if (descriptor !== null && isMoved()) closeFile()
    let open = descriptor ?? openFile()
    if (bytes > 0 && bytes + content.byteLength > fileBytesMax) {
      rotateFiles()
      open = openFile()
    }
    let written = 0
    while (written < content.byteLength) written += writeSync(open, content, written)
    bytes += written
  }

  function drainWaiting(): void {
    while (waiting.length > 0) {
      if (dropped > 0) {
        writeToFile(formatLine(clock.nowMs(), 'warn', 'log.dropped', { lines: dropped }))
        dropped = 0
      }
      writeToFile(waiting[0] ?? '')
      waiting.shift()
    }
  }

  function keep(line: string): void {
    if (toStderr) {
      try {
        writeSync(stderrDescriptor, `${line}\n`)
      } catch {
        // Nobody reads the error output any more.
      }
    }
    waiting.push(line)
    const nowMs = clock.monotonicMs()
    // A disk that refused is not asked for every line again.
    if (closed || (failedAtMs !== null && nowMs - failedAtMs < retryAfterMs)) {
      trimWaiting()
      return
    }
    try {
      drainWaiting()
      failedAtMs = null
    } catch {
      failedAtMs = nowMs
      closeFile()
      trimWaiting()
    }
  }

  function trimWaiting(): void {
    while (waiting.length > waitingMax) {
      waiting.shift()
      dropped += 1
    }
  }

  return {
    info: (event, fields = {}) => keep(writeLine(clock.nowMs(), 'info', event, fields)),
    warn: (event, fields = {}) => keep(writeLine(clock.nowMs(), 'warn', event, fields)),
    error(event, cause) {
      const reference = random.id().slice(0, 8)
      keep(writeLine(clock.nowMs(), 'error', event, { reference, cause }))
      return reference
    },
    close() {
      if (closed) return
      try {
        drainWaiting()
      } catch {
        // The disk takes nothing: there is no other place for these lines.
      }
      closed = true
      closeFile()
    },
  }
}
