import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Wait } from '../../../shared/model/call.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import { Headroom } from '../../../shared/model/headroom.ts'
import { WaitingCalls } from '../../../shared/model/waiting.ts'
import { buildMember, createSimulatedClock, createSimulation } from './fixtures/simulation.ts'
import { createLimiter, type Errand, type Limiter, type Rest, type Slot, type SlotEnd } from './limiter.ts'
import { createSeededDraws } from './seeded-random.ts'

const windowMs = 60_000
const errand: Errand = { environmentId: 'dev', operation: 'test', method: 'GET', path: '/x', priority: 'person' }
const answered: SlotEnd = { reached: true, status: 200, headers: [] }

function createBare(members = [buildMember()], earlier?: ReadonlyMap<string, readonly number[]>, policy = {}) {
  const sim = createSimulatedClock()
  let current = members
  const limiter = createLimiter({
    clock: sim.clock,
    policy: () => ({ ...defaultRatePolicy, ...policy }),
    members: () => current,
    ...(earlier === undefined ? {} : { earlier }),
  })
  return {
    ...sim,
    limiter,
    change(next: typeof members) {
      current = next
      limiter.refresh()
    },
  }
}

/** Sends one attempt that is answered at once. */
async function spend(limiter: Limiter, environmentId = 'dev', end = answered): Promise<void> {
  const ticket = limiter.open({ ...errand, environmentId })
  const slot = await ticket.admit(0)
  slot?.end(end)
  ticket.close()
}

const sumOf = (waits: readonly Wait[]): number => waits.reduce((sum, { tookMs }) => sum + tookMs, 0)

describe('the headroom', () => {
  test('counts per environment and forgets after 60 s', async () => {
    const { limiter, pass } = createBare([buildMember(), buildMember({ id: 'prod' }), buildMember({ id: 'staging' })])
    await spend(limiter)
    await spend(limiter)
    await spend(limiter, 'prod')
    await pass(10_000)
    await spend(limiter)
    expect(limiter.headroom('dev')).toMatchObject({ used: 3, limit: 10, basis: 'count', nextSlotInMs: 50_060 })
    expect(limiter.headroom('prod')).toMatchObject({ used: 1 })
    expect(limiter.headroom('staging')).toMatchObject({ used: 0, nextSlotInMs: null })
    await pass(50_060)
    expect(limiter.headroom('dev')).toMatchObject({ used: 1, nextSlotInMs: 10_000 })
    expect(limiter.headroom('prod').used).toBe(0)
  })

  test('answers what the contract says, with 30 bins that add up to what is used', async () => {
    const { limiter, pass } = createBare()
    await spend(limiter)
    await pass(3000)
    const slot = await limiter.open(errand).admit(0)
    const headroom = limiter.headroom('dev')
    expect(Headroom.safeParse(headroom).success).toBe(true)
    expect(headroom).toMatchObject({ used: 2 })
    expect(headroom.bins).toHaveLength(30)
    expect(headroom.bins.reduce((sum, bin) => sum + bin, 0)).toBe(2)
    slot?.end(answered)
    expect(limiter.headroom('dev').used).toBe(2)
  })

  test('goes on from what the last run sent, each a moment later than it began', async () => {
    const { clock } = createSimulatedClock()
    const nowMs = clock.nowMs()
    const earlier = new Map([['dev', [nowMs - 90_000, nowMs - 59_000, nowMs - 1000, nowMs + 5000]]])
    const { limiter, pass } = createBare([buildMember()], earlier)
    expect(limiter.headroom('dev').used).toBe(3)
    await pass(2100)
    expect(limiter.headroom('dev').used).toBe(2)
  })

  test('a clock that jumps a day changes nothing', async () => {
    const { limiter, jumpWallClock, pass } = createBare()
    for (let index = 0; index < 10; index += 1) await spend(limiter)
    const waiting = limiter.open(errand).admit(0)
    for (const dayMs of [86_400_000, -2 * 86_400_000]) {
      jumpWallClock(dayMs)
      await pass(1000)
      expect(limiter.headroom('dev').used).toBe(10)
      expect(limiter.waiting().total).toBe(1)
    }
    await pass(windowMs)
    expect(await waiting).not.toBeNull()
  })

  test('a request that never reached the server is not counted', async () => {
    const { limiter } = createBare()
    await spend(limiter, 'dev', { reached: false, status: 200, headers: [] })
    expect(limiter.headroom('dev').used).toBe(0)
  })

  test('rule 4: refused calls count as spent', async () => {
    const { limiter } = createBare()
    await spend(limiter, 'dev', { ...answered, status: 429 })
    expect(limiter.headroom('dev').used).toBe(1)
  })

  test('follows the plan, and forgets an environment that is gone', async () => {
    const { limiter, change } = createBare()
    await spend(limiter)
    change([buildMember({ plan: { kind: 'pro', perMinute: 1000 } })])
    expect(limiter.headroom('dev')).toMatchObject({ limit: 1000, used: 1 })
    change([])
    expect(limiter.headroom('dev')).toMatchObject({ limit: 0, used: 0 })
  })
})

