import { isEverything, type ReadyFilter, readyEverything } from '../../../shared/filter/evaluation.ts'
import { limits } from '../../../shared/limits.ts'
import type { CallDetail } from '../../../shared/model/call.ts'
import type { ExportFault, ExportFormat, ExportJob } from '../../../shared/model/export.ts'
import { assertNever, fail, type Result, succeed } from '../../../shared/result.ts'
import type { CallStore, CallWalk, Clock, ExportDesk, ExportFile, Log, Random } from '../ports.ts'
import { createCsvWriter } from './csv.ts'
import type { ExportOptions, ExportWriter } from './export-format.ts'
import { createHarWriter } from './har.ts'

/** Which calls go into a file. */
export type ExportSelection = { readonly ids: readonly number[] } | { readonly filter: ReadyFilter }

/** What a person asks for. */
export interface ExportOrder {
  readonly what: ExportFormat
  readonly selection: ExportSelection
  readonly includeBodies: boolean
}

/** Exports of the request log, one at a time. Never throws. */
export interface Exports {
  /** Asks where to and begins. The answer is null when the person gave up the question. */
  start(order: ExportOrder): Promise<Result<ExportJob | null>>
  /** Ends the export under way and removes what it wrote; one that has ended stays as it is. */
  cancel(jobId: string): Result<null>
  /** Shows the file of the newest export that came to its end in its folder. */
  reveal(jobId: string): Result<null>
  /** Cancels what is under way and waits until nothing of it is left. What still asks where to does not begin. */
  close(): Promise<void>
}

/** What exports work with. */
export interface ExportsDeps {
  readonly calls: Pick<CallStore, 'list' | 'scan' | 'get' | 'generation'>
  readonly desk: ExportDesk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly version: string
  readonly environment: ExportOptions['environment']
  readonly onChange: (job: ExportJob) => void
}

const pageCalls = 100
const tellEveryMs = 100

/** Name that a new file is suggested under: `jasni-requests-2026-11-24.har`, by local date. */
function suggestName(format: ExportFormat, nowMs: number): string {
  const date = new Date(nowMs)
  const pad = (part: number) => String(part).padStart(2, '0')
  return `jasni-requests-${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}.${format}`
}

function createWriter(format: ExportFormat, options: ExportOptions): ExportWriter {
  switch (format) {
    case 'har':
      return createHarWriter(options)
    case 'csv':
      return createCsvWriter(options)
    default:
      return assertNever(format)
  }
}

/**
 * The pages of a selection as it is now, oldest call first; null in place of a page when the log cannot be read, or may
 * have lost calls since. A call that the retention took meanwhile is left out.
 */
function readPages(
  calls: ExportsDeps['calls'],
  selection: ExportSelection,
  bodies: boolean,
): Iterable<readonly CallDetail[] | null> {
  const generation = calls.generation()
  const isWhole = () => generation !== null && calls.generation() === generation
  // Calls that come after the start are not part of it, or a busy log would never end.
  const upTo = calls.list({ before: null, after: null, limit: 1, filter: readyEverything }).calls[0]?.id ?? 0

  function* readChosen(chosen: readonly number[]): Generator<readonly CallDetail[] | null> {
    const ids = [...new Set(chosen)].sort((a, b) => a - b)
    for (let from = 0; from < ids.length; from += pageCalls) {
      const page = ids.slice(from, from + pageCalls).flatMap((id) => calls.get(id) ?? [])
      yield isWhole() ? page : null
    }
  }

  function* readFound(filter: ReadyFilter): Generator<readonly CallDetail[] | null> {
    for (let after: number | null = 0; after !== null; ) {
      const walk: CallWalk | null = calls.scan({ filter, after, upTo, limit: pageCalls, bodies })
      yield walk === null || !isWhole() ? null : walk.calls
      after = walk === null ? null : walk.next
    }
  }

  return 'ids' in selection ? readChosen(selection.ids) : readFound(selection.filter)
}

