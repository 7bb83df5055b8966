import { expect, test } from 'vitest'
import type { Settings, Theme } from '../../shared/model/app.ts'
import { defaultRatePolicy, defaultSettings } from '../../shared/model/defaults.ts'
import { fail, succeed } from '../../shared/result.ts'
import { createSettingsHandlers } from './settings.ts'

function createParts(diskIsFull = false) {
  let settings: Settings = defaultSettings
  const themes: Theme[] = []
  const handlers = createSettingsHandlers({
    settings: () => settings,
    save(next) {
      if (diskIsFull) return fail({ kind: 'STORAGE', fault: 'full' })
      settings = next
      return succeed(null)
    },
    applyTheme: (theme) => void themes.push(theme),
  })
  return { handlers, themes, read: () => settings }
}

test('each choice is kept beside the others', () => {
  const { handlers, read, themes } = createParts()
  handlers['settings.setTheme']({ theme: 'dark' })
  handlers['settings.setScreen']({ screen: 'keys' })
  handlers['settings.setAccount']({ environmentId: 'dev', account: 'a@example.com' })
  handlers['settings.setAccount']({ environmentId: 'prod', account: 'b@example.com' })
  handlers['settings.setMailChoices']({
    environmentId: 'dev',
    choices: { pollMs: 30_000, threads: true, rowLabels: false },
  })
  handlers['settings.dismiss']({ name: 'first-run' })
  handlers['settings.dismiss']({ name: 'first-run' })
  handlers['settings.setRatePolicy']({ rate: { ...defaultRatePolicy, pacing: false, capMs: 5000 } })
  expect(read()).toEqual({
    ...defaultSettings,
    theme: 'dark',
    screen: 'keys',
    accounts: { dev: 'a@example.com', prod: 'b@example.com' },
    mail: { dev: { pollMs: 30_000, threads: true, rowLabels: false } },
    dismissed: ['first-run'],
    rate: { ...defaultRatePolicy, pacing: false, capMs: 5000 },
  })
  expect(themes).toEqual(['dark'])
})

test('a theme that could not be kept is not shown either', () => {
  const { handlers, themes } = createParts(true)
  expect(handlers['settings.setTheme']({ theme: 'dark' })).toMatchObject({ error: { fault: 'full' } })
  expect(themes).toEqual([])
})

test('no key gets into the settings', () => {
  const { handlers, read } = createParts()
  expect(handlers['settings.setAccount']({ environmentId: 'dev', account: 'jsk_live_abcdefghijkl' })).toMatchObject({
    error: { kind: 'KEY_IN_TEXT', field: 'account' },
  })
  expect(handlers['settings.dismiss']({ name: 'jsk_live_abcdefghij' })).toMatchObject({ error: { field: 'name' } })
  expect(read()).toEqual(defaultSettings)
})

test('the list of dismissed notes stays within its schema', () => {
  const { handlers, read } = createParts()
  for (let index = 0; index < 60; index += 1) handlers['settings.dismiss']({ name: `note-${index}` })
  expect(read().dismissed).toHaveLength(50)
  expect(read().dismissed.at(-1)).toBe('note-59')
})