describe('a rate group', () => {
  const free = { kind: 'free', perMinute: 3 } as const
  const pro = { kind: 'pro', perMinute: 1000 } as const
  const pair = [
    buildMember({ plan: free, rateGroup: 'acme' }),
    buildMember({ id: 'prod', plan: pro, rateGroup: 'acme' }),
  ]

  test('rule 4: environments of one group count in one window, under the smallest plan', async () => {
    const { limiter } = createBare(pair)
    await spend(limiter)
    await spend(limiter, 'prod')
    for (const id of ['dev', 'prod']) expect(limiter.headroom(id)).toMatchObject({ used: 2, limit: 3 })
  })

  test('that an environment joins or leaves takes along what was sent', async () => {
    const apart = pair.map((member) => ({ ...member, rateGroup: null }))
    const { limiter, change } = createBare(apart)
    await spend(limiter)
    await spend(limiter, 'prod')
    await spend(limiter, 'prod')
    change(pair)
    expect(limiter.headroom('prod')).toMatchObject({ used: 3, limit: 3 })
    change(apart)
    expect(limiter.headroom('dev')).toMatchObject({ used: 1, limit: 3 })
    expect(limiter.headroom('prod')).toMatchObject({ used: 2, limit: 1000 })
  })

  test('a call that waits goes out once its environment leaves the full group', async () => {
    const { limiter, change, settle } = createBare(pair)
    for (let index = 0; index < 3; index += 1) await spend(limiter)
    let granted: Slot | null = null
    void limiter
      .open({ ...errand, environmentId: 'prod' })
      .admit(0)
      .then((slot) => {
        granted = slot
      })
    await settle()
    expect(granted).toBeNull()
    change(pair.map((member) => ({ ...member, rateGroup: null })))
    await settle()
    expect(granted).not.toBeNull()
  })
})

describe('rule 1: what was told outlives a change of the group', () => {
  const refused: SlotEnd = {
    reached: true,
    status: 429,
    headers: [],
    pause: { cause: 'retry-after', forMs: 300_000, toldMs: 300_000, header: ['retry-after', '300'] },
  }
  const [dev, prod] = [buildMember(), buildMember({ id: 'prod' })]
  const inTeam = [dev, prod].map((member) => ({ ...member, rateGroup: 'team' }))

  /** Asks for a slot; the answer tells when it was granted. */
  function ask(limiter: Limiter, environmentId = 'dev') {
    const asked = { slot: null as Slot | null }
    void limiter
      .open({ ...errand, environmentId })
      .admit(0)
      .then((slot) => {
        asked.slot = slot
      })
    return asked
  }

  test('a call that waits through a pause goes no earlier when its environment joins a group', async () => {
    const { limiter, change, pass } = createBare([dev])
    await spend(limiter, 'dev', refused)
    const asked = ask(limiter)
    await pass(1000)
    change([{ ...dev, rateGroup: 'team' }])
    await pass(298_999)
    expect(asked.slot).toBeNull()
    expect(limiter.headroom('dev').pausedUntilMs).not.toBeNull()
    await pass(1)
    expect(asked.slot).not.toBeNull()
  })

  test('nor when it leaves one, and whoever joins waits too, one ahead of the others', async () => {
    const { limiter, change, pass } = createBare(inTeam)
    await spend(limiter, 'prod', refused)
    change([dev, prod])
    const early = [ask(limiter), ask(limiter, 'prod')]
    await pass(1000)
    change(inTeam)
    const late = ask(limiter)
    await pass(298_999)
    expect([...early, late].map(({ slot }) => slot)).toEqual([null, null, null])
    await pass(1)
    expect([...early, late].filter(({ slot }) => slot !== null)).toHaveLength(1)
  })

  test('an answer that comes after the change pauses the new group', async () => {
    const { limiter, change, pass } = createBare([dev])
    const onItsWay = ask(limiter)
    await pass(0)
    change([{ ...dev, rateGroup: 'team' }])
    onItsWay.slot?.end(refused)
    const asked = ask(limiter)
    await pass(299_999)
    expect(asked.slot).toBeNull()
    await pass(1)
    expect(asked.slot).not.toBeNull()
  })

  test('a pause goes on after a restart', async () => {
    const { clock, pass } = createSimulatedClock()
    const pauses = new Map([['dev', clock.nowMs() + 300_000]])
    const policy = () => defaultRatePolicy
    const limiter = createLimiter({ clock, policy, members: () => inTeam, pauses })
    const asked = [ask(limiter), ask(limiter, 'prod')]
    await pass(299_999)
    expect(asked.map(({ slot }) => slot)).toEqual([null, null])
    await pass(1)
    expect(asked.filter(({ slot }) => slot !== null)).toHaveLength(1)
  })

  test('a window that was learned goes along with all that was sent in it', async () => {
    const learning = buildMember({ plan: { kind: 'learn', perMinute: 100 } })
    const { limiter, change, pass } = createBare([learning])
    const end: SlotEnd = { ...answered, headers: [['RateLimit-Policy', '"long";q=5;w=600']] }
    for (let index = 0; index < 3; index += 1) await spend(limiter, 'dev', end)
    await pass(120_000)
    change([{ ...learning, rateGroup: 'team' }])
    expect(limiter.headroom('dev')).toMatchObject({ used: 3, limit: 5, windowMs: 600_000 })
    change([learning])
    expect(limiter.headroom('dev')).toMatchObject({ used: 3, limit: 5, windowMs: 600_000 })
  })

  test('a window that was told to be empty stays so, for the strictest of several that join', async () => {
    const { limiter, change, pass } = createBare([dev, prod])
    const tell = (remaining: number): SlotEnd => ({
      ...answered,
      headers: [
        ['RateLimit-Policy', '"a";q=10;w=60'],
        ['RateLimit', `"a";r=${remaining};t=50`],
      ],
    })
    await spend(limiter, 'dev', tell(0))
    await spend(limiter, 'prod', tell(9))
    change(inTeam)
    const asked = ask(limiter, 'prod')
    await pass(49_999)
    expect(asked.slot).toBeNull()
    await pass(1)
    expect(asked.slot).not.toBeNull()
  })
})

