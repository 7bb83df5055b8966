import { create } from 'zustand'
import type { InputOf } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/error.ts'
import { describeError, describeExportFault } from '../../../shared/error-text.ts'
import type { CallSummary } from '../../../shared/model/call.ts'
import type { ExportFormat, ExportJob } from '../../../shared/model/export.ts'
import { call, subscribe } from '../../api/client.ts'
import { errorContext, orTell, showCall, tellError } from '../../store/actions.ts'
import { callGuarded } from '../../store/guarded.ts'
import { useStore } from '../../store/store.ts'
import { formatPlural } from '../../ui/format.ts'
import { showToast } from '../../ui/toast.tsx'
import { describeReplay } from './export-text.ts'

/** Which calls an export is asked for. */
export type ExportSelection = InputOf<'requests.export'>['selection']

/** A call that waits for a yes before it is sent again, and why. */
export interface ReplayQuestion {
  readonly summary: CallSummary
  readonly fault: 'sends-again' | 'changes-again'
}

interface ExportStore {
  /** What the dialog is open for, with the number of calls as far as it is known; null while it is closed. */
  readonly asked: { readonly selection: ExportSelection; readonly count: number | null } | null
  /** True from the click until the place of the file is chosen. */
  readonly starting: boolean
  /** The export under way, or the last one while its dialog is open. */
  readonly job: ExportJob | null
  readonly error: AppError | null
  readonly replay: ReplayQuestion | null
  /** Call that is being sent again. */
  readonly replayingId: number | null
}

/** Exports and replays of this window. */
export const useExports = create<ExportStore>(() => ({
  asked: null,
  starting: false,
  job: null,
  error: null,
  replay: null,
  replayingId: null,
}))

const set = useExports.setState
const get = useExports.getState

function tellEnd(job: ExportJob): void {
  if (job.state === 'done') {
    showToast({
      text: `${formatPlural(job.manifest.calls, 'call')} exported to ${job.fileName}`,
      action: { label: 'Show in folder', run: () => void revealExport(job.jobId) },
    })
  } else if (job.state === 'failed') {
    const { title, detail } = describeExportFault(job.fault ?? 'failed')
    showToast({ text: title, detail, tone: 'refused' })
  }
}

function keep(job: ExportJob): void {
  const { job: before, asked } = get()
  // An answer that was overtaken by its own events says nothing new.
  if (before?.jobId === job.jobId && before.state !== 'running') return
  set({ job })
  if (asked === null) tellEnd(job)
}

/** Starts to hear main about exports. Returns what stops hearing. */
export function connectExports(): () => void {
  return subscribe('export.changed', keep)
}

/** Opens the dialog for these calls, or shows the export that is under way. */
export function askToExport(selection: ExportSelection, count: number | null): void {
  const { job } = get()
  set({ asked: { selection, count }, error: null, job: job?.state === 'running' ? job : null })
}

/** Closes the dialog; an export under way goes on and ends with a toast. */
export function closeExport(): void {
  set({ asked: null, error: null })
}

/** Back to the choices, after an export that came to nothing. */
export function restartExport(): void {
  set({ job: null, error: null })
}

/** Asks for the place of the file and begins. */
export async function startExport(what: ExportFormat, includeBodies: boolean): Promise<void> {
  const { asked, starting } = get()
  if (asked === null || starting) return
  set({ starting: true, error: null })
  const result = await call('requests.export', { what, selection: asked.selection, includeBodies })
  set({ starting: false })
  if (!result.ok) set({ error: result.error })
  else if (result.value !== null && get().job?.jobId !== result.value.jobId) keep(result.value)
}

/** Ends the export under way; nothing of it is left. */
export async function cancelExport(jobId: string): Promise<void> {
  await orTell(call('requests.cancelExport', { jobId }))
}

/** Shows the file of an export in its folder. */
export async function revealExport(jobId: string): Promise<void> {
  await orTell(call('export.reveal', { jobId }))
}

/** Copies a call as a curl command, and says what it lacks. */
export async function copyCurl(id: number): Promise<void> {
  const said = await orTell(call('requests.copyCurl', { id }))
  if (said === null) return
  const lacks = [
    ...(said.bodyCut ? ['The log had cut its body: it is not the whole call.'] : []),
    ...(said.redacted ? ['[redacted] stands where the log took out a key.'] : []),
    ...(said.urlGuessed ? ['The folder of its base URL is not known any more.'] : []),
  ]
  showToast({
    text: 'Copied as cURL',
    detail: lacks.length > 0 ? lacks.join(' ') : 'It takes the key from $JASNI_API_KEY.',
  })
}

async function send(summary: CallSummary, confirmed: boolean): Promise<void> {
  const { replayingId } = get()
  if (replayingId !== null) {
    if (replayingId === summary.id) return
    showToast({ text: 'Another call is still being sent again', detail: 'Let it end, or cancel it where calls wait.' })
    return
  }
  // The guard may ask something after it: one question at a time.
  set({ replayingId: summary.id, replay: null })
  const result = await callGuarded('requests.replay', { id: summary.id, confirmed })
  set({ replayingId: null })
  if (result.ok) {
    set({ replay: null })
    const made = result.value
    const words = describeReplay(made)
    // It may have waited long: who is elsewhere by now is not taken away from there.
    if (useStore.getState().screen === 'requests') {
      showCall(made.id)
      showToast(words)
    } else showToast({ ...words, action: { label: 'Show the call', run: () => showCall(made.id) } })
    return
  }
  const { error } = result
  if (error.kind === 'REPLAY' && (error.fault === 'sends-again' || error.fault === 'changes-again')) {
    set({ replay: { summary, fault: error.fault } })
    return
  }
  set({ replay: null })
  tellError(error, summary.environmentId)
}

/** Sends a recorded call again; one that does something is asked about first. */
export function replayCall(summary: CallSummary): Promise<void> {
  return send(summary, false)
}

/** Sends the call that was asked about. */
export async function confirmReplay(): Promise<void> {
  const { replay } = get()
  if (replay !== null) await send(replay.summary, true)
}

/** Leaves the call that was asked about as it is. */
export function dropReplay(): void {
  set({ replay: null })
}

/** The sentence of a refused export. */
export function describeRefusal(error: AppError) {
  return describeError(error, errorContext())
}
