import type { KeySummary } from '../../../shared/model/key.ts'
import { openRotation, sortRotations, startRotation, useRotations, waitForTomorrow } from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { useNow } from '../../ui/now.ts'
import { describeAge } from './age-text.ts'
import { asksPerson, describeStage } from './step-text.ts'

function RunningNotes() {
  const running = useRotations((state) => state.byId)
  return sortRotations(running)
    .filter(({ end }) => end === null)
    .slice(0, 3)
    .map((rotation) => {
      const verb = rotation.kind === 'revoke' ? 'Revoking' : 'Rotating'
      const loud = rotation.proof.stillAlive
      return (
        <Note
          key={rotation.id}
          inline
          tone={loud ? 'refused' : asksPerson(rotation) || rotation.problem !== null ? 'warned' : 'plain'}
          icon="rotate"
          title={`${verb} ${rotation.environmentName} ${rotation.oldKey.label}.`}
          detail={describeStage(rotation)}
          actions={<Button onClick={() => openRotation(rotation.id)}>Return to it</Button>}
        />
      )
    })
}

function DueNote({ due }: { due: KeySummary }) {
  const age = useRotations((state) => state.health.ages.find(({ keyId }) => keyId === due.id) ?? null)
  const environment = useStore((state) => state.environments.find(({ id }) => id === due.environmentId) ?? null)
  if (age === null || environment === null) return null
  const { title, detail } = describeAge(`${environment.name} ${due.label}`, age, Date.now())
  return (
    <Note
      inline
      tone="warned"
      icon="clock"
      title={title}
      detail={detail}
      actions={
        <>
          <Button icon="rotate" onClick={() => void startRotation(environment.id)}>
            Rotate
          </Button>
          <Button variant="quiet" onClick={() => void waitForTomorrow(environment.id)}>
            Tomorrow
          </Button>
        </>
      }
    />
  )
}

function DueNotes() {
  const ages = useRotations((state) => state.health.ages)
  const rotations = useRotations((state) => state.byId)
  const environments = useStore((state) => state.environments)
  const keys = useStore((state) => state.keys)
  const policies = useRotations((state) => state.policies)
  const now = useNow(60_000)
  const running = new Set(
    Object.values(rotations).flatMap(({ end, environmentId }) => (end === null ? [environmentId] : [])),
  )
  const due = [...ages]
    .filter(({ state }) => state !== 'fresh')
    .sort((one, other) => other.ageDays / other.overdueDays - one.ageDays / one.overdueDays)
    .flatMap(({ keyId }) => keys.filter(({ id }) => id === keyId))
    .find(
      ({ id, environmentId }) =>
        !running.has(environmentId) &&
        now >= (policies[environmentId]?.quietUntilMs ?? 0) &&
        environments.some(({ activeKeyId }) => activeKeyId === id),
    )
  return due === undefined ? null : <DueNote due={due} />
}

/** What Keys says above its table: rotations that run, and the key that is most due. */
export function RotationNotes() {
  return (
    <>
      <RunningNotes />
      <DueNotes />
    </>
  )
}
