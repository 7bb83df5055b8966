import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { GuardEnd } from '../../../shared/model/guard.ts'
import type { Clock, Random } from '../ports.ts'

/** Permission for one environment. It is an object of main's memory: nobody outside can make or keep one. */
export interface ArmToken {
  readonly id: string
  readonly environmentId: string
  /** The address that it was given for. */
  readonly baseUrl: string
}

/** How an arming ended, for whom. */
export interface ArmingEnd {
  readonly environmentId: string
  readonly why: GuardEnd
}

/** What the machine looks at. Times are monotonic: a clock that is set back arms nobody for longer. */
export interface ArmingDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly random: Pick<Random, 'id'>
  readonly environment: (id: string) => Environment | null
  readonly currentEnvironmentId: () => string
  readonly idleMs: () => number
}

/**
 * Whether the current environment may be written to. A machine without timers: each question looks at the clock and at
 * the environments first, so that no answer is older than the moment it is asked in.
 */
export interface Arming {
  /** The button went down; false when this environment can not be armed now. */
  press(environmentId: string): boolean
  /** The button stayed down until now. True when it did so for a second by main's clock. */
  release(environmentId: string): boolean
  /** The button was let go early. */
  letGo(): void
  /** Arms without the button; for a name that was typed. False when this environment can not be armed now. */
  arm(environmentId: string): boolean
  /** Somebody is at the window. */
  touch(): void
  end(why: GuardEnd): void
  /** The token in force for an environment, or null. */
  token(environmentId: string): ArmToken | null
  /** The environment armed now, with the time until it ends by itself if nobody touches the window again. */
  armed(): { readonly environmentId: string; readonly leftMs: number; readonly nextEndMs: number } | null
  /** How the last arming ended. */
  ended(): ArmingEnd | null
}

interface Held extends ArmToken {
  readonly armedAtMs: number
  readonly touchedAtMs: number
}

/** Builds the machine, disarmed. */
export function createArming(deps: ArmingDeps): Arming {
  const { clock, random } = deps
  let pressed: { readonly environmentId: string; readonly atMs: number } | null = null
  let held: Held | null = null
  let ended: ArmingEnd | null = null

  function lapse(why: GuardEnd): void {
    if (held === null) return
    ended = { environmentId: held.environmentId, why }
    held = null
  }

  function findEnd({ environmentId, baseUrl, armedAtMs, touchedAtMs }: Held): GuardEnd | null {
    const now = clock.monotonicMs()
    const environment = deps.environment(environmentId)
    if (deps.currentEnvironmentId() !== environmentId) return 'switched'
    if (environment === null || !environment.protected || environment.baseUrl !== baseUrl) return 'changed'
    if (now - armedAtMs >= limits.armedMs) return 'time'
    return now - touchedAtMs >= deps.idleMs() ? 'idle' : null
  }

  function review(): Held | null {
    const why = held === null ? null : findEnd(held)
    if (why !== null) lapse(why)
    // A press is not carried over a switch either.
    if (pressed !== null && canArm(pressed.environmentId) === null) pressed = null
    return held
  }

  function canArm(environmentId: string): Environment | null {
    const environment = deps.environment(environmentId)
    if (environment === null || !environment.protected) return null
    return deps.currentEnvironmentId() === environmentId ? environment : null
  }

  function arm(environmentId: string): boolean {
    const environment = canArm(environmentId)
    const before = review()
    pressed = null
    if (environment === null) return false
    const now = clock.monotonicMs()
    // Armed once more, it is the same arming with new time: a call that waits under it goes on waiting.
    const id = before?.environmentId === environmentId ? before.id : random.id()
    held = { id, environmentId, baseUrl: environment.baseUrl, armedAtMs: now, touchedAtMs: now }
    return true
  }

  return {
    press(environmentId) {
      pressed = canArm(environmentId) === null ? null : { environmentId, atMs: clock.monotonicMs() }
      return pressed !== null
    },
    release(environmentId) {
      const before = pressed
      pressed = null
      if (before === null || before.environmentId !== environmentId) return false
      const heldMs = clock.monotonicMs() - before.atMs
      return heldMs >= limits.armHoldMs && heldMs <= limits.armPressMsMax && arm(environmentId)
    },
    letGo() {
      pressed = null
    },
    arm,
    touch() {
      const before = review()
      if (before !== null) held = { ...before, touchedAtMs: clock.monotonicMs() }
    },
    end(why) {
      review()
      lapse(why)
      pressed = null
    },
    token(environmentId) {
      const now = review()
      return now?.environmentId === environmentId ? now : null
    },
    armed() {
      const now = review()
      if (now === null) return null
      const leftMs = now.armedAtMs + limits.armedMs - clock.monotonicMs()
      const idleLeftMs = now.touchedAtMs + deps.idleMs() - clock.monotonicMs()
      return { environmentId: now.environmentId, leftMs, nextEndMs: Math.min(leftMs, idleLeftMs) }
    },
    ended() {
      review()
      return ended
    },
  }
}
