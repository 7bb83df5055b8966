import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { expect, test } from '../fixtures/app.ts'

/** Ends the window's process and waits until the next document has loaded. Asked in main: the page is gone. */
async function crashWindow(app: ElectronApplication): Promise<{ url: string; text: string }> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (contents === undefined) return { url: '', text: '' }
    const loaded = new Promise<void>((resolve) => contents.once('did-finish-load', () => resolve()))
    contents.forcefullyCrashRenderer()
    await loaded
    return { url: contents.getURL(), text: String(await contents.executeJavaScript('document.body.innerText')) }
  })
}

test('a crashed window comes back with its state, and the third crash within a minute ends in a plain page', {
  tag: '@root',
}, async ({ launchApp }) => {
  const { app } = await launchApp()
  const notices = () =>
    app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const state: unknown = await contents?.executeJavaScript("bridge.call('app.load', {})")
      return JSON.stringify(state)
    })
  expect((await crashWindow(app)).url).toBe('app://bundle/index.html')
  await expect.poll(notices).toContain('renderer-restarted')
  expect((await crashWindow(app)).url).toBe('app://bundle/index.html')
  const last = await crashWindow(app)
  expect(last.url).toBe('app://bundle/stopped.html')
  expect(last.text).toContain('The window stopped working')
})

test('--screenshot writes a picture and exits 0', { tag: '@root' }, async ({ launchApp }) => {
  const folder = mkdtempSync(join(tmpdir(), 'jasni-vault-picture-'))
  const file = join(folder, 'window.png')
  const { app } = await launchApp({ args: [`--screenshot=${file}`], waitForReady: false })
  const child = app.process()
  const code = child.exitCode ?? (await new Promise((done) => child.once('exit', done)))
  expect(code).toBe(0)
  expect(existsSync(file)).toBe(true)
  const picture = readFileSync(file)
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)].every((side) => side >= 500)).toBe(true)
  rmSync(folder, { recursive: true })
})

test('--screenshot into a folder that does not exist says so and exits 1', { tag: '@root' }, async ({ launchApp }) => {
  const { app, readOutput } = await launchApp({ args: ['--screenshot=/nowhere/window.png'], waitForReady: false })
  const child = app.process()
  const code = child.exitCode ?? (await new Promise((done) => child.once('exit', done)))
  expect(code).toBe(1)
  expect(readOutput()).toContain('The picture could not be written to /nowhere/window.png')
})
