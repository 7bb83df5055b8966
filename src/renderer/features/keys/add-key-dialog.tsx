import { useState } from 'react'
import { selectKey, startAddingKey, stopAddingKey } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { Segments } from '../../ui/segments.tsx'
import { AddKeyForm, DashboardLink } from './add-key-form.tsx'

function AddKeyBody({ environmentId }: { environmentId: string }) {
  const environments = useStore((state) => state.environments)
  const environment = useStore((state) => findEnvironment(state, environmentId))
  const [added, setAdded] = useState(false)
  if (environment === null) return null
  return (
    <>
      <div className="add-where">
        <Segments
          label="Environment"
          look="swatches"
          value={environmentId}
          options={environments.map(({ id, name, mark }) => ({
            value: id,
            label: (
              <>
                <EnvMark mark={mark} />
                {name}
              </>
            ),
          }))}
          onValueChange={startAddingKey}
        />
      </div>
      <AddKeyForm
        key={environmentId}
        environment={environment}
        withLabel
        onAdded={(key) => {
          setAdded(true)
          selectKey(key.id)
        }}
        footer={
          <Button variant={added ? 'primary' : 'plain'} onClick={stopAddingKey}>
            {added ? 'Done' : 'Cancel'}
          </Button>
        }
      />
    </>
  )
}

/** The dialog that takes a key for an environment. */
export function AddKeyDialog() {
  const environmentId = useStore((state) => state.addingKeyTo)
  const environment = useStore((state) => findEnvironment(state, state.addingKeyTo))
  return (
    <Dialog
      open={environmentId !== null}
      onClose={stopAddingKey}
      width={532}
      initialFocus={() => document.querySelector<HTMLElement>('.dialog .key-field') ?? true}
      env={environment === null ? 'sandbox' : markNames[environment.mark]}
      title="Add a key"
      beside={<DashboardLink />}
    >
      {environmentId === null ? null : <AddKeyBody environmentId={environmentId} />}
    </Dialog>
  )
}
