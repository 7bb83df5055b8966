import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { expect, test } from '../fixtures/app.ts'
import { messagesOf, openScreen } from './hands.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on the page, a line each. The source goes in by DevTools, so the page's policy stays. */
async function findProblems(window: Page): Promise<string[]> {
  const session = await window.context().newCDPSession(window)
  await session.send('Runtime.evaluate', { expression: axeSource })
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run(document).then((results) => JSON.stringify(results.violations))',
    awaitPromise: true,
  })
  await session.detach()
  const violations = JSON.parse(String(result.value)) as AxeResults['violations']
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}

for (const theme of ['dark', 'light'] as const) {
  test(`axe reports nothing on any screen, ${theme}`, async ({ launchApp }) => {
    test.setTimeout(120_000)
    const { window } = await launchApp({ args: [`--theme=${theme}`] })
    await expect(messagesOf(window).first()).toBeVisible()
    expect(await findProblems(window), 'Inbox, first run').toEqual([])
    await messagesOf(window).nth(1).click()
    await expect(window.getByLabel('Text of the message').or(window.getByTitle('HTML of the message'))).toBeVisible()
    expect(await findProblems(window), 'Inbox, a message').toEqual([])
    for (const screen of ['Requests', 'Keys', 'Settings'] as const) {
      await openScreen(window, screen)
      await expect(window.getByRole('heading', { level: 1 })).toBeVisible()
      expect(await findProblems(window), screen).toEqual([])
    }
    await window.getByRole('button', { name: /^Headroom: / }).click()
    await expect(window.getByRole('heading', { name: /^Headroom/ })).toBeVisible()
    expect(await findProblems(window), 'Headroom').toEqual([])
    await window.keyboard.press('ControlOrMeta+K')
    await expect(window.getByRole('combobox')).toBeFocused()
    expect(await findProblems(window), 'Palette').toEqual([])
  })
}
