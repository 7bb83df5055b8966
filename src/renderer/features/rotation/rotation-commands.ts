import { useMemo } from 'react'
import { type Command, useCommands } from '../../store/commands.ts'
import { dueDays, listDueEnvironments, rotateEveryDueKey } from '../../store/rotate-due.ts'
import {
  askToPanic,
  askToRevoke,
  openRotation,
  sortRotations,
  startRotation,
  useRotations,
} from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { isEndable } from './revoke-text.ts'
import { describeProof, nameStep } from './step-text.ts'

/** Offers rotations, revocations and panic from everywhere. */
export function useRotationCommands(): void {
  const environments = useStore((state) => state.environments)
  const keys = useStore((state) => state.keys)
  const byId = useRotations((state) => state.byId)
  const ages = useRotations((state) => state.health.ages)
  const commands = useMemo((): readonly Command[] => {
    const running = sortRotations(byId).filter(({ end }) => end === null)
    const due = listDueEnvironments(ages, environments, byId)
    return [
      ...running.map((rotation): Command => {
        const environment = environments.find(({ id }) => id === rotation.environmentId)
        return {
          id: `return-${rotation.id}`,
          group: 'Keys',
          title: `Return to the ${rotation.kind === 'revoke' ? 'revocation' : 'rotation'} of ${rotation.oldKey.label}`,
          detail: `${rotation.environmentName}, ${describeProof(rotation) ?? nameStep(rotation.step, rotation.kind).toLowerCase()}`,
          ...(environment === undefined ? {} : { mark: environment.mark }),
          icon: 'undo',
          run: () => openRotation(rotation.id),
        }
      }),
      ...environments.flatMap((environment): readonly Command[] => {
        const key = keys.find(({ id }) => id === environment.activeKeyId)
        if (key === undefined || running.some(({ oldKey }) => oldKey.id === key.id)) return []
        return [
          {
            id: `rotate-${environment.id}`,
            group: 'Keys',
            title: 'Rotate key',
            detail: `${key.label}, ${environment.name}`,
            mark: environment.mark,
            icon: 'rotate',
            run: () => void startRotation(environment.id),
          },
        ]
      }),
      ...(due.length === 0
        ? []
        : [
            {
              id: 'rotate-every-due-key',
              group: 'Keys',
              title: `Rotate every key older than ${dueDays} days`,
              detail: `one after the other: ${due.map(({ name }) => name).join(', ')}`,
              icon: 'rotate',
              run: () => void rotateEveryDueKey(),
            } satisfies Command,
          ]),
      ...keys.filter(isEndable).flatMap((key): readonly Command[] => {
        const environment = environments.find(({ id }) => id === key.environmentId)
        const held = running.some(({ oldKey, newKey }) => oldKey.id === key.id || newKey?.id === key.id)
        if (environment === undefined || held) return []
        return [
          {
            id: `revoke-${key.id}`,
            group: 'Keys',
            title: 'Revoke key',
            detail: `${key.label}, ${environment.name}`,
            mark: environment.mark,
            icon: 'ban',
            run: () => askToRevoke(key.id),
          },
        ]
      }),
      ...environments.map(
        (environment): Command => ({
          id: `panic-${environment.id}`,
          group: 'Keys',
          title: 'Panic: revoke all keys',
          detail: environment.name,
          mark: environment.mark,
          icon: 'stop',
          run: () => askToPanic({ environmentId: environment.id }),
        }),
      ),
      {
        id: 'panic-everywhere',
        group: 'Keys',
        title: 'Panic: revoke all keys',
        detail: 'every environment',
        icon: 'stop',
        run: () => askToPanic({ environmentId: null }),
      },
    ]
  }, [environments, keys, byId, ages])
  useCommands('rotation', commands)
}