describe('what the server tells', () => {
  const told = (remaining: number, resetS: number, limit = 10): [string, string][] => [
    ['X-RateLimit-Limit', String(limit)],
    ['X-RateLimit-Remaining', String(remaining)],
    ['X-RateLimit-Reset', String(resetS)],
  ]

  test('rule 4: our count is corrected by headers, which are a fact', async () => {
    const { limiter } = createBare()
    await spend(limiter, 'dev', { ...answered, headers: told(4, 30) })
    const headroom = limiter.headroom('dev')
    expect(headroom).toMatchObject({ used: 6, limit: 10, basis: 'headers' })
    expect(headroom.told).toContainEqual(['x-ratelimit-remaining', '4'])
  })

  test('the stricter of both holds', async () => {
    const { limiter } = createBare()
    for (let index = 0; index < 5; index += 1) await spend(limiter)
    await spend(limiter, 'dev', { ...answered, headers: told(9, 30) })
    expect(limiter.headroom('dev').used).toBe(6)
    await spend(limiter, 'dev', { ...answered, headers: told(93, 30, 100) })
    expect(limiter.headroom('dev')).toMatchObject({ used: 7, limit: 10 })
  })

  test('rule 1: with nothing left nothing goes out before the reset, and then one call asks anew', async () => {
    const { limiter, pass, settle } = createBare()
    await spend(limiter, 'dev', { ...answered, headers: told(0, 30) })
    const slots: Slot[] = []
    for (let index = 0; index < 3; index += 1) {
      void limiter
        .open(errand)
        .admit(0)
        .then((slot) => slot !== null && slots.push(slot))
    }
    await pass(29_999)
    expect(slots).toHaveLength(0)
    await pass(2)
    expect(slots).toHaveLength(1)
    slots[0]?.end({ ...answered, headers: told(9, 60) })
    await settle()
    expect(slots).toHaveLength(3)
  })

  test('rule 1: a reset within the window that was told is believed, however far away', async () => {
    const { limiter, pass } = createBare()
    const headers: [string, string][] = [
      ['RateLimit-Policy', '"hour";q=100;w=3600'],
      ['RateLimit', '"hour";r=0;t=3000'],
    ]
    await spend(limiter, 'dev', { ...answered, headers })
    let out = false
    void limiter
      .open(errand)
      .admit(0)
      .then(() => {
        out = true
      })
    await pass(2_999_999)
    expect(out).toBe(false)
    await pass(1)
    expect(out).toBe(true)
  })

  test('rule 1: after a reset too far to be believed calls ask one by one', async () => {
    const { limiter, pass } = createBare()
    await spend(limiter, 'dev', { ...answered, headers: told(0, 3000) })
    const slots: Slot[] = []
    for (let index = 0; index < 8; index += 1) {
      void limiter
        .open(errand)
        .admit(0)
        .then((slot) => slot !== null && slots.push(slot))
    }
    await pass(599_999)
    expect(slots).toHaveLength(0)
    await pass(2)
    expect(slots).toHaveLength(1)
    slots[0]?.end(answered)
    await pass(0)
    expect(slots).toHaveLength(2)
    slots[1]?.end({ ...answered, headers: told(9, 60) })
    await pass(0)
    expect(slots).toHaveLength(8)
  })

  test('an answer that was overtaken by a later one changes nothing', async () => {
    const { limiter } = createBare()
    const [first, second] = [await limiter.open(errand).admit(0), await limiter.open(errand).admit(0)]
    second?.end({ ...answered, headers: told(2, 30) })
    // One that is still on the wire may not be counted in what is left.
    expect(limiter.headroom('dev').used).toBe(9)
    first?.end({ ...answered, headers: told(9, 30) })
    expect(limiter.headroom('dev').used).toBe(9)
  })

  test('a plan to learn takes limit and window from the headers', async () => {
    const { limiter, pass } = createBare([buildMember({ plan: { kind: 'learn', perMinute: 100 } })])
    expect(limiter.headroom('dev').limit).toBe(100)
    const headers: [string, string][] = [
      ['RateLimit-Policy', '"burst";q=5;w=6'],
      ['RateLimit', '"burst";r=4;t=6'],
    ]
    await spend(limiter, 'dev', { ...answered, headers })
    expect(limiter.headroom('dev')).toMatchObject({ limit: 5, windowMs: 6000, basis: 'headers', used: 1 })
    await pass(6100)
    expect(limiter.headroom('dev')).toMatchObject({ limit: 5, used: 0 })
  })

  test.each([
    [
      'a limit of nothing',
      [
        ['X-RateLimit-Limit', '0'],
        ['X-RateLimit-Remaining', '0'],
      ],
    ],
    [
      'a reset in ten years',
      [
        ['X-RateLimit-Remaining', '5'],
        ['X-RateLimit-Reset', String(simulatedYears(10))],
      ],
    ],
    [
      'a reset in the past',
      [
        ['X-RateLimit-Remaining', '0'],
        ['X-RateLimit-Reset', '1000000001'],
      ],
    ],
    [
      'more left than there is',
      [
        ['X-RateLimit-Limit', '5'],
        ['X-RateLimit-Remaining', '999999999999999'],
      ],
    ],
    ['10 KB of it', [['RateLimit', '"x";r=0;t=600,'.repeat(700)]]],
    [
      'numbers that are none',
      [
        ['X-RateLimit-Remaining', 'NaN'],
        ['X-RateLimit-Reset', '-5'],
      ],
    ],
  ] as [string, [string, string][]][])('rule 3: %s does no harm', async (_, headers) => {
    const { limiter, pass } = createBare()
    await spend(limiter, 'dev', { ...answered, headers })
    const next = limiter.open(errand).admit(0)
    await pass(windowMs * 1.01)
    expect(await Promise.race([next, 'waits'])).not.toBe('waits')
    expect(Headroom.safeParse(limiter.headroom('dev')).success).toBe(true)
  })
})

