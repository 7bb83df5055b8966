import { limits } from '../../../shared/limits.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import type { Clock, Digest, Random } from '../ports.ts'
import type { ArmToken } from './arming.ts'

/** One question whether a call may destroy something: asked, answered by a look at the loss, agreed to, used. */
export interface LossQuestion {
  readonly id: string
  readonly token: ArmToken
  /** What the call is, to find out what it takes away. */
  readonly input: CallInput
}

interface Asked extends LossQuestion {
  readonly print: string
  readonly askedAtMs: number
  /** What must be typed, once the loss was told; undefined before. */
  readonly confirmation?: string | null
}

/** Agreements to destructive calls, in memory: each for one environment, address, method, path and body. */
export interface Consents {
  /** Opens a question about a call; an older one about the same call is closed. */
  ask(token: ArmToken, input: CallInput): LossQuestion
  /** The question, as long as it is open and its token holds. */
  find(id: string, isHeld: (token: ArmToken) => boolean): LossQuestion | null
  /** Notes that the person was told what is lost, and what must be typed to agree. */
  noteTold(id: string, confirmation: string | null): void
  /** Agrees. `untold` when nobody was told what is lost, `confirmation` when another text was typed. */
  agree(id: string, typed: string | null): 'agreed' | 'untold' | { readonly expected: string }
  /** True once for an agreement that is at most a minute old. */
  take(token: ArmToken, input: CallInput): boolean
  /** Forgets all questions and agreements. */
  clear(): void
}

/** Builds the memory, empty. */
export function createConsents(deps: {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly random: Pick<Random, 'id'>
  readonly digest: Digest
}): Consents {
  const { clock, random, digest } = deps
  const asked = new Map<string, Asked>()
  const agreed = new Map<string, { readonly atMs: number }>()

  function printOf(token: ArmToken, { method, path, query, body }: CallInput): string {
    const text = JSON.stringify(body ?? null)
    return JSON.stringify([token.id, token.environmentId, token.baseUrl, method, path, query, digest.sha256Hex(text)])
  }

  function findOpen(id: string): Asked | null {
    const found = asked.get(id)
    if (found === undefined) return null
    if (clock.monotonicMs() - found.askedAtMs < limits.lossQuestionMs) return found
    asked.delete(id)
    return null
  }

  return {
    ask(token, input) {
      const print = printOf(token, input)
      for (const [id, other] of asked) if (other.print === print) asked.delete(id)
      const [oldest] = asked.keys()
      if (asked.size >= limits.lossQuestionsMax && oldest !== undefined) asked.delete(oldest)
      const question = { id: random.id(), token, input, print, askedAtMs: clock.monotonicMs() }
      asked.set(question.id, question)
      return question
    },
    find(id, isHeld) {
      const found = findOpen(id)
      return found !== null && isHeld(found.token) ? found : null
    },
    noteTold(id, confirmation) {
      const found = findOpen(id)
      if (found !== null) asked.set(id, { ...found, confirmation })
    },
    agree(id, typed) {
      const found = findOpen(id)
      if (found?.confirmation === undefined) return 'untold'
      if (found.confirmation !== null && typed?.trim() !== found.confirmation) return { expected: found.confirmation }
      asked.delete(id)
      agreed.set(found.print, { atMs: clock.monotonicMs() })
      return 'agreed'
    },
    take(token, input) {
      const print = printOf(token, input)
      const found = agreed.get(print)
      agreed.delete(print)
      return found !== undefined && clock.monotonicMs() - found.atMs < limits.consentMs
    },
    clear() {
      asked.clear()
      agreed.clear()
    },
  }
}
