import { expect, test } from '../fixtures/app.ts'
import { findProblems } from './axe.ts'
import { messagesOf, openScreen } from './hands.ts'

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
