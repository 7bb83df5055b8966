import type { Environment } from '../../shared/model/environment.ts'
import type { KeyAge, Rotation } from '../../shared/model/rotation.ts'
import { formatPlural } from '../ui/format.ts'
import { showToast } from '../ui/toast.tsx'
import { findRunning, startRotation, useRotations } from './rotations.ts'
import { useStore } from './store.ts'

/** Age in days from which on the command rotates a key. */
export const dueDays = 60

/** Environments whose key in use is older than so many days and is not being rotated, the oldest first. */
export function listDueEnvironments(
  ages: readonly KeyAge[],
  environments: readonly Environment[],
  byId: Readonly<Record<string, Rotation>>,
): readonly Environment[] {
  const ageOf = ({ activeKeyId }: Environment) => ages.find(({ keyId }) => keyId === activeKeyId)?.ageDays ?? 0
  return environments
    .filter((environment) => ageOf(environment) > dueDays && findRunning(byId, environment.id) === null)
    .sort((one, other) => ageOf(other) - ageOf(one))
}

let stopQueue: (() => void) | null = null

/** Resolves with the end of the environment's rotation, once it has one. */
function waitForEnd(environmentId: string): Promise<Rotation['end']> {
  const running = findRunning(useRotations.getState().byId, environmentId)
  if (running === null) return Promise.resolve(null)
  return new Promise((done) => {
    const stop = useRotations.subscribe(({ byId }) => {
      const end = byId[running.id]?.end ?? null
      if (end === null) return
      stop()
      done(end)
    })
  })
}

/**
 * Rotates every key that is due, one environment after the other, each in its stepper. It stops at
 * the first one that did not end well, so that a person looks at it first.
 */
export async function rotateEveryDueKey(): Promise<void> {
  stopQueue?.()
  let stopped = false
  stopQueue = () => {
    stopped = true
  }
  const due = listDueEnvironments(
    useRotations.getState().health.ages,
    useStore.getState().environments,
    useRotations.getState().byId,
  )
  for (const [index, environment] of due.entries()) {
    await startRotation(environment.id)
    const end = await waitForEnd(environment.id)
    if (stopped) return
    if (end === 'done' || end === 'unproven') continue
    const left = due.length - index - 1
    if (left > 0) showToast({ text: `${formatPlural(left, 'key')} of other environments left as they are` })
    return
  }
}
