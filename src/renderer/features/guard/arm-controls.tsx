import { type RefObject, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { call } from '../../api/client.ts'
import { TextField } from '../../ui/field.tsx'
import { HoldButton } from './hold-button.tsx'
import './guard.css'

interface ArmControlsProps {
  readonly environment: Environment
  readonly holdRef?: RefObject<HTMLButtonElement | null>
  /** In a note there is no room for a label above the field. */
  readonly inline?: boolean
}

/** The two ways to arm: hold the button, or type the environment's name. Main has the last word on both. */
export function ArmControls({ environment, holdRef, inline = false }: ArmControlsProps) {
  const { id: environmentId, name } = environment
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)

  async function armByName(): Promise<void> {
    if (typed.trim() === '') return
    const armed = await call('guard.armByName', { environmentId, name: typed })
    if (armed.ok) return
    const { title, detail } = describeError(armed.error, { environmentName: name })
    setProblem(`${title}. ${detail}`)
  }

  return (
    <div className={inline ? 'arm-ways inline' : 'arm-ways'}>
      <TextField
        label={`Type ${name} to arm it`}
        hideLabel={inline}
        placeholder={inline ? `or type ${name}` : `${name}, then Enter`}
        mono={!inline}
        {...(inline ? { width: 124 } : {})}
        value={typed}
        aria-invalid={problem !== null && typed !== ''}
        onValueChange={(next) => {
          setTyped(next)
          setProblem(null)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          void armByName()
        }}
      />
      <HoldButton
        environmentId={environmentId}
        environmentName={name}
        {...(holdRef === undefined ? {} : { ref: holdRef })}
        onProblem={setProblem}
      />
      <p className={inline && problem === null ? 'unseen' : 'arm-problem small bad'} role="status">
        {problem}
      </p>
    </div>
  )
}