function simulatedYears(years: number): number {
  return Math.floor(1_700_000_000 + years * 365.25 * 86_400)
}

describe('order', () => {
  test('property: none is overtaken by one of its own priority, and a person goes before a poll before a replay', async () => {
    const priorities = ['proof', 'person', 'poll', 'replay'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ priority: fc.constantFrom(...priorities), pauseMs: fc.nat({ max: 9000 }) }), {
          minLength: 1,
          maxLength: 60,
        }),
        async (arrivals) => {
          const { limiter, clock, run, queue } = createBare()
          const waiting: { priority: (typeof priorities)[number]; order: number }[] = []
          let overtaken = 0
          let granted = 0
          let atMs = queue.nowMs()
          arrivals.forEach(({ priority, pauseMs }, order) => {
            atMs += pauseMs
            queue.plan(atMs, () => {
              const me = { priority, order }
              waiting.push(me)
              const ticket = limiter.open({ ...errand, priority })
              void ticket.admit(0).then(async (slot) => {
                waiting.splice(waiting.indexOf(me), 1)
                granted += 1
                const rank = priorities.indexOf(priority)
                if (waiting.some((other) => priorities.indexOf(other.priority) < rank)) overtaken += 1
                if (waiting.some((other) => other.priority === priority && other.order < order)) overtaken += 1
                await clock.sleep(20)
                slot?.end(answered)
                ticket.close()
              })
            })
          })
          await run()
          expect({ overtaken, granted, left: limiter.waiting().total }).toEqual({
            overtaken: 0,
            granted: arrivals.length,
            left: 0,
          })
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a replay goes out once the persons stop', async () => {
    const { limiter, pass, clock } = createBare()
    let replayed = false
    const ends = new AbortController()
    const person = async () => {
      while (!ends.signal.aborted) {
        await spend(limiter)
        await clock.sleep(1)
      }
    }
    void person()
    void person()
    await pass(100)
    void limiter
      .open({ ...errand, priority: 'replay' })
      .admit(0)
      .then(() => {
        replayed = true
      })
    await pass(10 * windowMs)
    expect(replayed).toBe(false)
    ends.abort()
    await pass(3 * windowMs)
    expect(replayed).toBe(true)
  })

  test('rule 3: the last fifth is kept for persons, and spread over the rest by the pace of the plan', async () => {
    const { limiter, pass } = createBare([buildMember({ plan: { kind: 'enterprise', perMinute: 20 } })])
    for (let index = 0; index < 17; index += 1) await spend(limiter)
    let replays = 0
    for (let index = 0; index < 3; index += 1) {
      void limiter
        .open({ ...errand, priority: 'replay' })
        .admit(0)
        .then((slot) => {
          slot?.end(answered)
          replays += 1
        })
    }
    await pass(1)
    expect(replays).toBe(0)
    await spend(limiter)
    expect(limiter.headroom('dev').used).toBe(18)
    await pass(windowMs / 2)
    expect(replays).toBe(1)
    await pass(windowMs / 2 + 100)
    expect(replays).toBe(3)
  })
})

