import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on the page, a line each. The source goes in by DevTools, so the page's policy stays. */
export async function findProblems(window: Page): Promise<string[]> {
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
