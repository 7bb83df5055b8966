import type { AppError } from '../../../shared/error.ts'
import type { GuardEnd, GuardState } from '../../../shared/model/guard.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { Clock, Digest, Log, Random } from '../ports.ts'
import { isSameText } from '../vault/plain-text.ts'
import type { Vault } from '../vault/vault.ts'
import { type ArmToken, createArming } from './arming.ts'
import { createConsents, type LossQuestion } from './consents.ts'
import { readEffect } from './effect.ts'
import { freePermit, type Gate, openPermit, type Permit, refuseGuarded } from './gate.ts'

/**
 * The guard of protected environments. All but a read needs the environment armed: by a button held for a second, or by
 * its name. What destroys something needs an agreement to the loss besides, once for each call.
 */
export interface Guard extends Gate {
  state(): GuardState
  /** The button went down. GUARDED when the environment is not the current one, NOT_FOUND when it is not protected. */
  press(environmentId: string): Result<null>
  /** The button was held to its end; HELD_TOO_SHORT when main's clock says otherwise. */
  release(environmentId: string): Result<null>
  /** The button was let go early. */
  letGo(): void
  /** Arms by the typed name; CONFIRMATION for another text. */
  armByName(environmentId: string, typed: string): Result<null>
  end(why: GuardEnd): void
  /** Somebody is at the window. */
  touch(): void
  /** Looks at clock, environments and settings: call it whenever one of them changed. */
  review(): void
  /** The call behind a question; null once that is closed, or was for another arming. */
  question(id: string): LossQuestion | null
  /** The person was told what is lost, and what must be typed to agree. */
  noteTold(id: string, confirmation: string | null): void
  /** Agrees to a loss that was told. NOT_FOUND or CONFIRMATION. */
  agree(id: string, typed: string | null): Result<null>
  /** Ends the waiting for the end of an arming. */
  close(): void
}

/** What the guard works with. */
export interface GuardDeps {
  readonly vault: Pick<Vault, 'environment' | 'currentEnvironmentId'>
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly digest: Digest
  readonly log: Log
  readonly idleMs: () => number
  readonly onChange: (state: GuardState) => void
}

/** Builds the guard: every run begins disarmed, since nothing of it is kept. */
export function createGuard(deps: GuardDeps): Guard {
  const { vault, clock, random, digest, log } = deps
  const arming = createArming({
    clock,
    random,
    environment: (id) => vault.environment(id),
    currentEnvironmentId: () => vault.currentEnvironmentId(),
    idleMs: deps.idleMs,
  })
  const consents = createConsents({ clock, random, digest })
  let toldId: string | null = null
  let watching: AbortController | null = null

  const isHeld = ({ id, environmentId }: ArmToken): boolean => arming.token(environmentId)?.id === id

  function state(): GuardState {
    const armed = arming.armed()
    const ended = arming.ended()
    return {
      armed: armed === null ? null : { environmentId: armed.environmentId, leftMs: armed.leftMs },
      ended: armed === null ? ended : null,
    }
  }

  /** Waits for the end that comes by itself. A touch moves it, so it is looked at again each time. */
  async function watchEnd(signal: AbortSignal): Promise<void> {
    for (let armed = arming.armed(); armed !== null && !signal.aborted; armed = arming.armed()) {
      await clock.sleep(armed.nextEndMs, signal)
    }
    if (!signal.aborted) tell()
  }

  /** Tells of what changed since the last time, and begins or ends the watch. */
  function tell(renewed = false): void {
    const now = arming.armed()
    const id = now === null ? null : (arming.token(now.environmentId)?.id ?? null)
    if (id === toldId && !renewed) return
    if (id !== toldId) consents.clear()
    toldId = id
    const told = state()
    if (told.armed === null) log.info('guard.disarmed', { ...told.ended })
    else log.info('guard.armed', { environmentId: told.armed.environmentId })
    deps.onChange(told)
    startWatch()
  }

  function startWatch(): void {
    watching?.abort()
    watching = new AbortController()
    if (toldId !== null) void watchEnd(watching.signal)
  }

  /** Why an environment can not be armed now; null when it can. */
  function refuseArming(environmentId: string): Result<never> | null {
    const environment = vault.environment(environmentId)
    if (environment === null || !environment.protected)
      return fail<AppError>({ kind: 'NOT_FOUND', what: 'environment' })
    return vault.currentEnvironmentId() === environmentId ? null : refuseGuarded(environment, 'switch')
  }

  return {
    state,
    press(environmentId) {
      const refusal = refuseArming(environmentId)
      if (refusal !== null) return refusal
      arming.press(environmentId)
      return succeed(null)
    },
    release(environmentId) {
      const refusal = refuseArming(environmentId)
      if (refusal !== null) return refusal
      if (!arming.release(environmentId)) return fail({ kind: 'HELD_TOO_SHORT' })
      tell(true)
      return succeed(null)
    },
    letGo: () => arming.letGo(),
    armByName(environmentId, typed) {
      const refusal = refuseArming(environmentId)
      if (refusal !== null) return refusal
      const expected = vault.environment(environmentId)?.name ?? ''
      if (!isSameText(typed.trim(), expected)) return fail<AppError>({ kind: 'CONFIRMATION', expected })
      arming.arm(environmentId)
      tell(true)
      return succeed(null)
    },
    end(why) {
      arming.end(why)
      tell()
    },
    touch: () => arming.touch(),
    review() {
      tell()
      startWatch()
    },
    question: (id) => consents.find(id, isHeld),
    noteTold: (id, confirmation) => consents.noteTold(id, confirmation),
    agree(id, typed) {
      if (consents.find(id, isHeld) === null) return fail({ kind: 'NOT_FOUND', what: 'question' })
      const answer = consents.agree(id, typed)
      if (answer === 'agreed') return succeed(null)
      return fail(answer === 'untold' ? { kind: 'NOT_FOUND', what: 'question' } : { kind: 'CONFIRMATION', ...answer })
    },
    close() {
      watching?.abort()
    },

    admit(environment, input) {
      const effect = readEffect(input)
      if (effect === 'read') return succeed(freePermit)
      if (!environment.protected) return succeed(openPermit)
      const token = arming.token(environment.id)
      tell()
      if (token === null || token.baseUrl !== environment.baseUrl) {
        log.warn('call.guarded', { environmentId: environment.id, operation: input.operation })
        return refuseGuarded(environment, vault.currentEnvironmentId() === environment.id ? 'arm' : 'switch')
      }
      if (effect === 'destructive' && !consents.take(token, input)) {
        const { id: questionId } = consents.ask(token, input)
        const { id: environmentId, name: environmentName } = environment
        return fail<AppError>({ kind: 'GUARDED', environmentId, environmentName, need: 'consent', questionId })
      }
      const permit: Permit = {
        // The same arming, for the same address: one that came later is for what the person does then.
        check: (now) =>
          isHeld(token) && now.baseUrl === token.baseUrl && now.id === token.environmentId
            ? succeed(null)
            : refuseGuarded(now, 'fallen'),
      }
      return succeed(permit)
    },
  }
}