describe('a pause', () => {
  const rest: Rest = { cause: 'retry-after', forMs: 5000, toldMs: 5000, header: ['retry-after', '5'] }

  test('rule 7: one 429 holds the whole group, and one call goes ahead after it', async () => {
    const { limiter, pass, settle } = createBare([buildMember({ plan: { kind: 'pro', perMinute: 1000 } })])
    const first = await limiter.open(errand).admit(0)
    first?.end({ reached: true, status: 429, headers: [], pause: rest })
    const slots: Slot[] = []
    const tickets = Array.from({ length: 20 }, () => limiter.open(errand))
    for (const ticket of tickets) void ticket.admit(0).then((slot) => slot !== null && slots.push(slot))
    await pass(4999)
    expect(slots).toHaveLength(0)
    expect(limiter.headroom('dev').pausedUntilMs).not.toBeNull()
    await pass(1)
    expect(slots).toHaveLength(1)
    slots[0]?.end(answered)
    await settle()
    expect(slots).toHaveLength(9)
    expect(tickets[0]?.waits()).toMatchObject([
      { cause: 'pause', plannedMs: 5000, toldMs: 5000, tookMs: 5000, header: ['retry-after', '5'] },
    ])
  })

  const pro = [buildMember({ plan: { kind: 'pro', perMinute: 1000 } })]
  const refusedFor = (seconds: number): SlotEnd => ({
    reached: true,
    status: 429,
    headers: [],
    pause: { ...rest, forMs: seconds * 1000, toldMs: seconds * 1000 },
  })

  test('rule 1: one that gets longer while a call waits counts down anew, and parks it', async () => {
    const { limiter, pass } = createBare(pro)
    const slots = await Promise.all([0, 1].map(() => limiter.open(errand).admit(0)))
    slots[0]?.end(refusedFor(5))
    const ticket = limiter.open(errand)
    const waiting = ticket.admit(0)
    await pass(1000)
    expect(limiter.waiting().calls).toMatchObject([{ cause: 'pause' }])
    slots[1]?.end(refusedFor(300))
    const [shown] = limiter.waiting().calls
    expect(shown?.cause).toBe('parked')
    expect(shown?.untilMs).toBe(limiter.headroom('dev').pausedUntilMs)
    limiter.cancel(ticket.id)
    expect(await waiting).toBeNull()
    expect(ticket.cancelled()).toBe('gave-up')
    expect(ticket.waits()).toMatchObject([{ cause: 'pause', plannedMs: 5000, tookMs: 1000 }])
  })

  test('rule 1: one that the call sent ahead met is another, in the list and in the record', async () => {
    const { limiter, pass } = createBare(pro)
    const first = await limiter.open(errand).admit(0)
    first?.end(refusedFor(5))
    const ahead = limiter.open(errand).admit(0)
    const ticket = limiter.open(errand)
    const waiting = ticket.admit(0)
    await pass(6000)
    ;(await ahead)?.end(refusedFor(300))
    expect(limiter.waiting().calls).toMatchObject([{ cause: 'parked' }])
    await pass(300_000)
    expect(await waiting).not.toBeNull()
    expect(ticket.waits()).toMatchObject([
      { cause: 'pause', toldMs: 5000, tookMs: 5000 },
      { cause: 'pause', plannedMs: null, tookMs: 1000 },
      { cause: 'parked', toldMs: 300_000, tookMs: 300_000 },
    ])
  })

  test('rule 7: answers to calls from before the refusal do not open the way, nor does a call that got none', async () => {
    const { limiter, pass, settle } = createBare(pro)
    const [refused, old] = await Promise.all([0, 1].map(() => limiter.open(errand).admit(0)))
    refused?.end(refusedFor(5))
    const slots: Slot[] = []
    for (let index = 0; index < 5; index += 1) {
      void limiter
        .open(errand)
        .admit(0)
        .then((slot) => slot !== null && slots.push(slot))
    }
    old?.end(answered)
    await pass(5000)
    expect(slots).toHaveLength(1)
    slots[0]?.end({ reached: false, status: null, headers: [] })
    await settle()
    expect(slots).toHaveLength(2)
    slots[1]?.end(answered)
    await settle()
    expect(slots).toHaveLength(5)
  })

  test('rule 7: only ever gets longer', async () => {
    const { limiter, pass } = createBare([buildMember({ plan: { kind: 'pro', perMinute: 1000 } })])
    const slots = await Promise.all([0, 1].map(() => limiter.open(errand).admit(0)))
    slots[0]?.end({ reached: true, status: 429, headers: [], pause: rest })
    slots[1]?.end({ reached: true, status: 429, headers: [], pause: { ...rest, forMs: 1000, toldMs: 1000 } })
    let out = false
    void limiter
      .open(errand)
      .admit(0)
      .then(() => {
        out = true
      })
    await pass(4999)
    expect(out).toBe(false)
    await pass(1)
    expect(out).toBe(true)
  })

  test('rule 1: a pause above the interactive cap parks whoever comes, with a countdown', async () => {
    const { limiter, pass } = createBare()
    const first = await limiter.open(errand).admit(0)
    first?.end({ reached: true, status: 429, headers: [], pause: { ...rest, forMs: 120_000, toldMs: 120_000 } })
    const early = limiter.open(errand)
    const earlySlot = early.admit(0)
    await pass(61_000)
    const late = limiter.open(errand)
    const lateSlot = late.admit(0)
    await pass(1)
    expect(limiter.waiting().calls.map(({ cause }) => cause)).toEqual(['parked', 'pause'])
    expect(limiter.cancel(late.id)).toBe(true)
    expect(limiter.cancel(early.id)).toBe(true)
    expect(await Promise.all([earlySlot, lateSlot])).toEqual([null, null])
    expect([early.cancelled(), late.cancelled()]).toEqual(['gave-up', 'cancelled'])
    expect(early.waits()).toMatchObject([{ cause: 'parked', plannedMs: 120_000 }])
  })
})

