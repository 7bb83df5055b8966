import type { Page } from '@playwright/test'
import type { CallDetail } from '../../src/shared/model/call.ts'
import { expect } from '../fixtures/app.ts'
import { callSuccessfully } from '../security/hands.ts'

/** The drawing of the open call. */
export function drawingOf(window: Page) {
  return window.getByRole('listbox', { name: 'Waits and attempts' })
}

/** Waits and attempts as they are drawn, in px, beside what was recorded. */
export async function readDrawing(window: Page): Promise<{
  readonly pxPerMs: number
  readonly stretches: readonly { readonly name: string; readonly leftPx: number; readonly widthPx: number }[]
}> {
  return drawingOf(window).evaluate((drawing) => {
    const track = drawing.querySelector('[data-track]')
    if (track === null) throw new Error('Nothing is drawn.')
    const { left, width } = track.getBoundingClientRect()
    const span = Number(drawing.getAttribute('data-view-to-ms')) - Number(drawing.getAttribute('data-view-from-ms'))
    const stretches = [...drawing.querySelectorAll('[data-stretch]')].map((stretch) => {
      const box = stretch.getBoundingClientRect()
      return { name: stretch.getAttribute('data-stretch') ?? '', leftPx: box.left - left, widthPx: box.width }
    })
    return { pxPerMs: width / span, stretches }
  })
}

/** Opens a call by its id and compares what is drawn with what main recorded. */
export async function expectDrawnAsRecorded(window: Page, id: number): Promise<CallDetail> {
  const detail = await callSuccessfully(window, 'requests.get', { id })
  await window.locator(`#call-${id}`).click()
  await expect(drawingOf(window)).toBeVisible()
  await expect(drawingOf(window).getByRole('option')).toHaveCount(detail.waits.length + detail.attempts.length)
  const { pxPerMs, stretches } = await readDrawing(window)
  const drawnWaits = stretches.filter(({ name }) => name.startsWith('wait'))
  expect(drawnWaits.map(({ name }) => name)).toEqual(detail.waits.map((_wait, index) => `wait ${index}`))
  for (const [index, { widthPx }] of drawnWaits.entries())
    expect(widthPx, `wait ${index}`).toBeCloseTo((detail.waits[index]?.tookMs ?? 0) * pxPerMs, 0)
  // Sub-pixel edges are rounded once per stretch.
  const totalPx = drawnWaits.reduce((sum, { widthPx }) => sum + widthPx, 0)
  expect(Math.abs(totalPx - detail.summary.waitedMs * pxPerMs)).toBeLessThan(1 + drawnWaits.length)
  let endPx = -1
  for (const { leftPx, widthPx, name } of stretches) {
    expect(leftPx, `${name} begins where the one before ends`).toBeGreaterThanOrEqual(endPx - 0.5)
    // A short attempt is drawn wider than it was; the next one begins at its true end.
    endPx = name.startsWith('attempt') ? leftPx : leftPx + widthPx
  }
  return detail
}
