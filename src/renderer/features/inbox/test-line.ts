import type { Bridge, MethodName } from '../../../shared/contract.ts'
import type { Result } from '../../../shared/result.ts'
import type { InboxPorts } from './inbox-base.ts'

/** A question to main that a test answers when it likes. */
export interface Question {
  readonly name: MethodName
  readonly input: Readonly<Record<string, unknown>>
  /** Answers, and resolves when everybody who waited has gone on. */
  answer(result: Result<unknown>): Promise<void>
}

/**
 * A bridge for tests whose answers come in the order that the test chooses: no real part gives late answers
 * on demand.
 */
export function openTestLine() {
  const questions: Question[] = []
  const call = (name: MethodName, input: Readonly<Record<string, unknown>>) =>
    new Promise<Result<unknown>>((resolve) => {
      questions.push({
        name,
        input,
        answer: async (result) => {
          resolve(result)
          await new Promise((next) => setTimeout(next, 0))
        },
      })
    })
  const asked = (name: MethodName) => questions.filter((question) => question.name === name)
  return {
    call: call as Bridge['call'],
    asked,
    /** The newest question of a name. */
    last(name: MethodName): Question {
      const question = asked(name).at(-1)
      if (question === undefined) throw new Error(`${name} was never asked`)
      return question
    },
  }
}

/** Ports of an inbox for tests: answers by `line`, a clock that the test moves, waits that it ends. */
export function openTestPorts(line: ReturnType<typeof openTestLine>) {
  let now = 1000
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const stopped: string[] = []
  const protectedIds = new Set<string>()
  const ports: InboxPorts = {
    call: line.call,
    guarded: line.call,
    nowMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve())
        waits.push({ ms, end: resolve })
      }),
    isProtected: (id) => protectedIds.has(id),
    stopWaiting: (_environmentId, path) => void stopped.push(path),
  }
  return { ports, waits, stopped, protectedIds, pass: (ms: number) => (now += ms) }
}
