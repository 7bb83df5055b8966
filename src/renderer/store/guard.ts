import { create } from 'zustand'
import type { GuardedError } from '../../shared/error.ts'
import type { GuardChoices, GuardEnd, GuardState } from '../../shared/model/guard.ts'
import { call, subscribe } from '../api/client.ts'
import { showToast } from '../ui/toast.tsx'
import { orTell, tellError } from './actions.ts'
import { findEnvironment, useStore } from './store.ts'

/** What a person is asked before a call may leave a protected environment. */
export type GuardQuestion =
  | { readonly kind: 'arm'; readonly environmentId: string }
  | { readonly kind: 'loss'; readonly environmentId: string; readonly questionId: string }

interface Asked {
  readonly question: GuardQuestion
  readonly answers: readonly ((agreed: boolean) => void)[]
}

interface GuardStore {
  /** `untilMs` on the clock of `performance.now()`, counted from what main told. */
  readonly armed: { readonly environmentId: string; readonly untilMs: number } | null
  readonly ended: GuardState['ended']
  /** What is asked, in its order; the first is on screen. */
  readonly asked: readonly Asked[]
  /** What assistive technology is told, once. */
  readonly said: string
}

/** What the window knows of the guard, which itself is in main. */
export const useGuard = create<GuardStore>(() => ({ armed: null, ended: null, asked: [], said: '' }))

const set = useGuard.setState
const get = useGuard.getState
/** How often main is told that somebody is here; well below the shortest time without input. */
const touchEveryMs = 3000
const signsOfLife = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const

const endWords: Readonly<Record<GuardEnd, string>> = {
  'by-hand': 'Disarmed by hand.',
  time: 'Its five minutes are over.',
  idle: 'There was no input for too long.',
  switched: 'The environment was switched.',
  locked: 'The app or the machine was locked.',
  window: 'The window was loaded again.',
  changed: 'The environment was changed.',
}

/** Why an arming ended, as a sentence. */
export function describeEnd(why: GuardEnd): string {
  return endWords[why]
}

function nameOf(environmentId: string): string {
  return findEnvironment(useStore.getState(), environmentId)?.name ?? 'The environment'
}

function apply({ armed, ended }: GuardState): void {
  const before = get().armed
  const said =
    armed !== null
      ? `${nameOf(armed.environmentId)} is armed for five minutes.`
      : before !== null && ended !== null
        ? `${nameOf(before.environmentId)} is disarmed. ${describeEnd(ended.why)}`
        : get().said
  set({
    armed: armed === null ? null : { environmentId: armed.environmentId, untilMs: performance.now() + armed.leftMs },
    ended,
    said,
  })
  // Whatever was asked about a loss was asked under an arming that is over.
  if (armed === null) settle((question) => question.kind === 'loss', false)
  else settle((question) => question.kind === 'arm' && question.environmentId === armed.environmentId, true)
}

/** Answers all questions of a kind and takes them away. */
function settle(isMeant: (question: GuardQuestion) => boolean, agreed: boolean): void {
  const meant = get().asked.filter(({ question }) => isMeant(question))
  if (meant.length === 0) return
  set(({ asked }) => ({ asked: asked.filter((each) => !meant.includes(each)) }))
  for (const { answers } of meant) for (const answer of answers) answer(agreed)
}

/** Answers the question on screen. */
export function answerGuard(question: GuardQuestion, agreed: boolean): void {
  settle((each) => each === question, agreed)
}

function ask(question: GuardQuestion): Promise<boolean> {
  return new Promise((answer) => {
    const same = get().asked.find(
      (each) =>
        question.kind === 'arm' &&
        each.question.kind === 'arm' &&
        each.question.environmentId === question.environmentId,
    )
    // Calls that wait for the same arming share its question; each loss has one of its own.
    set(({ asked }) => ({
      asked:
        same === undefined
          ? [...asked, { question, answers: [answer] }]
          : asked.map((each) => (each === same ? { ...each, answers: [...each.answers, answer] } : each)),
    }))
  })
}

/** Asks for what a refused call needs; true when it may be tried again. */
export function askGuard(error: GuardedError): Promise<boolean> {
  const { environmentId } = error
  switch (error.need) {
    case 'arm':
      return ask({ kind: 'arm', environmentId })
    case 'consent':
      return ask({ kind: 'loss', environmentId, questionId: error.questionId })
    case 'switch':
    case 'fallen':
      return Promise.resolve(false)
  }
}

/** Shows the way to arm an environment; true once it is armed. */
export function askToArm(environmentId: string): Promise<boolean> {
  return ask({ kind: 'arm', environmentId })
}

/** Ends the arming. */
export async function disarm(): Promise<void> {
  await orTell(call('guard.disarm', {}))
}

/** Disarms, and lets main forget the keys that it holds in memory. */
export async function lockVault(): Promise<void> {
  const locked = await call('guard.lock', {})
  if (!locked.ok) return tellError(locked.error)
  showToast({ text: 'Locked', detail: 'Nothing is armed, and keys are read from the keychain again.' })
}

/** Applies what was chosen about the guard at once. */
export async function setGuardChoices(guard: GuardChoices): Promise<void> {
  useStore.setState(({ settings }) => ({ settings: { ...settings, guard } }))
  await orTell(call('settings.setGuardChoices', { guard }))
}

/** True while an environment is armed. */
export function useArmed(environmentId: string): boolean {
  return useGuard(({ armed }) => armed?.environmentId === environmentId)
}

/** Hears main, and tells it now and then that somebody is here. Returns what ends both. */
export function connectGuard(): () => void {
  const stopHearing = subscribe('guard.changed', apply)
  void call('guard.state', {}).then((result) => {
    if (result.ok && result.value.armed !== null) apply(result.value)
  })
  // A question belongs to the environment it was asked in.
  const stopFollowing = useStore.subscribe((state, before) => {
    if (state.currentEnvironmentId !== before.currentEnvironmentId) settle(() => true, false)
  })
  let touchedAtMs = Number.NEGATIVE_INFINITY
  function touch(): void {
    if (get().armed === null || performance.now() - touchedAtMs < touchEveryMs) return
    touchedAtMs = performance.now()
    void call('guard.touch', {})
  }
  for (const sign of signsOfLife) window.addEventListener(sign, touch, { capture: true, passive: true })
  return () => {
    stopHearing()
    stopFollowing()
    for (const sign of signsOfLife) window.removeEventListener(sign, touch, { capture: true })
  }
}
