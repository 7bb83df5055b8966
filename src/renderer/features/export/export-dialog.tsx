import { type ReactNode, useEffect, useState } from 'react'
import { describeExportFault } from '../../../shared/error-text.ts'
import type { ExportFormat, ExportJob } from '../../../shared/model/export.ts'
import { assertNever } from '../../../shared/result.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Switch } from '../../ui/switch.tsx'
import { describeManifest, describeProgress, formatTexts, titleExport } from './export-text.ts'
import {
  cancelExport,
  closeExport,
  connectExports,
  describeRefusal,
  restartExport,
  revealExport,
  startExport,
  useExports,
} from './exports.ts'
import './export.css'

const width = 460
const formats: readonly ExportFormat[] = ['har', 'csv']

function Problem({ title, detail }: { title: string; detail: string }) {
  return (
    <p className="export-problem small" role="alert">
      <span className="bad">{title}.</span> <span className="soft">{detail}</span>
    </p>
  )
}

/** What the one dialog shows of each stage, so that it stays the same dialog from question to end. */
interface Stage {
  readonly title: string
  readonly detail: string
  readonly body: ReactNode
  /** Stands right of the button that closes. */
  readonly action: ReactNode
}

interface ChoiceProps {
  readonly format: ExportFormat
  readonly onFormat: (format: ExportFormat) => void
  readonly includeBodies: boolean
  readonly onIncludeBodies: (include: boolean) => void
}

function Choices({ format, onFormat, includeBodies, onIncludeBodies }: ChoiceProps) {
  const error = useExports((state) => state.error)
  return (
    <>
      <div className="export-format">
        <Segments
          label="Format"
          value={format}
          options={formats.map((value) => ({ value, label: formatTexts[value].name }))}
          onValueChange={onFormat}
        />
        <p className="soft small">{formatTexts[format].detail}</p>
      </div>
      <dl className="export-lists small">
        <dt>Never in the file</dt>
        <dd>Authorization, Cookie and other secret headers; every text of the shape of a key, wherever it stands</dd>
        <dt>In the file</dt>
        <dd>Addresses with their queries, so names of accounts as well; masks of keys; times, waits and outcomes</dd>
      </dl>
      {format === 'har' ? (
        <div className="export-bodies">
          <Switch checked={includeBodies} onCheckedChange={onIncludeBodies}>
            Include bodies
          </Switch>
          <p className="soft small">
            {includeBodies
              ? 'Bodies hold the text of mails. Those that the log had cut stay cut, and are counted.'
              : 'Bodies are left out: they hold the text of mails.'}
          </p>
        </div>
      ) : null}
      {error === null ? null : <Problem {...describeRefusal(error)} />}
    </>
  )
}

function Progress({ job: { done, total } }: { job: ExportJob }) {
  const share = total === null || total === 0 ? null : Math.min(1, done / total)
  return (
    <>
      <div
        className="export-progress"
        role="progressbar"
        aria-label="Progress of the export"
        aria-valuetext={describeProgress(done, total)}
        {...(share === null
          ? {}
          : { 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(share * 100) })}
      >
        <i style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
      <p className="small soft num">{describeProgress(done, total)}</p>
    </>
  )
}

function stageOf(job: ExportJob): Stage {
  const { jobId, format, fileName, manifest, fault } = job
  const again = (
    <Button variant="primary" onClick={restartExport}>
      Export again
    </Button>
  )
  switch (job.state) {
    case 'running':
      return {
        title: `Exporting to ${fileName}`,
        detail: 'You can close this: it goes on, and a message tells its end.',
        body: <Progress job={job} />,
        action: <Button onClick={() => void cancelExport(jobId)}>Cancel export</Button>,
      }
    case 'cancelled':
      return { title: 'The export was cancelled', detail: 'No file was left.', body: null, action: again }
    case 'failed':
      return { ...describeExportFault(fault ?? 'failed'), body: null, action: again }
    case 'done':
      return {
        title: `Exported to ${fileName}`,
        detail: 'What is in it, and what is not:',
        body: (
          <ul className="export-manifest num">
            {describeManifest(manifest, format).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ),
        action: (
          <Button variant="primary" onClick={() => void revealExport(jobId)}>
            Show in folder
          </Button>
        ),
      }
    default:
      return assertNever(job.state)
  }
}

function ExportBody({ count, chosen }: { count: number | null; chosen: boolean }) {
  const [format, setFormat] = useState<ExportFormat>('har')
  const [includeBodies, setIncludeBodies] = useState(false)
  const starting = useExports((state) => state.starting)
  const job = useExports((state) => state.job)
  const question: Stage = {
    title: titleExport(count),
    detail: chosen ? 'The calls that you chose, oldest first.' : 'All calls that the filter shows, oldest first.',
    body: (
      <Choices format={format} onFormat={setFormat} includeBodies={includeBodies} onIncludeBodies={setIncludeBodies} />
    ),
    action: (
      <Button
        variant="primary"
        busy={starting}
        onClick={() => void startExport(format, format === 'har' && includeBodies)}
      >
        Choose file and export
      </Button>
    ),
  }
  const { title, detail, body, action } = job === null ? question : stageOf(job)
  return (
    <Dialog
      open
      onClose={closeExport}
      width={width}
      title={title}
      detail={detail}
      actions={
        <>
          <Button onClick={closeExport}>Close</Button>
          {action}
        </>
      }
    >
      {body}
    </Dialog>
  )
}

/** The export of calls to a file: what for, how far, and what is in it. */
export function ExportDialog() {
  const asked = useExports((state) => state.asked)
  useEffect(connectExports, [])
  return asked === null ? null : <ExportBody count={asked.count} chosen={'ids' in asked.selection} />
}
