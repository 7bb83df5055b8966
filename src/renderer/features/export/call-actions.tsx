import type { CallSummary } from '../../../shared/model/call.ts'
import { Button } from '../../ui/button.tsx'
import { copyCurl, replayCall, useExports } from './exports.ts'

/** What can be done with a recorded call: copy it as a command line, send it again. */
export function CallActions({ summary }: { summary: CallSummary }) {
  const busy = useExports((state) => state.replayingId === summary.id)
  return (
    <>
      <Button small variant="quiet" icon="copy" onClick={() => void copyCurl(summary.id)}>
        Copy as cURL
      </Button>
      <Button small variant="quiet" icon="refresh" busy={busy} onClick={() => void replayCall(summary)}>
        Replay
      </Button>
    </>
  )
}
