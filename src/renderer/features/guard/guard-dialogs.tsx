import { useEffect, useRef, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Loss } from '../../../shared/model/guard.ts'
import { call } from '../../api/client.ts'
import { errorContext, tellError } from '../../store/actions.ts'
import { answerGuard, type GuardQuestion, useGuard } from '../../store/guard.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { numberPlaces } from '../../ui/places.ts'
import { useWaitingStage, Waiting } from '../../ui/waiting.tsx'
import { ArmControls } from './arm-controls.tsx'

function ArmDialog({ environment, question }: { environment: Environment; question: GuardQuestion }) {
  const hold = useRef<HTMLButtonElement>(null)
  const close = () => answerGuard(question, false)
  return (
    <Dialog
      open
      onClose={close}
      env={markNames[environment.mark]}
      initialFocus={hold}
      title={
        <>
          <EnvMark mark={environment.mark} />
          Arm {environment.name}?
        </>
      }
      detail={`${environment.name} is protected: all but reads is held back until it is armed. That lasts five minutes and ends on switch, lock and idle. Deletes still ask one by one.`}
      actions={<Button onClick={close}>Leave it protected</Button>}
    >
      <ArmControls environment={environment} holdRef={hold} />
    </Dialog>
  )
}

const lossRows = [[220], [160]] as const

function LossDialog({
  environment,
  question,
}: {
  environment: Environment
  question: GuardQuestion & { kind: 'loss' }
}) {
  const { questionId: id } = question
  const [loss, setLoss] = useState<Loss | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const stage = useWaitingStage()

  useEffect(() => {
    let gone = false
    void call('guard.loss', { id }).then((result) => {
      if (gone) return
      if (result.ok) return setLoss(result.value)
      tellError(result.error, question.environmentId)
      answerGuard(question, false)
    })
    return () => {
      gone = true
    }
  }, [id, question])

  async function agree(typed: string | null): Promise<void> {
    const agreed = await call('guard.agree', { id, typed })
    if (agreed.ok) return answerGuard(question, true)
    const { title, detail } = describeError(agreed.error, errorContext(question.environmentId))
    setProblem(`${title}. ${detail}`)
  }

  // Most answers come before anybody would see a wait for them.
  if (loss === null && stage === 'quiet') return null
  return (
    <ConfirmDialog
      // Opened anew with the answer, so that the focus goes where that wants it.
      key={loss === null ? 'asking' : 'asked'}
      mark={environment.mark}
      title={loss?.title ?? `What would be lost in ${environment.name}`}
      detail="Nothing was sent yet."
      expected={loss?.confirmation ?? null}
      purpose="agree"
      act={loss?.act ?? 'Delete'}
      ready={loss !== null}
      onClose={() => answerGuard(question, false)}
      onConfirm={agree}
      problem={
        problem === null ? null : (
          <p className="arm-problem small bad" role="alert">
            {problem}
          </p>
        )
      }
    >
      {loss === null ? (
        <Waiting what="Asking what would be lost" rows={lossRows} />
      ) : (
        <ul className="loss-lines">
          {numberPlaces(loss.lines).map(({ place, item }) => (
            <li key={place}>{item}</li>
          ))}
        </ul>
      )}
    </ConfirmDialog>
  )
}

/** What the guard asks: the way to arm, or whether something may be lost. One question at a time. */
export function GuardDialogs() {
  const question = useGuard(({ asked }) => asked[0]?.question ?? null)
  const environment = useStore((state) => findEnvironment(state, question?.environmentId ?? null))
  if (question === null || environment === null) return null
  return question.kind === 'arm' ? (
    <ArmDialog environment={environment} question={question} />
  ) : (
    <LossDialog key={question.questionId} environment={environment} question={question} />
  )
}