/** Builds the exports of a profile. */
export function createExports(deps: ExportsDeps): Exports {
  const { calls, desk, clock, random, log, onChange } = deps
  let asking = false
  let closed = false
  let beginning: Promise<unknown> = Promise.resolve()
  let running: { readonly jobId: string; readonly cancel: AbortController; readonly ended: Promise<void> } | null = null
  let finished: { readonly jobId: string; readonly path: string } | null = null

  function countCalls(selection: ExportSelection): number | null {
    if ('ids' in selection) return new Set(selection.ids).size
    // With a filter the log knows only what lies on a page.
    if (!isEverything(selection.filter)) return null
    return calls.list({ before: null, after: null, limit: 1, filter: selection.filter }).total
  }

  /** Writes all pages. Answers what stopped it, or null. */
  async function writePages(
    file: ExportFile,
    writer: ExportWriter,
    order: ExportOrder,
    signal: AbortSignal,
    onPage: (calls: number) => void,
  ): Promise<ExportFault | null> {
    const pages = readPages(calls, order.selection, order.includeBodies)
    const begun = await file.write(writer.head())
    if (!begun.ok) return begun.error
    for (const page of pages) {
      if (signal.aborted) return null
      if (page === null) return 'log'
      // The write is waited for, so that everything else of the app has its turn between two pages.
      const written = await file.write(...page.map((call) => writer.writeCall(call)))
      if (!written.ok) return written.error
      onPage(page.length)
    }
    const ended = await file.write(writer.tail())
    return ended.ok ? null : ended.error
  }

  async function run(path: string, file: ExportFile, order: ExportOrder, first: ExportJob, signal: AbortSignal) {
    const writer = createWriter(order.what, { ...deps, includeBodies: order.includeBodies })
    let job = first
    let toldAtMs = clock.monotonicMs()
    const tell = (change: Partial<ExportJob>) => {
      job = { ...job, ...change, manifest: writer.manifest() }
      onChange(job)
    }
    let fault = await writePages(file, writer, order, signal, (count) => {
      job = { ...job, done: job.done + count }
      if (clock.monotonicMs() - toldAtMs < tellEveryMs) return
      toldAtMs = clock.monotonicMs()
      tell({})
    })
    if (fault === null && !signal.aborted) {
      const kept = await file.commit()
      if (!kept.ok) fault = kept.error
      else finished = { jobId: job.jobId, path }
    }
    if (fault !== null || (signal.aborted && finished?.jobId !== job.jobId)) await file.discard()
    running = null
    if (fault !== null) {
      log.warn('export-failed', { fault, done: job.done })
      tell({ state: 'failed', fault })
    } else tell({ state: finished?.jobId === job.jobId ? 'done' : 'cancelled' })
  }

  async function begin(order: ExportOrder, path: string): Promise<Result<ExportJob | null>> {
    const file = await desk.create(path)
    if (!file.ok) return fail({ kind: 'EXPORT', fault: file.error })
    if (closed) {
      await file.value.discard()
      return succeed(null)
    }
    const jobId = random.id()
    const cancel = new AbortController()
    const manifest = createWriter(order.what, { ...deps, includeBodies: false }).manifest()
    const job: ExportJob = {
      jobId,
      format: order.what,
      state: 'running',
      done: 0,
      total: countCalls(order.selection),
      fileName: file.value.name.slice(0, limits.fileNameCharsMax),
      fault: null,
      manifest,
    }
    const ended = run(path, file.value, order, job, cancel.signal).catch(async (cause: unknown) => {
      log.error('export-broken', cause)
      await file.value.discard()
      running = null
      onChange({ ...job, state: 'failed', fault: 'failed' })
    })
    running = { jobId, cancel, ended }
    return succeed(job)
  }

  return {
    async start(order) {
      if (asking || running !== null) return fail({ kind: 'EXPORT', fault: 'busy' })
      asking = true
      try {
        const path = await desk.chooseFile(suggestName(order.what, clock.nowMs()), order.what)
        if (path === null || closed) return succeed(null)
        const begun = begin(order, path)
        beginning = begun.catch(() => undefined)
        return await begun
      } finally {
        asking = false
      }
    },

    cancel(jobId) {
      if (running?.jobId === jobId) running.cancel.abort()
      return succeed(null)
    },

    reveal(jobId) {
      if (finished?.jobId !== jobId) return fail({ kind: 'EXPORT', fault: 'gone' })
      desk.reveal(finished.path)
      return succeed(null)
    },

    async close() {
      closed = true
      await beginning
      running?.cancel.abort()
      await running?.ended
    },
  }
}
