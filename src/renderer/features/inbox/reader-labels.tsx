import { useState } from 'react'
import type { MessagePreview } from '../../../shared/model/message.ts'
import { tellError } from '../../store/actions.ts'
import { inbox, useMailbox } from './inbox.ts'
import type { MessageChoice } from './inbox-base.ts'
import { LabelChip } from './label-chip.tsx'
import { labelsOf } from './mailbox.ts'

/** Labels of the open message. Where they are not known, asking costs a request, so that a person asks. */
export function ReaderLabels({ choice, preview }: { choice: MessageChoice; preview: MessagePreview | null }) {
  const mailbox = useMailbox(choice.environmentId)
  const [busy, setBusy] = useState(false)
  const labels = labelsOf(mailbox, choice.account, choice.folder, preview ?? { uid: choice.uid })
  if ((mailbox?.labels.value ?? []).length === 0 || labels?.length === 0) return null
  return (
    <div className="reader-labels">
      {labels === null ? (
        <button
          type="button"
          className="link-btn small"
          aria-busy={busy || undefined}
          onClick={async () => {
            if (busy) return
            setBusy(true)
            const result = await inbox.loadTags(choice)
            setBusy(false)
            if (!result.ok) tellError(result.error, choice.environmentId)
          }}
        >
          Show labels, 1 request
        </button>
      ) : (
        <ul className="reader-chips" aria-label="Labels">
          {labels.map((label) => (
            <li key={label.id}>
              <LabelChip label={label} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
