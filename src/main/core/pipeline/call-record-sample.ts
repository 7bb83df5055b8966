import type { Attempt } from '../../../shared/model/call.ts'
import type { CallRecord } from '../ports.ts'

/** An attempt for tests: answered with 200 unless told otherwise. */
export function buildAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    startedAtMs: 1_700_000_000_000,
    tookMs: 38,
    status: 200,
    outcome: 'ok',
    timings: { connectMs: 1, firstByteMs: 30, bodyMs: 7 },
    requestHeaders: [['accept', 'application/json']],
    responseHeaders: [['content-type', 'application/json']],
    responseBytes: 16,
    ...changes,
  }
}

/** A finished call for tests. Attempt and call agree on start, status and outcome unless told otherwise. */
export function buildCallRecord(changes: Partial<CallRecord> = {}): CallRecord {
  const { startedAtMs = 1_700_000_000_000, status = 200, outcome = 'ok' } = changes
  return {
    startedAtMs,
    environmentId: 'dev',
    keyId: 'key-1',
    keyMask: 'jsk_live_…x7Qp',
    origin: 'https://api.jasni.ai',
    operation: 'listEmails',
    method: 'GET',
    path: '/emails?account=agent%40example.org',
    status,
    outcome,
    waitedMs: 0,
    tookMs: 38,
    source: 'Inbox',
    attempts: [buildAttempt({ startedAtMs, status, outcome })],
    requestBody: null,
    responseBody: { text: '{"success":true}', bytes: 16, truncated: false },
    ...changes,
  }
}
