import type { AppError, StorageError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { RotationKey, RotationLine, RotationRecord, RotationStep } from '../../../shared/model/rotation.ts'
import type { Result } from '../../../shared/result.ts'
import { redactText } from '../log/redaction.ts'
import type { Clock, VaultChange } from '../ports.ts'
import type { Custody } from '../vault/custody.ts'

/** A line to write: what happened, and its number, mask or fault. */
export type LineInput = readonly [what: RotationLine['what'], detail?: string]

/** Members of a record that a step may change. */
export type RecordChange = Partial<Omit<RotationRecord, 'id' | 'kind' | 'environmentId' | 'startedAtMs' | 'lines'>>

/** The journal: every change of a rotation is one transaction, together with the keys that it moves. */
export interface Journal {
  find(id: string): RotationRecord | null
  running(): readonly RotationRecord[]
  /**
   * Keeps a change of a running rotation; `ended` when it has ended meanwhile, and then nothing is
   * changed. `change` gets the record as it is now.
   */
  update(
    id: string,
    change: (now: RotationRecord) => RecordChange,
    lines: readonly LineInput[],
    others?: readonly VaultChange[],
  ): Result<RotationRecord, StorageError> | 'ended'
  /** Adds to one that has ended what became known later; a disk that refuses keeps it as it was. */
  amend(id: string, change: (now: RotationRecord) => RecordChange, lines: readonly LineInput[]): void
  /** Begins one. The oldest ended ones make room. */
  begin(record: RotationRecord, others: readonly VaultChange[]): Result<null, StorageError>
}

/** What a record keeps of a key. */
export function rememberKey({ id, label, mask, fingerprint }: KeySummary): RotationKey {
  return { id, label, mask, fingerprint }
}

/** The name of an error as a line keeps it. */
export function nameError(error: AppError): string {
  if ('fault' in error) return `${error.kind} ${error.fault}`
  return error.kind
}

/** A line of the journal. Its detail passes redaction, whatever it came from. */
export function makeLine(step: RotationStep, atMs: number, [what, detail = '']: LineInput): RotationLine {
  return { atMs, step, what, detail: redactText(detail) }
}

/** Keeps the first lines, which say how it began, and the newest. */
function boundLines(lines: readonly RotationLine[]): RotationLine[] {
  const tooMany = lines.length - limits.rotationLinesMax
  if (tooMany <= 0) return [...lines]
  const head = limits.rotationLinesMax / 2
  return [...lines.slice(0, head), ...lines.slice(head + tooMany)]
}

/** Opens the journal. `onKept` is told of each record that was written. */
export function openJournal(parts: {
  readonly custody: Custody
  readonly clock: Clock
  readonly onKept: (record: RotationRecord) => void
}): Journal {
  const { custody, clock, onKept } = parts
  const find = (id: string) => custody.rotations().find((record) => record.id === id) ?? null

  function keep(record: RotationRecord, others: readonly VaultChange[]): Result<null, StorageError> {
    const kept = custody.commit([{ what: 'put-rotation', rotation: record }, ...others])
    if (kept.ok) onKept(record)
    return kept
  }

  return {
    find,
    running: () => custody.rotations().filter(({ end }) => end === null),
    update(id, change, lines, others = []) {
      const now = find(id)
      if (now === null || now.end !== null) return 'ended'
      const atMs = clock.nowMs()
      const written = lines.map((line) => makeLine(now.step, atMs, line))
      const record = { ...now, ...change(now), lines: boundLines([...now.lines, ...written]) }
      const kept = keep(record, others)
      return kept.ok ? { ok: true, value: record } : kept
    },
    amend(id, change, lines) {
      const now = find(id)
      if (now === null || now.end === null) return
      const written = lines.map((line) => makeLine(now.step, clock.nowMs(), line))
      keep({ ...now, ...change(now), lines: boundLines([...now.lines, ...written]) }, [])
    },
    begin(record, others) {
      const ended = custody.rotations().filter(({ end }) => end !== null)
      const leaving = ended.slice(0, Math.max(0, ended.length - limits.rotationsKept + 1))
      return keep(record, [...others, ...leaving.map(({ id }): VaultChange => ({ what: 'remove-rotation', id }))])
    },
  }
}
