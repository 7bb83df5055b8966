import type { ElectronApplication } from '@playwright/test'
import fc from 'fast-check'
import { makeValidInputs } from '../../src/main/shell/fixtures/valid-input.ts'
import { contract, type MethodName } from '../../src/shared/contract.ts'
import { expect, test } from '../fixtures/app.ts'
import { callBridge, callSuccessfully, catchOpenedUrls } from './hands.ts'

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string(),
  fc.integer(),
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'a',
    '__proto__',
    'app://bundle',
    '../../etc/passwd',
    'a'.repeat(5000),
    -1,
    1e308,
    [],
    {},
  ),
)

function createInputs(name: MethodName, seed: number): unknown[] {
  const members = Object.keys(contract[name].input.def.shape)
  const near = fc.record(Object.fromEntries(members.map((member) => [member, value])), { requiredKeys: [] })
  return fc.sample(fc.oneof(value, near), { numRuns: 40, seed })
}

test('ipc fuzz: garbage through the real bridge meets a typed refusal, and main stays alive', async ({ launchApp }) => {
  const { window: page, app, readOutput } = await launchApp()
  await catchOpenedUrls(app)
  for (const [index, name] of (Object.keys(contract) as MethodName[]).entries()) {
    const inputs = createInputs(name, index + 1)
    const kinds = await page.evaluate(
      ([method, list]) =>
        Promise.all(
          list.map(async (input) => {
            const result = await (
              window.bridge.call as (
                name: unknown,
                input: unknown,
              ) => Promise<{ ok: boolean; error?: { kind: string } }>
            )(method, input)
            return result.ok ? 'ok' : (result.error?.kind ?? 'no kind')
          }),
        ),
      [name, inputs] as const,
    )
    for (const [position, kind] of kinds.entries()) {
      const input = inputs[position]
      const valid = contract[name].input.safeParse(input).success
      const at = `${name} with ${JSON.stringify(input)?.slice(0, 200)}`
      if (valid) expect(['INTERNAL', 'WRONG_SENDER', 'no kind'], at).not.toContain(kind)
      else expect(kind, at).toBe('BAD_REQUEST')
    }
  }
  expect(readOutput()).not.toContain('bridge-handler-threw')
  expect(await callBridge(page, 'app.load', {})).toMatchObject({ ok: true })
})

interface Shown {
  saveDialogs: number
  openDialogs: number
  dialogsAtOnce: number
  revealed: number
  notifications: number
}

/** Counts what main shows on the desktop, and shows none of it. A question for a place is answered with none. */
async function countShown(app: ElectronApplication): Promise<() => Promise<Shown>> {
  await app.evaluate(({ dialog, shell, Notification, app: main }) => {
    const shown = { saveDialogs: 0, openDialogs: 0, dialogsAtOnce: 0, revealed: 0, notifications: 0 }
    Object.assign(main, { shownForTest: shown })
    let open = 0
    const show = async () => {
      open += 1
      shown.dialogsAtOnce = Math.max(shown.dialogsAtOnce, open)
      await new Promise((done) => setTimeout(done, 200))
      open -= 1
    }
    dialog.showSaveDialog = async () => {
      shown.saveDialogs += 1
      await show()
      return { canceled: true, filePath: '' }
    }
    dialog.showOpenDialog = async () => {
      shown.openDialogs += 1
      await show()
      return { canceled: true, filePaths: [] }
    }
    shell.showItemInFolder = () => {
      shown.revealed += 1
    }
    Notification.prototype.show = () => {
      shown.notifications += 1
    }
  })
  return () => app.evaluate(({ app: main }) => (main as unknown as { shownForTest: Shown }).shownForTest)
}