describe('a person', () => {
  test('rule 7: cancels at once at any stage', async () => {
    const { limiter, pass, settle } = createBare()
    for (let index = 0; index < 10; index += 1) await spend(limiter)
    const queued = limiter.open(errand)
    const resting = limiter.open(errand)
    const outside = new AbortController()
    const byCaller = limiter.open(errand, outside.signal)
    const ends = [
      queued.admit(0),
      resting.admit(1, { cause: 'full-jitter', forMs: 5000, baseMs: 1000, capMs: 20_000, exponent: 1, draw: 0.5 }),
      byCaller.admit(0),
    ]
    await pass(1000)
    expect(limiter.waiting().calls).toHaveLength(3)
    limiter.cancel(queued.id)
    limiter.cancel(resting.id)
    outside.abort()
    expect(await Promise.all(ends)).toEqual([null, null, null])
    expect(limiter.waiting().total).toBe(0)
    expect(resting.waits()).toMatchObject([{ cause: 'full-jitter', tookMs: 1000, plannedMs: 5000, draw: 0.5 }])
    expect(queued.waits()).toMatchObject([{ cause: 'pacing', tookMs: 1000, used: 10, limit: 10 }])
    expect(limiter.cancel('call-999')).toBe(false)
    await settle()
  })

  test('holds the traffic of one environment or of all, and lets it go on in its order', async () => {
    const { limiter, pass, settle } = createBare([buildMember(), buildMember({ id: 'prod' })])
    limiter.hold('dev', true)
    const out: string[] = []
    const go = (environmentId: string, name: string) => {
      const ticket = limiter.open({ ...errand, environmentId })
      void ticket.admit(0).then((slot) => {
        out.push(name)
        slot?.end(answered)
      })
      return ticket
    }
    const first = go('dev', 'one')
    go('dev', 'two')
    go('prod', 'other')
    await pass(1000)
    expect(out).toEqual(['other'])
    limiter.hold(null, true)
    go('prod', 'late')
    await settle()
    expect(limiter.waiting()).toMatchObject({ total: 3, held: ['dev'], heldAll: true })
    limiter.hold('dev', false)
    await settle()
    expect(out).toEqual(['other'])
    await pass(500)
    limiter.hold(null, false)
    await settle()
    expect(out).toEqual(['other', 'one', 'two', 'late'])
    expect(sumOf(first.waits())).toBe(1500)
    expect(first.waits().every(({ cause }) => cause === 'hold')).toBe(true)
  })

  test('of an environment that is removed ends: its calls go on to find it gone', async () => {
    const { limiter, change, settle } = createBare([buildMember(), buildMember({ id: 'prod' })])
    limiter.hold('dev', true)
    let ended = false
    void limiter
      .open(errand)
      .admit(0)
      .then(() => {
        ended = true
      })
    await settle()
    change([buildMember({ id: 'prod' })])
    await settle()
    expect(ended).toBe(true)
    expect(limiter.waiting()).toMatchObject({ total: 0, held: [] })
  })

  test('that lets the traffic go on lets persons go first', async () => {
    const { limiter, settle } = createBare([buildMember({ plan: { kind: 'pro', perMinute: 1000 } })], undefined, {
      concurrencyMax: 1,
    })
    limiter.hold(null, true)
    const out: string[] = []
    for (const priority of ['replay', 'poll', 'person'] as const) {
      void limiter
        .open({ ...errand, priority })
        .admit(0)
        .then((slot) => {
          out.push(priority)
          slot?.end(answered)
        })
    }
    await settle()
    limiter.hold(null, false)
    await settle()
    expect(out).toEqual(['person', 'poll', 'replay'])
  })

  test('a call that stands in the queue is held too', async () => {
    const { limiter, pass } = createBare()
    for (let index = 0; index < 10; index += 1) await spend(limiter)
    const ticket = limiter.open(errand)
    let out = false
    void ticket.admit(0).then(() => {
      out = true
    })
    await pass(1000)
    limiter.hold(null, true)
    await pass(2 * windowMs)
    expect(out).toBe(false)
    limiter.hold(null, false)
    await pass(0)
    expect(out).toBe(true)
    expect(ticket.waits().map(({ cause, tookMs }) => [cause, tookMs])).toEqual([
      ['pacing', 1000],
      ['hold', 2 * windowMs],
    ])
  })

  test('ten thousand calls queued and cancelled leave nothing behind', async () => {
    const { limiter, settle, queue } = createBare()
    for (let index = 0; index < 10; index += 1) await spend(limiter)
    const ends = Array.from({ length: 10_000 }, () => new AbortController())
    const tickets = ends.map(({ signal }) => limiter.open(errand, signal))
    const slots = tickets.map((ticket) => ticket.admit(0))
    await settle()
    const waiting = limiter.waiting()
    expect(waiting.total).toBe(10_000)
    expect(waiting.calls.length).toBeLessThanOrEqual(50)
    expect(WaitingCalls.safeParse(waiting).success).toBe(true)
    for (const end of ends) end.abort()
    expect((await Promise.all(slots)).every((slot) => slot === null)).toBe(true)
    for (const ticket of tickets) ticket.close()
    expect(limiter.waiting()).toEqual({ calls: [], total: 0, held: [], heldAll: false })
    expect(tickets.every((ticket) => ticket.waits().length <= 1)).toBe(true)
    await settle()
    // One timer at most is left of ten thousand waits.
    let timers = 0
    while (queue.runNext()) timers += 1
    expect(timers).toBeLessThanOrEqual(2)
  })
})

