import { describe, expect, test } from 'vitest'
import type { CallDetail, CallPage, CallSummary } from '../../../shared/model/call.ts'
import type { Result } from '../../../shared/result.ts'
import { openTestLine } from '../inbox/test-line.ts'
import { countRows, findRow } from './call-pages.ts'
import { createRequests, isPicked } from './requests-store.ts'

function openLine() {
  const line = openTestLine()
  const timers = new Set<() => void>()
  const requests = createRequests({
    call: line.call,
    later: (run) => {
      timers.add(run)
      return () => timers.delete(run)
    },
  })
  return {
    ...line,
    requests,
    state: requests.store.getState,
    /** Lets all pauses pass; answers how many there were. */
    pass: () => {
      const due = [...timers]
      timers.clear()
      for (const run of due) run()
      return due.length
    },
  }
}

const callOf = (id: number): CallSummary => ({
  id,
  startedAtMs: id * 1000,
  environmentId: 'dev',
  keyId: null,
  operation: 'listEmails',
  method: 'GET',
  path: '/emails',
  status: 200,
  outcome: 'ok',
  attempts: 1,
  waitedMs: 0,
  tookMs: 10,
  source: 'Inbox',
})

/** The answer of a log with the calls 1 to `newest`. */
function pageOf(newest: number, before: number | null = null, limit = 100, after = 0): Result<CallPage> {
  const top = before === null ? newest : before - 1
  const count = Math.min(limit, top - after)
  const last = top - count
  return {
    ok: true,
    value: {
      calls: Array.from({ length: count }, (_, index) => callOf(top - index)),
      next: last > after ? last + 1 : null,
      total: newest,
      scanned: count,
    },
  }
}

/** A slice of a search that found nothing and goes on. */
const sliceOf = (next: number | null, scanned: number, calls: readonly CallSummary[] = []): Result<CallPage> => ({
  ok: true,
  value: { calls: [...calls], next, total: null, scanned },
})

const detailOf = (id: number): Result<CallDetail> => ({
  ok: true,
  value: {
    summary: callOf(id),
    origin: 'http://127.0.0.1',
    keyMask: null,
    attempts: [],
    waits: [],
    stop: null,
    requestBody: null,
    responseBody: null,
  },
})

async function startWith(newest: number) {
  const line = openLine()
  void line.requests.restart()
  await line.last('requests.list').answer(pageOf(newest))
  return line
}

