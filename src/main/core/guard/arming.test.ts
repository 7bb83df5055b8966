import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { GuardEnd } from '../../../shared/model/guard.ts'
import { createArming } from './arming.ts'

const idleMs = 120_000
const names = ['prod', 'live'] as const
type Name = (typeof names)[number]

function build() {
  const time = { nowMs: 1000 }
  const world = {
    current: 'prod' as Name | 'dev',
    protected: { prod: true, live: true } as Record<Name, boolean>,
    address: { prod: 0, live: 0 } as Record<Name, number>,
    idleMs,
  }
  let ids = 0
  const arming = createArming({
    clock: { monotonicMs: () => time.nowMs },
    random: {
      id() {
        ids += 1
        return `token-${ids}`
      },
    },
    environment(id): Environment | null {
      const name = names.find((each) => each === id)
      if (name === undefined) return null
      return {
        id,
        kind: 'remote',
        name,
        mark: 'crimson',
        baseUrl: `https://${name}-${world.address[name]}.example/api/v1`,
        plan: { kind: 'free', perMinute: 100 },
        rateGroup: null,
        protected: world.protected[name],
        position: 0,
        activeKeyId: 'key-1',
      }
    },
    currentEnvironmentId: () => world.current,
    idleMs: () => world.idleMs,
  })
  return { arming, time, world }
}

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'press' | 'release' | 'type'; readonly at: Name }
  | { readonly do: 'let go' | 'touch' | 'end' }
  | { readonly do: 'switch'; readonly to: Name | 'dev' }
  | { readonly do: 'protect' | 'move'; readonly at: Name }

const at = fc.constantFrom(...names)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 999, 1000, 1001) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(10_000, 10_001, 60_000, idleMs - 1, idleMs, limits.armedMs - 1, limits.armedMs),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('press', 'release', 'type'), at }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('touch' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('let go', 'end') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('switch' as const), to: fc.constantFrom('prod', 'live', 'dev') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('protect', 'move'), at }) },
)

interface Past {
  readonly step: Step
  readonly atMs: number
  /** The environment that could be armed after the step, if any. */
  readonly open: Name | null
}

/** The button of an environment was held for a second up to the last step of the past, and by nothing interrupted. */
function isHeldTo(past: readonly Past[], name: Name): boolean {
  const last = past.at(-1)
  const from = past
    .slice(0, -1)
    .findLastIndex(({ step }) => !['wait', 'touch', 'switch', 'protect', 'move'].includes(step.do))
  const press = past[from]
  if (last === undefined || press === undefined) return false
  const { step } = press
  const heldMs = last.atMs - press.atMs
  if (step.do !== 'press' || step.at !== name || heldMs < limits.armHoldMs || heldMs > limits.armPressMsMax)
    return false
  return past.slice(from).every(({ open }) => open === name)
}

/** What the rules say of the whole past, read from its end: the environment that is armed, or null. */
function readRules(past: readonly Past[], nowMs: number): Name | null {
  for (let index = past.length - 1; index >= 0; index -= 1) {
    const each = past[index]
    if (each === undefined) continue
    const { step, atMs, open } = each
    const arms =
      (step.do === 'type' && open === step.at) || (step.do === 'release' && isHeldTo(past.slice(0, index + 1), step.at))
    if (!arms) continue
    const later = past.slice(index + 1)
    const isKept = later.every((next) => next.open === step.at && next.step.do !== 'end')
    const isMoved = later.some((next) => next.step.do === 'move' && next.step.at === step.at)
    const touches = later.filter((next) => next.step.do === 'touch').map((next) => next.atMs)
    const isAttended = [...touches, nowMs].every(
      (next, nth) => next - (nth === 0 ? atMs : (touches[nth - 1] ?? 0)) < idleMs,
    )
    return isKept && !isMoved && isAttended && nowMs - atMs < limits.armedMs ? step.at : null
  }
  return null
}

describe('arming', () => {
  test('is in force exactly when the rules say so, whatever happens in whatever order', () => {
    let armedSeen = 0
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 40 }), (steps) => {
        const { arming, time, world } = build()
        const past: Past[] = []
        for (const step of steps) {
          switch (step.do) {
            case 'wait':
              time.nowMs += step.ms
              break
            case 'press':
              arming.press(step.at)
              break
            case 'release':
              arming.release(step.at)
              break
            case 'type':
              arming.arm(step.at)
              break
            case 'touch':
              arming.touch()
              break
            case 'let go':
              arming.letGo()
              break
            case 'end':
              arming.end('by-hand')
              break
            case 'switch':
              world.current = step.to
              break
            case 'protect':
              world.protected[step.at] = !world.protected[step.at]
              break
            case 'move':
              world.address[step.at] += 1
              break
          }
          const { current } = world
          past.push({ step, atMs: time.nowMs, open: current !== 'dev' && world.protected[current] ? current : null })
          const expected = readRules(past, time.nowMs)
          if (expected !== null) armedSeen += 1
          expect(arming.armed()?.environmentId ?? null).toBe(expected)
          for (const name of names) expect(arming.token(name) !== null).toBe(expected === name)
        }
      }),
      { numRuns: 1500 },
    )
    expect(armedSeen).toBeGreaterThan(500)
  })

  test('by the button takes a second of main’s clock, however the window counts', () => {
    for (const [heldMs, arms] of [
      [999, false],
      [1000, true],
      [10_000, true],
      [10_001, false],
    ] as const) {
      const { arming, time } = build()
      arming.press('prod')
      time.nowMs += heldMs
      expect([heldMs, arming.release('prod')]).toEqual([heldMs, arms])
    }
    expect(build().arming.release('prod')).toBe(false)
  })

  test('once more gives it new time and stays the same; after an end it is another one', () => {
    const { arming, time } = build()
    arming.arm('prod')
    const first = arming.token('prod')?.id
    time.nowMs += 60_000
    arming.arm('prod')
    expect(arming.token('prod')?.id).toBe(first)
    expect(arming.armed()?.leftMs).toBe(limits.armedMs)
    arming.end('by-hand')
    arming.arm('prod')
    expect(arming.token('prod')?.id).not.toBe(first)
  })

  test.each<readonly [GuardEnd, (built: ReturnType<typeof build>) => void]>([
    ['time', ({ time }) => Object.assign(time, { nowMs: time.nowMs + limits.armedMs })],
    ['idle', ({ time }) => Object.assign(time, { nowMs: time.nowMs + idleMs })],
    ['idle', ({ world }) => Object.assign(world, { idleMs: 0 })],
    ['switched', ({ world }) => Object.assign(world, { current: 'dev' })],
    ['changed', ({ world }) => Object.assign(world.protected, { prod: false })],
    ['changed', ({ world }) => Object.assign(world.address, { prod: 1 })],
    ['locked', ({ arming }) => arming.end('locked')],
  ])('says that it ended by %s', (why, change) => {
    const built = build()
    // Longer than it could stay by itself, so that the time alone can end it too.
    if (why === 'time') built.world.idleMs = limits.armedMs * 2
    built.arming.arm('prod')
    change(built)
    expect(built.arming.token('prod')).toBeNull()
    expect(built.arming.ended()).toEqual({ environmentId: 'prod', why })
  })
})