test('ipc fuzz: well-formed nonsense is answered in time, and does nothing outside the app', async ({ launchApp }) => {
  test.setTimeout(180_000)
  const { window: page, app, readOutput, readClipboard } = await launchApp()
  const readOpened = await catchOpenedUrls(app)
  const readShown = await countShown(app)
  const { environments, settings } = await callSuccessfully(page, 'app.load', {})
  // Only the local server is called for real: no other environment has a key.
  const ids = environments.map(({ id }) => id)
  const restore = async (name: MethodName) => {
    if (name === 'settings.setRatePolicy') await callSuccessfully(page, name, { rate: settings.rate })
    if (name !== 'calls.hold') return
    for (const environmentId of [null, ...ids]) await callBridge(page, name, { environmentId, on: false })
  }
  const left = (name: MethodName) => name !== 'environments.remove' && name !== 'environments.update'
  for (const [index, name] of (Object.keys(contract) as MethodName[]).filter(left).entries()) {
    const inputs = makeValidInputs(name, 8, index + 1, ids)
    const kinds = await page.evaluate(
      ([method, list]) =>
        Promise.all(
          list.map(async (input) => {
            const call = window.bridge.call as (
              name: unknown,
              input: unknown,
            ) => Promise<{ ok: boolean; error?: { kind: string } }>
            const late = new Promise<null>((done) => setTimeout(() => done(null), 30_000))
            const result = await Promise.race([call(method, input), late])
            if (result === null) return 'no answer'
            return result.ok ? 'ok' : (result.error?.kind ?? 'no kind')
          }),
        ),
      [name, inputs] as const,
    )
    for (const [position, kind] of kinds.entries()) {
      const at = `${name} with ${JSON.stringify(inputs[position])?.slice(0, 200)}`
      expect(['INTERNAL', 'WRONG_SENDER', 'no kind', 'no answer'], at).not.toContain(kind)
    }
    await restore(name)
  }
  expect(readOutput()).not.toContain('bridge-handler-threw')
  const shown = await readShown()
  expect(shown).toMatchObject({ revealed: 0, notifications: 0 })
  // A person is asked for one place or file at a time, however often the page asks.
  expect(shown.saveDialogs).toBeGreaterThan(0)
  expect(shown.openDialogs).toBeGreaterThan(0)
  expect(shown.dialogsAtOnce).toBe(1)
  for (const url of await readOpened()) expect(new URL(url).protocol).toBe('https:')
  expect(await readClipboard()).not.toMatch(/jsk_(?:live|test)_/)
  const after = await callSuccessfully(page, 'app.load', {})
  expect(after.environments.length).toBeGreaterThanOrEqual(environments.length)
})

test('ipc fuzz: what no JSON can hold is refused in the page or in main', async ({ launchApp }) => {
  const { window: page } = await launchApp()
  const kinds = await page.evaluate(async () => {
    const cycle: Record<string, unknown> = { id: 'a' }
    cycle.self = cycle
    const odd: unknown[] = [
      cycle,
      () => 1,
      { id: () => 1 },
      Symbol('x'),
      1n,
      new Date(),
      new Map([['id', 'a']]),
      new Uint8Array(8),
      window,
      document.body,
      new Error('x'),
      new Proxy({ id: 'a' }, {}),
      { id: 'a'.repeat(3 * 1024 * 1024) },
      new Array(1_000_000).fill(1),
      Object.create({ id: 'a' }),
      JSON.parse('{"__proto__": {"id": "a"}}'),
      JSON.parse('{"id": "a", "constructor": 1}'),
    ]
    return Promise.all(
      odd.map(async (input) => {
        try {
          const result = await window.bridge.call('keys.prove', input as { id: string })
          return result.ok ? 'ok' : result.error.kind
        } catch {
          return 'refused in the page'
        }
      }),
    )
  })
  // A proxy is copied as the plain object it stands for, so it is a valid input for a key that does not exist.
  for (const kind of kinds) expect(['BAD_REQUEST', 'NOT_FOUND', 'refused in the page']).toContain(kind)
  expect(kinds.filter((kind) => kind === 'NOT_FOUND').length).toBeLessThanOrEqual(1)
  expect(await callBridge(page, 'app.load', {})).toMatchObject({ ok: true })
})

test('ipc fuzz: ten thousand calls at once are answered or refused as too many', async ({ launchApp }) => {
  const { window: page } = await launchApp()
  const kinds = await page.evaluate(async () => {
    const results = await Promise.all(
      Array.from({ length: 10_000 }, () => window.bridge.call('keys.history', { id: 'none' })),
    )
    return [...new Set(results.map((result) => (result.ok ? 'ok' : result.error.kind)))]
  })
  for (const kind of kinds) expect(['ok', 'NOT_FOUND', 'OVERLOADED']).toContain(kind)
  expect(await callBridge(page, 'app.load', {})).toMatchObject({ ok: true })
})
