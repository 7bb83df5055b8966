import { useMemo } from 'react'
import type { CallSummary } from '../../../shared/model/call.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { askToExport, copyCurl, type ExportSelection, replayCall } from './exports.ts'

/**
 * Offers to export what a list shows, and to copy, replay and export the call that is open in it.
 * `selection` is kept memoised; `count` is the number of its calls, null while it is not known.
 */
export function useExportCommands(selection: ExportSelection, count: number | null, open: CallSummary | null): void {
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'export-calls',
        group: 'Requests',
        title: 'Export calls',
        detail: 'HAR or CSV',
        icon: 'sent',
        run: () => askToExport(selection, count),
      },
      ...(open === null
        ? []
        : ([
            {
              id: 'copy-curl',
              group: 'Requests',
              title: 'Copy call as cURL',
              detail: open.path,
              icon: 'copy',
              run: () => void copyCurl(open.id),
            },
            {
              id: 'replay-call',
              group: 'Requests',
              title: 'Replay call',
              detail: open.path,
              icon: 'refresh',
              run: () => void replayCall(open),
            },
            {
              id: 'export-call',
              group: 'Requests',
              title: 'Export this call alone',
              detail: open.path,
              icon: 'sent',
              run: () => askToExport({ ids: [open.id] }, 1),
            },
          ] satisfies readonly Command[])),
    ],
    [selection, count, open],
  )
  useCommands('export', commands)
}
