import { useEffect, useMemo } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { askToArm, connectGuard, describeEnd, disarm, lockVault, useArmed, useGuard } from '../../store/guard.ts'
import { useCurrentEnvironment } from '../../store/store.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { formatLeft } from './left-text.ts'
import './guard.css'

/** The time that is left of the arming, as main counts it: `4:12`. */
export function ArmedTime() {
  const untilMs = useGuard(({ armed }) => armed?.untilMs ?? 0)
  // Only to be drawn again: the time itself is counted by a clock that nobody sets.
  useNow(250)
  return <span className="num">{formatLeft(untilMs - performance.now())}</span>
}

/** How a protected environment stands, in the bar: the way to arm it, or the time left and the way back. */
export function GuardBadge({ environment }: { environment: Environment }) {
  const armed = useArmed(environment.id)
  const ended = useGuard((state) => (state.ended?.environmentId === environment.id ? state.ended.why : null))
  if (!environment.protected) return null
  if (armed) {
    return (
      <span className="guarded armed">
        <Icon name="unlock" size={14} />
        <span role="timer" aria-live="off" aria-label={`${environment.name} is armed`}>
          Armed <ArmedTime />
        </span>
        <button type="button" className="guarded-act" onClick={() => void disarm()}>
          Disarm
        </button>
      </span>
    )
  }
  return (
    <button
      type="button"
      className="guarded"
      aria-haspopup="dialog"
      title={ended === null ? `Arm ${environment.name}` : `${describeEnd(ended)} Arm ${environment.name} again`}
      onClick={() => void askToArm(environment.id)}
    >
      <Icon name="lock" size={14} />
      Protected, not armed
    </button>
  )
}

/** Says once that an environment was armed or disarmed, and why. */
export function GuardVoice() {
  const said = useGuard((state) => state.said)
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  )
}

/** Hears main's guard, marks the page while something is armed, and offers its commands from everywhere. */
export function useGuardState(): void {
  const environment = useCurrentEnvironment()
  const armed = useArmed(environment?.id ?? '')
  useEffect(connectGuard, [])
  useEffect(() => {
    if (armed) document.documentElement.dataset.armed = 'true'
    else delete document.documentElement.dataset.armed
  }, [armed])
  const commands = useMemo(
    (): readonly Command[] => [
      ...(environment?.protected === true
        ? [
            {
              id: 'arm',
              group: 'Environments' as const,
              title: armed ? `Disarm ${environment.name}` : `Arm ${environment.name}`,
              detail: armed ? 'back to reads only' : 'for five minutes',
              mark: environment.mark,
              icon: armed ? ('lock' as const) : ('unlock' as const),
              shortcut: 'Mod+Shift+A',
              run: () => void (armed ? disarm() : askToArm(environment.id)),
            },
          ]
        : []),
      {
        id: 'lock',
        group: 'Environments',
        title: 'Lock',
        detail: 'disarm, and forget keys in memory',
        icon: 'lock',
        shortcut: 'Mod+Shift+L',
        run: () => void lockVault(),
      },
    ],
    [environment?.id, environment?.name, environment?.mark, environment?.protected, armed],
  )
  useCommands('guard', commands)
}
