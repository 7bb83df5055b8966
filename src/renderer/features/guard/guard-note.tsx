import type { Environment } from '../../../shared/model/environment.ts'
import type { Effect } from '../../../shared/model/operation.ts'
import { disarm, useArmed } from '../../store/guard.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { ArmControls } from './arm-controls.tsx'
import { ArmedTime } from './guard-state.tsx'
import './guard.css'

const deeds: Readonly<Record<Exclude<Effect, 'read'>, string>> = {
  write: 'This changes something.',
  outbound: 'This sends mail to people.',
  destructive: 'This destroys something.',
}

/** Above a request that is no read: what the guard wants for it, and how it stands. */
export function GuardNote({ environment, effect }: { environment: Environment; effect: Exclude<Effect, 'read'> }) {
  const armed = useArmed(environment.id)
  if (armed) {
    return (
      <section className="arm" aria-label="Guard">
        <Icon name="unlock" />
        <p className="grow cut">
          <span className="strong">
            Armed for <ArmedTime />.
          </span>{' '}
          <span className="soft">
            Ends on switch, lock and idle.{' '}
            {effect === 'destructive' ? 'This asks once more and names the loss.' : 'Deletes still ask one by one.'}
          </span>
        </p>
        <Button onClick={() => void disarm()}>Disarm</Button>
      </section>
    )
  }
  return (
    <section className="arm" aria-label="Guard">
      <Icon name="lock" />
      <p className="grow cut">
        <span className="strong">{environment.name} is protected.</span>{' '}
        <span className="soft">{deeds[effect]} Arm writes for five minutes:</span>
      </p>
      <ArmControls inline environment={environment} />
    </section>
  )
}
