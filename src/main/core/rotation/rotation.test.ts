import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listSteps } from '../../../shared/model/rotation.ts'
import { type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'

let parts: Awaited<ReturnType<typeof openLiveParts>>
let run: LiveRun

beforeEach(async () => {
  parts = await openLiveParts()
  run = await parts.openRun()
})
afterEach(() => parts.close())

const ended = ({ end }: { end: string | null }) => end !== null

async function start(name = 'Sandbox') {
  const started = await run.rotations.start(run.environment(name).id)
  if (!started.ok) throw new Error(JSON.stringify(started.error))
  return started.value
}

describe('with an automatic issuer', () => {
  test('one click replaces the key, proves the old one dead and deletes its secret', async () => {
    const old = await run.addKey()
    const { id } = await start()
    const done = await run.waitFor(id, ended)
    expect(done).toMatchObject({ end: 'done', lateCalls: 0, failedCalls: 0, problem: null, leftBehind: [] })
    expect(done.proof.refusedAtMs).toHaveLength(3)
    expect(listSteps(done).every(({ state }) => state === 'done')).toBe(true)
    const now = run.environment('Sandbox').activeKeyId
    expect(now).toBe(done.newKey?.id)
    expect(run.vault.keys().find((key) => key.id === old.id)?.state).toBe('dead')
    expect(run.vault.keys().find((key) => key.id === now)?.state).toBe('active')
    expect(await parts.memory.read(`${old.id}.1`)).toEqual({ ok: true, value: null })
    expect((await run.call()).ok).toBe(true)
    expect(parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)).toHaveLength(1)
  })

  test('calls go on without a failure while keys are replaced', async () => {
    await run.addKey()
    let failed = 0
    let made = 0
    let stop = false
    const callers = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const answer = await run.call()
        made += 1
        if (!answer.ok) failed += 1
      }
    })
    for (let count = 0; count < 3; count += 1) {
      const { id } = await start()
      expect((await run.waitFor(id, ended)).end).toBe('done')
    }
    stop = true
    await Promise.all(callers)
    expect(made).toBeGreaterThan(20)
    expect(failed).toBe(0)
  })

  test('the report holds the evidence and no key', async () => {
    const old = await run.addKey()
    const { id } = await start()
    await run.waitFor(id, ended)
    const report = run.rotations.report(id)
    if (!report.ok) throw new Error(report.error.kind)
    expect(report.value).toContain('Done: the old key is proven dead')
    expect(report.value).toContain('matching refusal 3 of 3')
    expect(report.value).not.toContain(old.text)
    expect(report.value).not.toMatch(/jsk_[a-z]+_\w/)
  })
})