describe('concurrency', () => {
  test('rule 7: no more calls of a group are on the wire than the cap', async () => {
    const { limiter, settle } = createBare([buildMember({ plan: { kind: 'pro', perMinute: 1000 } })])
    const slots: Slot[] = []
    const tickets = Array.from({ length: 20 }, () => limiter.open(errand))
    for (const ticket of tickets) void ticket.admit(0).then((slot) => slot !== null && slots.push(slot))
    await settle()
    expect(slots).toHaveLength(8)
    expect(limiter.waiting().calls[0]).toMatchObject({ cause: 'concurrency', untilMs: null })
    slots[0]?.end(answered)
    slots[0]?.end(answered)
    await settle()
    expect(slots).toHaveLength(9)
  })
})

describe('calls against a simulated server', () => {
  const arrivalsArbitrary = fc.array(
    fc.record({
      pauseMs: fc.oneof(fc.constant(0), fc.nat({ max: 4000 })),
      priority: fc.constantFrom('person', 'poll', 'replay'),
    }),
    { minLength: 1, maxLength: 80 },
  )

  test('property: with pacing never over the limit, whatever network and clocks do, and every call ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivalsArbitrary,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: -0.0005, max: 0.0005, noNaN: true }),
        fc.constantFrom('none', 'ietf', 'legacy'),
        fc.nat(),
        async (arrivals, limit, latencyMax, drift, dialect, seed) => {
          const draw = createSeededDraws(seed)
          const sim = createSimulation({
            limit,
            windowMs,
            drift,
            latencyMs: () => draw() * latencyMax,
            headers: ({ remaining, slotInMs }) =>
              dialect === 'ietf'
                ? [
                    ['RateLimit-Policy', `"default";q=${limit};w=60`],
                    ['RateLimit', `"default";r=${remaining};t=${Math.ceil(slotInMs / 1000)}`],
                  ]
                : dialect === 'legacy'
                  ? [
                      ['X-RateLimit-Limit', String(limit)],
                      ['X-RateLimit-Remaining', String(remaining)],
                      ['X-RateLimit-Reset', String(Math.ceil(slotInMs / 1000))],
                    ]
                  : [],
          })
          let atMs = sim.queue.nowMs()
          arrivals.forEach(({ pauseMs, priority }, index) => {
            atMs += pauseMs
            sim.queue.plan(atMs, () => void sim.call(`/${index}`, { priority }))
          })
          await sim.run()
          expect(sim.server.refused()).toBe(0)
          expect(sim.records).toHaveLength(arrivals.length)
          for (const record of sim.records) {
            expect(record).toMatchObject({ outcome: 'ok', stop: null })
            expect(record.waitedMs).toBeCloseTo(sumOf(record.waits), 1)
            expect(record.waitedMs).toBeLessThanOrEqual(record.tookMs + 0.1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('property: rule 1: never earlier than told', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivalsArbitrary,
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 100 })), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        async (arrivals, script, seed) => {
          const draw = createSeededDraws(seed)
          const freeAgainMs: number[] = []
          const early: number[] = []
          const sim = createSimulation({
            limit: 1000,
            windowMs,
            seed,
            latencyMs: () => 1 + draw() * 50,
            policy: { budgetFloor: 1000, interactiveCapMs: 30_000 },
            fault: (_path, index) => ((script[index % script.length]?.[0] ?? 1) === 0 ? 429 : undefined),
            headers({ status }) {
              if (status !== 429) return []
              const seconds = script[sim.server.met.length % script.length]?.[1] ?? 1
              return [['Retry-After', String(seconds)]]
            },
          })
          const send = sim.server.http.send
          sim.server.http.send = async (request, signal) => {
            const nowMs = sim.queue.nowMs()
            // What was on the wire already when it was told could not know.
            if (freeAgainMs.some((freeMs) => nowMs < freeMs)) early.push(nowMs)
            const answer = await send(request, signal)
            const told = answer.headers.find(([name]) => name === 'Retry-After')?.[1]
            if (told !== undefined) freeAgainMs.push(sim.queue.nowMs() + Number(told) * 1000)
            return answer
          }
          let atMs = sim.queue.nowMs()
          arrivals.forEach(({ pauseMs, priority }, index) => {
            atMs += pauseMs
            sim.queue.plan(atMs, () => void sim.call(`/${index}`, { priority }))
          })
          await sim.run()
          expect(early).toEqual([])
          expect(sim.records).toHaveLength(arrivals.length)
          for (const { waits, attempts } of sim.records) {
            for (const { cause, toldMs, tookMs, addedMs } of waits) {
              if (cause !== 'retry-after') continue
              expect(tookMs).toBeGreaterThanOrEqual(toldMs ?? Number.NaN)
              // Rule 2: jitter is only added, at most 10 % and a second.
              expect(addedMs).toBeLessThanOrEqual(Math.min(1000, (toldMs ?? 0) / 10))
            }
            expect(attempts.length).toBeLessThanOrEqual(3)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('property: rule 5: repeats stay within the budget', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivalsArbitrary,
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(),
        async (arrivals, budgetPercent, budgetFloor, seed) => {
          const draw = createSeededDraws(seed)
          const sim = createSimulation({
            limit: 1000,
            windowMs,
            seed,
            policy: { budgetPercent, budgetFloor },
            fault: () => (draw() < 0.5 ? 503 : undefined),
          })
          let atMs = sim.queue.nowMs()
          arrivals.forEach(({ pauseMs, priority }, index) => {
            atMs += pauseMs
            sim.queue.plan(atMs, () => void sim.call(`/${index}`, { priority }))
          })
          await sim.run()
          expect(sim.records).toHaveLength(arrivals.length)
          const repeats = sim.records.flatMap(({ attempts }) => attempts.slice(1).map(({ startedAtMs }) => startedAtMs))
          const firsts = sim.records.map(({ attempts }) => attempts[0]?.startedAtMs ?? 0)
          for (const atRepeatMs of repeats) {
            const inMinute = repeats.filter((ms) => ms > atRepeatMs - 60_000 && ms <= atRepeatMs).length
            // The decision fell up to one backoff before: the calls of its minute were counted then.
            const calls = firsts.filter((ms) => ms > atRepeatMs - 61_000 - 20_000 && ms <= atRepeatMs).length
            expect(inMinute).toBeLessThanOrEqual(Math.max(budgetFloor, Math.floor((calls * budgetPercent) / 100)))
          }
          if (budgetFloor === 0 && budgetPercent === 0) expect(repeats).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a server that never answers ends each call with its state', async () => {
    const sim = createSimulation({ limit: 100, windowMs, fault: () => null })
    for (let index = 0; index < 20; index += 1) void sim.call(`/${index}`)
    void sim.call('/send', { method: 'POST' })
    await sim.run()
    expect(sim.records).toHaveLength(21)
    expect(
      sim.records
        .filter(({ method }) => method === 'GET')
        .every(({ outcome, stop }) => outcome === 'TIMEOUT' && stop === 'final'),
    ).toBe(true)
    expect(sim.records.find(({ method }) => method === 'POST')).toMatchObject({
      outcome: 'TIMEOUT',
      stop: 'unknown-outcome',
    })
  })

  test('a server that always answers 429 is asked little, and each call ends with its state', async () => {
    const sim = createSimulation({ limit: 100, windowMs, fault: () => 429 })
    for (let index = 0; index < 20; index += 1) void sim.call(`/${index}`)
    await sim.run()
    expect(sim.records).toHaveLength(20)
    expect(sim.server.met.length).toBeLessThanOrEqual(23)
    for (const { outcome, stop } of sim.records) {
      expect(outcome).toBe('RATE_LIMITED')
      expect(['budget', 'attempts-used']).toContain(stop)
    }
  })

  test('with pacing off the limit is met once, and then counted', async () => {
    const sim = createSimulation({ limit: 20, windowMs, policy: { pacing: false, budgetFloor: 100 } })
    for (let index = 0; index < 60; index += 1) void sim.call(`/${index}`)
    await sim.run()
    expect(sim.server.refused()).toBeGreaterThan(0)
    expect(sim.server.refused()).toBeLessThanOrEqual(sim.policy.concurrencyMax)
    expect(sim.records.filter(({ outcome }) => outcome === 'ok').length).toBe(60)
  })

  test('one window is used to its end: three full ones lose next to nothing', async () => {
    const limit = 200
    const sim = createSimulation({ limit, windowMs, latencyMs: () => 5 })
    const startMs = sim.queue.nowMs()
    const workers = Array.from({ length: 20 }, async (_, worker) => {
      for (let index = 0; sim.queue.nowMs() < startMs + 3 * windowMs; index += 1) await sim.call(`/${worker}-${index}`)
    })
    await sim.run(startMs + 3 * windowMs)
    const accepted = sim.server.met.filter(({ status, atMs }) => status === 200 && atMs < startMs + 3 * windowMs).length
    expect(sim.server.refused()).toBe(0)
    expect(accepted / (3 * limit)).toBeGreaterThanOrEqual(0.98)
    await sim.run()
    await Promise.all(workers)
  })
})
