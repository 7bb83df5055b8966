import { useRef } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { formatPath } from '../../ui/address.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { confirmReplay, dropReplay, type ReplayQuestion, useExports } from './exports.ts'
import './export.css'

function Question({ question }: { question: ReplayQuestion }) {
  const { summary, fault } = question
  const environment = useStore((state) => findEnvironment(state, summary.environmentId))
  const busy = useExports((state) => state.replayingId !== null)
  const keep = useRef<HTMLButtonElement>(null)
  const { title, detail } = describeError({ kind: 'REPLAY', fault })
  const mark = environment?.mark ?? 'neutral'
  return (
    <Dialog
      open
      onClose={dropReplay}
      env={markNames[mark]}
      initialFocus={keep}
      title={
        <>
          <EnvMark mark={mark} />
          {title}
        </>
      }
      detail={detail}
      actions={
        <>
          <Button ref={keep} onClick={dropReplay}>
            Do not send
          </Button>
          <Button variant="act" busy={busy} onClick={() => void confirmReplay()}>
            {fault === 'sends-again' ? 'Send mail again' : 'Send call again'}
          </Button>
        </>
      }
    >
      <p className="replay-call mono mono-small breakable">
        {summary.method} {formatPath(summary.path)}
      </p>
      <p className="small soft">
        It goes to {environment?.name ?? 'its environment'} as that is now, with the key that is in use there.
      </p>
    </Dialog>
  )
}

/** The question before a call that does something is sent again. */
export function ReplayDialog() {
  const question = useExports((state) => state.replay)
  return question === null ? null : <Question question={question} />
}
