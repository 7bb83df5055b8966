// Counts out of the reports of the test runners.

const none = { passed: 0, failed: 0, skipped: 0 }

/** Counts of a Vitest JSON report; null for a report that is not there gives none. */
export function readVitestCounts(report) {
  if (report === null) return none
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report
  // A file that breaks before its first test has no failed test to count.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
  }
}

/** Counts of a Playwright JSON report; null for a report that is not there gives none. */
export function readPlaywrightCounts(report) {
  if (report === null) return none
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky, skipped }
}

/** Sum over suites. */
export function sumCounts(counts) {
  return counts.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    none,
  )
}
