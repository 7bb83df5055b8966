import type { Page } from '@playwright/test'
import { expect, type RunningApp } from '../fixtures/app.ts'

/** Opens a screen by the navigation, as a person with a mouse would. */
export async function openScreen(
  window: Page,
  name: 'Inbox' | 'Console' | 'Requests' | 'Keys' | 'Webhooks' | 'Settings',
): Promise<void> {
  await window
    .getByRole('navigation', { name: 'Screens and environments' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click()
}

/** Chooses an environment from the dropdown. */
export async function switchEnvironment(window: Page, name: string): Promise<void> {
  await window.getByRole('button', { name: /^Environment: / }).click()
  await window.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click()
  await expectEnvironment(window, name)
}

/** Waits until the bar names the environment. */
export async function expectEnvironment(window: Page, name: string): Promise<void> {
  await expect(window.getByRole('button', { name: `Environment: ${name}` })).toBeVisible()
}

/** Opens an environment's form in Settings. */
export async function openEnvironmentSettings(window: Page, name: string): Promise<void> {
  await openScreen(window, 'Settings')
  await window.getByRole('button', { name: new RegExp(`^${name} .*/min`) }).click()
}

/** Sets an environment's base URL in Settings. */
export async function pointEnvironment(window: Page, name: string, baseUrl: string): Promise<void> {
  await openEnvironmentSettings(window, name)
  await window.getByRole('textbox', { name: 'Base URL' }).fill(baseUrl)
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(window.getByText(`${name} is saved`)).toBeVisible()
}

/** Copies a key as from the dashboard, opens the dialog for the current environment, and pastes. */
export async function pasteKey(running: RunningApp, key: string): Promise<void> {
  const { window } = running
  await openScreen(window, 'Keys')
  await running.writeClipboard(key)
  await window.getByRole('button', { name: 'Add key' }).first().click()
  await window.getByRole('textbox', { name: /paste it$/ }).press('ControlOrMeta+V')
}

/** Closes the dialog that takes a key. */
export async function closeKeyDialog(window: Page): Promise<void> {
  await window.keyboard.press('Escape')
  await expect(window.getByRole('textbox', { name: /paste it$/ })).toBeHidden()
}

/** How many calls the gauge shows. */
export async function readGauge(window: Page): Promise<number> {
  const text = await window.getByRole('button', { name: /^Headroom: / }).textContent()
  return Number(/([\d,]+) \//.exec(text ?? '')?.[1]?.replace(',', '') ?? Number.NaN)
}

/** Messages of the open list. */
export function messagesOf(window: Page) {
  return window.getByRole('listbox', { name: 'Messages' }).getByRole('option')
}