describe('requests store', () => {
  test('an answer to a former filter is dropped', async () => {
    const { requests, asked, last, state, pass } = openLine()
    void requests.restart()
    requests.setFilter('has:error')
    expect(asked('requests.list')).toHaveLength(2)
    await last('requests.list').answer(pageOf(3))
    await asked('requests.list')[0]?.answer(pageOf(500))
    expect(state().log.total).toBe(3)
    expect(pass()).toBe(0)
  })

  test('letters typed in a row ask once', async () => {
    const { requests, asked, last, pass } = await startWith(5)
    requests.type('e')
    requests.type('em')
    expect(asked('requests.list')).toHaveLength(1)
    pass()
    expect(asked('requests.list')).toHaveLength(2)
    expect(last('requests.list').input.filter).toBe('em')
  })

  test('a text with a fault leaves the list alone, and tells its fault after a pause or at once when asked', async () => {
    const { requests, asked, state, pass } = await startWith(5)
    requests.type('status:abc')
    expect(state().problems).toEqual([])
    pass()
    expect(asked('requests.list')).toHaveLength(1)
    expect(state().problems).toMatchObject([{ fault: 'bad-value', from: 7, to: 10 }])
    requests.type('status:404')
    expect(state().problems).toEqual([])
    requests.type('waited:2')
    expect(requests.submit()).toBe(false)
    expect(state().problems).toHaveLength(1)
    expect(state().filter).toBe('')
  })

  test('filters that were used are offered again, newest first, each once', async () => {
    const { requests, state } = await startWith(5)
    for (const text of ['status:429', 'has:error', 'status:429', '', 'status:x']) {
      requests.type(text)
      requests.submit()
    }
    expect(state().history).toEqual(['status:429', 'has:error'])
  })

  test('a search that finds little goes on by itself until the list is full or the log ends', async () => {
    const { requests, asked, last, state, pass } = await startWith(50)
    requests.type('rare')
    pass()
    await last('requests.list').answer(sliceOf(900_000, 50_000))
    expect(state().search).toEqual({ running: true, stopped: false, scanned: 50_000 })
    await last('requests.list').answer(sliceOf(850_000, 50_000, [callOf(870_000)]))
    expect(last('requests.list').input.before).toBe(850_000)
    expect(countRows(state().log)).toBe(1)
    requests.setSearching(false)
    await last('requests.list').answer(sliceOf(800_000, 50_000))
    expect(state().search).toMatchObject({ running: false, stopped: true, scanned: 150_000 })
    const before = asked('requests.list').length
    requests.setSearching(true)
    expect(asked('requests.list')).toHaveLength(before + 1)
    await last('requests.list').answer(sliceOf(null, 800_000))
    expect(state().search).toMatchObject({ running: false, scanned: 950_000 })
    expect(asked('requests.list')).toHaveLength(before + 1)
  })

  test('new calls appear on top while the list is live and at its top', async () => {
    const { requests, asked, last, state, pass } = await startWith(5)
    requests.arrive()
    requests.arrive()
    expect(pass()).toBe(1)
    expect(last('requests.list').input.after).toBe(5)
    await last('requests.list').answer(pageOf(7, null, 200, 5))
    expect(asked('requests.list')).toHaveLength(2)
    expect(findRow(state().log, 0)?.id).toBe(7)
    expect(countRows(state().log)).toBe(7)
    expect(state().log.total).toBe(7)
  })

  test('a call that arrives while the list looks is looked for afterwards', async () => {
    const { requests, asked, last, pass } = await startWith(5)
    requests.arrive()
    pass()
    requests.arrive()
    expect(asked('requests.list')).toHaveLength(2)
    await last('requests.list').answer(pageOf(6, null, 200, 5))
    expect(pass()).toBe(1)
    expect(asked('requests.list')).toHaveLength(3)
  })

  test('away from the top new calls are counted, not shown, until asked for', async () => {
    const { requests, last, state, pass } = await startWith(100)
    requests.look(40, 60, false)
    requests.arrive()
    pass()
    await last('requests.list').answer(pageOf(103, null, 200, 100))
    expect(state().held).toEqual({ count: 3, more: false })
    expect(findRow(state().log, 0)?.id).toBe(100)
    const shown = requests.showHeld()
    await last('requests.list').answer(pageOf(103, null, 200, 100))
    await shown
    expect(findRow(state().log, 0)?.id).toBe(103)
    expect(state().held.count).toBe(0)
  })

  test('a stopped list takes what came when asked, and stays stopped', async () => {
    const { requests, last, state, pass } = await startWith(5)
    requests.setLive(false)
    requests.arrive()
    pass()
    await last('requests.list').answer(pageOf(6, null, 200, 5))
    expect(state().held.count).toBe(1)
    const shown = requests.showHeld()
    await last('requests.list').answer(pageOf(6, null, 200, 5))
    await shown
    expect(findRow(state().log, 0)?.id).toBe(6)
    expect(state().live).toBe(false)
  })

  test('more than fit in one answer start the list anew', async () => {
    const { requests, last, state, pass } = await startWith(5)
    requests.arrive()
    pass()
    await last('requests.list').answer(pageOf(900, null, 200, 5))
    expect(findRow(state().log, 0)?.id).toBe(900)
    expect(countRows(state().log)).toBe(200)
  })

  test('the end of what is loaded asks for the next page once', async () => {
    const { requests, asked, last, state } = await startWith(250)
    requests.look(70, 99, false)
    requests.look(71, 99, false)
    expect(asked('requests.list')).toHaveLength(2)
    expect(last('requests.list').input.before).toBe(151)
    await last('requests.list').answer(pageOf(250, 151))
    expect(countRows(state().log)).toBe(200)
  })

  test('only the call opened last shows its detail', async () => {
    const { requests, asked, last, state } = await startWith(5)
    void requests.open(4)
    void requests.open(2)
    await last('requests.get').answer(detailOf(2))
    await asked('requests.get')[0]?.answer(detailOf(4))
    expect(state().open?.detail?.summary.id).toBe(2)
    void requests.open(1)
    void requests.open(null)
    await last('requests.get').answer(detailOf(1))
    expect(state().open).toBeNull()
  })

  test('with the detail closed the cursor only moves; with it open the detail follows', async () => {
    const { requests, asked, state } = await startWith(5)
    requests.moveTo(4, false)
    expect(state()).toMatchObject({ cursor: 4, open: null })
    void requests.open(4)
    requests.moveTo(3, false)
    expect(asked('requests.get').map(({ input }) => input.id)).toEqual([4, 3])
  })

  test('with Shift the calls between are picked, and read from main across pages', async () => {
    const { requests, last, state } = await startWith(500)
    requests.moveTo(450, false)
    requests.moveTo(440, true)
    requests.moveTo(150, true)
    const { picked } = state()
    expect([450, 300, 150].every((id) => isPicked(picked, id))).toBe(true)
    expect([451, 149].some((id) => isPicked(picked, id))).toBe(false)
    const ids = requests.listPicked(1000)
    await last('requests.list').answer(pageOf(500, 451, 200, 149))
    await last('requests.list').answer(pageOf(500, 251, 200, 149))
    expect((await ids)?.ids.length).toBe(301)
    expect((await ids)?.cut).toBe(false)
    const few = requests.listPicked(150)
    await last('requests.list').answer(pageOf(500, 451, 151, 149))
    expect(await few).toMatchObject({ ids: { length: 150 }, cut: true })
    requests.moveTo(150, false)
    expect(state().picked).toBeNull()
  })

  test('a call that is gone is told', async () => {
    const { requests, last, state } = await startWith(5)
    void requests.open(4)
    await last('requests.get').answer({ ok: false, error: { kind: 'NOT_FOUND', what: 'call' } })
    expect(state().open).toMatchObject({ id: 4, detail: null, error: { kind: 'NOT_FOUND' } })
  })
})
