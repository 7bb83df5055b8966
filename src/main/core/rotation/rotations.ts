import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { apiKeysPage, panicConfirmation } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type {
  AgeReminder,
  IssuerKind,
  KeyHealth,
  LeftBehind,
  PanicRow,
  RevokePlan,
  Rotation,
  RotationRecord,
} from '../../../shared/model/rotation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'
import type { KeyTraffic } from '../pipeline/key-traffic.ts'
import type { Browser, CallStore, Clipboard, Clock, Digest, Log, Random, VaultChange } from '../ports.ts'
import type { Custody } from '../vault/custody.ts'
import type { ResolvedKey } from '../vault/vault.ts'
import { findAllHints, isReminderDue, judgeAges } from './age-policy.ts'
import { watchClipboard } from './clipboard-watch.ts'
import { makeLine, openJournal, rememberKey } from './journal.ts'
import type { Policies } from './policies.ts'
import { formatReport } from './report.ts'
import { issuerLabelOf, type StepDeps } from './run.ts'
import {
  canAskIssuer,
  canGoBack,
  canStopAsking,
  isBeforeSwitch,
  type Runner,
  startRunner,
  viewRotation,
} from './runner.ts'
import { type RotationTiming, rotationTiming } from './timing.ts'
import { endOvertaken } from './way-back.ts'

/** Rotations and revocations: what a person can ask for. Every answer shows the rotation after it. */
export interface Rotations {
  /** Newest first. */
  list(): readonly Rotation[]
  /** Goes on with everything that an earlier run left unfinished. Call it once the keychain was asked. */
  resume(): void
  /** Replaces the key in use. BUSY while another rotation of the environment runs. */
  start(environmentId: string): Promise<Result<Rotation>>
  cancel(id: string): Result<Rotation>
  goBack(id: string): Result<Rotation>
  stopAsking(id: string): Result<Rotation>
  retry(id: string): Promise<Result<Rotation>>
  openPage(id: string): Promise<Result<null>>
  /** The stepper is open: the clipboard is watched while this rotation waits for a new key. */
  attend(id: string, open: boolean): Result<null>
  /** Takes the new key from the clipboard now, whatever was on it before. */
  pasteKey(id: string): Promise<Result<Rotation>>
  /** A new key that could not be stored, while this run still has it. */
  revealNewKey(id: string): Result<ResolvedKey>
  report(id: string): Result<string>
  planRevoke(keyId: string): Result<RevokePlan>
  /** Ends a key without a successor. A protected environment wants its name typed. */
  revoke(keyId: string, confirmation: string | null): Promise<Result<Rotation>>
  /** Ends all keys of an environment, or of all (null). */
  panic(environmentId: string | null, confirmation: string | null): Promise<Result<readonly PanicRow[]>>
  health(): KeyHealth
  /** Keys that are due, once on each day; null when nothing is to be told. */
  remind(): AgeReminder | null
  /** The keychain changed: what waits for it goes on. */
  wakeAll(): void
  /** Stops all runs where they are; the journal stays. */
  close(): Promise<void>
}

/** What rotations are built from. */
export interface RotationsDeps {
  readonly custody: Custody
  readonly policies: Policies
  readonly traffic: KeyTraffic
  readonly calls: Pick<CallStore, 'usage'>
  readonly browser: Browser
  readonly clipboard: Clipboard
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly log: Log
  readonly timing?: RotationTiming
  readonly onChange: (rotation: Rotation) => void
}

function refuse(error: AppError) {
  return fail(error)
}

const emptyProof = {
  signature: null,
  refusedAtMs: [],
  alive: 0,
  unlike: 0,
  unknown: 0,
  lastAliveAtMs: null,
  stillAlive: false,
} as const

/** Builds the rotations of one run. */
export function createRotations(deps: RotationsDeps): Rotations {
  const { custody, policies, traffic, clipboard, clock, random, digest, log } = deps
  const timing = deps.timing ?? rotationTiming
  const runners = new Map<string, Runner>()
  /** Rotations whose stepper is open, with the monotonic ms until which that is believed. */
  const attended = new Map<string, number>()
  /** Totals of the environment up to which a record has counted. */
  const counted = new Map<string, { retried: number; failed: number }>()
  let closed = false
  const closing = new AbortController()

  const journal = openJournal({ custody, clock, onKept: (record) => show(record.id) })
  const stepDeps: StepDeps = {
    custody,
    journal,
    traffic,
    issuerOf: (environmentId) => policies.issuerOf(environmentId),
    browser: deps.browser,
    clock,
    random,
    log,
    timing,
    onTaken: (secret) => void clearTaken(secret.reveal()),
  }

  /** Clears the key that was taken, unless something else was copied since. */
  async function clearTaken(text: string): Promise<void> {
    if ((await clipboard.readText()).trim() === text) clipboard.clear()
  }

  /** The rotation that a new key on the clipboard is for: of those that wait, the one whose stepper was shown last. */
  function findWatching(): string | null {
    const waiting = journal.running().flatMap(({ id }) => {
      const untilMs = attended.get(id) ?? 0
      const waits = runners.get(id)?.memory.waitsFor === 'new-key'
      return waits && untilMs > clock.monotonicMs() ? [{ id, untilMs }] : []
    })
    return waiting.sort((one, other) => other.untilMs - one.untilMs)[0]?.id ?? null
  }

  const isWatching = ({ id, end }: RotationRecord): boolean => end === null && findWatching() === id

  function view(record: RotationRecord): Rotation {
    const now = {
      inFlight: record.end === null ? traffic.inFlight(record.oldKey.id) : 0,
      watching: isWatching(record),
      // The local server's keys are on no page.
      hasPage: custody.environment(record.environmentId)?.kind !== 'sandbox',
      nowMs: clock.nowMs(),
    }
    // What this run saw of the old key is newer than what was written down when it was last noted.
    const seenAtMs = record.end === null ? traffic.lastUsedAtMs(record.oldKey.id) : null
    const oldLastUsedAtMs = seenAtMs ?? record.oldLastUsedAtMs
    return viewRotation({ ...record, oldLastUsedAtMs }, runners.get(record.id)?.memory ?? null, now)
  }

  function show(id: string): void {
    const record = journal.find(id)
    if (record !== null && !closed) deps.onChange(view(record))
  }

  function viewNow(id: string): Result<Rotation> {
    const record = journal.find(id)
    return record === null ? refuse({ kind: 'NOT_FOUND', what: 'rotation' }) : succeed(view(record))
  }

  function run(id: string, quiet = false): void {
    if (closed || runners.has(id)) return
    const environmentId = journal.find(id)?.environmentId ?? ''
    counted.set(id, { ...traffic.totals(environmentId) })
    const runner = startRunner(stepDeps, id, {
      quiet,
      onWait: () => {
        countCalls(id)
        show(id)
        if (runners.get(id)?.memory.waitsFor === 'new-key') watch.start()
      },
      onStopped: (stopped) => {
        countCalls(id)
        // A run that broke stays, so that what it broke on can be shown and tried again.
        if (stopped.memory.error?.kind !== 'INTERNAL') runners.delete(id)
        show(id)
      },
    })
    runners.set(id, runner)
  }

  /** Adds to the record what the traffic brought since the last count. */
  function countCalls(id: string): void {
    const record = journal.find(id)
    const before = counted.get(id)
    if (record === null || before === undefined) return
    const now = traffic.totals(record.environmentId)
    if (now.retried === before.retried && now.failed === before.failed) return
    const kept = journal.update(
      id,
      ({ retriedCalls, failedCalls }) => ({
        retriedCalls: retriedCalls + now.retried - before.retried,
        failedCalls: failedCalls + now.failed - before.failed,
      }),
      [],
    )
    if (kept !== 'ended' && kept.ok) counted.set(id, { ...now })
  }

  traffic.watch((keyId) => {
    for (const [id, { memory, wake }] of runners) {
      if (memory.waitsFor === 'calls' && journal.find(id)?.oldKey.id === keyId) wake()
    }
  })

  /** Takes a new key for a rotation that waits for one. */
  function take(id: string, text: string): Result<Rotation> {
    const record = journal.find(id)
    const runner = runners.get(id)
    if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
    if (runner === undefined || record.end !== null || record.step !== 'obtain' || record.wish !== null) {
      return refuse({ kind: 'TOO_LATE', what: 'other' })
    }
    if (record.issuer !== 'dashboard' || runner.memory.obtained !== null) {
      return refuse({ kind: 'TOO_LATE', what: 'other' })
    }
    const prepared = custody.prepareKey({ environmentId: record.environmentId, text, source: 'clipboard' })
    if (!prepared.ok) {
      runner.memory.hint = prepared.error
      show(id)
      return prepared
    }
    const taker = [...runners.values()].find(
      ({ memory }) => memory.obtained?.key.fingerprint === prepared.value.key.fingerprint,
    )
    if (taker?.memory.obtained) {
      const { environmentId, label } = taker.memory.obtained.key
      const environmentName = custody.environment(environmentId)?.name ?? ''
      return refuse({ kind: 'KEY_EXISTS', environmentName, label })
    }
    runner.memory.hint = null
    runner.memory.obtained = prepared.value
    runner.wake()
    return viewNow(id)
  }

  const watch = watchClipboard({
    clipboard,
    clock,
    digest,
    pollMs: timing.clipboardPollMs,
    waiting: findWatching,
    onText(id, text) {
      // Only what looks like a key, or holds one, is looked at: the rest of a person's clipboard is not ours.
      if (text.length > limits.clipboardCharsMax) {
        hint(
          id,
          text.slice(0, limits.clipboardCharsMax).includes('jsk_')
            ? { kind: 'KEY_MALFORMED', fault: 'too-long' }
            : null,
        )
        return
      }
      if (text.trim().startsWith('jsk_') || holdsSecret(text)) take(id, text)
      else hint(id, null)
    },
  })

  function hint(id: string, error: AppError | null): void {
    const runner = runners.get(id)
    if (runner === undefined || (runner.memory.hint === null && error === null)) return
    // Other text on the clipboard takes back what was said of the clipboard, not what became of a key.
    if (error === null && runner.memory.hint?.kind === 'ROTATION') return
    runner.memory.hint = error
    show(id)
  }

  /** How the environment's keys are made; a credential is looked for when it is needed. */
  function issuerKindOf(environment: Environment): IssuerKind {
    return environment.kind === 'sandbox' ? 'automatic' : policies.of(environment.id).issuer.kind
  }

  function begin(
    kind: RotationRecord['kind'],
    environment: Environment,
    oldKey: KeySummary,
    batchId: string | null,
  ): Result<string> {
    const { overlapMs, stillAliveAfterMs } = policies.of(environment.id)
    const issuer = issuerKindOf(environment)
    const startedAtMs = clock.nowMs()
    const record: RotationRecord = {
      id: random.id(),
      kind,
      batchId,
      environmentId: environment.id,
      environmentName: environment.name,
      issuer,
      step: 'prepare',
      end: null,
      wish: null,
      oldKey: rememberKey(oldKey),
      newKey: null,
      newIssuerKeyId: null,
      createsAsked: 0,
      overlapMs,
      stillAliveAfterMs,
      startedAtMs,
      provenAtMs: null,
      switchedAtMs: null,
      drainedAtMs: null,
      revokeAskedAtMs: null,
      revokedAtMs: null,
      deadAtMs: null,
      endedAtMs: null,
      oldLastUsedAtMs: oldKey.lastUsedAtMs,
      lateCalls: 0,
      retriedCalls: 0,
      failedCalls: 0,
      proof: { ...emptyProof, refusedAtMs: [] },
      problem: null,
      leftBehind: [],
      lines: [makeLine('prepare', startedAtMs, ['started', issuer])],
    }
    const kept = journal.begin(record, [])
    return kept.ok ? succeed(record.id) : kept
  }

  function isHeld(keyId: string): boolean {
    return journal.running().some(({ oldKey, newKey }) => oldKey.id === keyId || newKey?.id === keyId)
  }

  async function openKeychain(): Promise<AppError | null> {
    const { status } = await custody.askKeychain()
    if (status === 'ready' || status === 'memory') return null
    const fault = status === 'locked' ? 'locked' : status === 'waiting' ? 'busy' : 'unavailable'
    return { kind: 'KEYCHAIN', fault }
  }

  /** Sets what a person asked for. What is in the middle of a step sees it before it goes on. */
  function wish(
    id: string,
    what: 'cancel' | 'back' | 'stop',
    isPossible: (record: RotationRecord) => boolean,
    late: 'cancel' | 'go-back' | 'other',
  ): Result<Rotation> {
    const record = journal.find(id)
    if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
    if (record.end !== null || record.wish !== null || !isPossible(record))
      return refuse({ kind: 'TOO_LATE', what: late })
    const line = what === 'cancel' ? 'cancel-asked' : what === 'back' ? 'back-asked' : 'stop-asked'
    const kept = journal.update(id, () => ({ wish: what }), [[line]])
    if (kept !== 'ended' && !kept.ok) return kept
    const runner = runners.get(id)
    runner?.memory.abort.abort()
    runner?.wake()
    return viewNow(id)
  }

  function pageOf(environmentId: string): string {
    const { issuer } = policies.of(environmentId)
    return issuer.kind === 'dashboard' ? issuer.pageUrl : apiKeysPage
  }

  function planRevoke(keyId: string): Result<RevokePlan> {
    const key = custody.key(keyId)
    const environment = custody.environment(key?.environmentId ?? '')
    if (key === null || environment === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    const usage = deps.calls.usage(clock.nowMs()).find((candidate) => candidate.keyId === keyId)
    return succeed({
      keyId,
      issuer: issuerKindOf(environment),
      inUse: environment.activeKeyId === keyId,
      today: usage?.today ?? 0,
      yesterday: usage?.days.at(-2) ?? 0,
      todayBySource: usage?.todayBySource ?? [],
      lastUsedAtMs: key.lastUsedAtMs,
      inFlight: traffic.inFlight(keyId),
      confirmation: environment.protected ? environment.name : null,
    })
  }

  /** Ends a rotation that a panic overtakes; the revocations of its keys follow. */
  function overtake(record: RotationRecord): AppError | null {
    const left: LeftBehind = { what: 'maybe-key-at-issuer', detail: issuerLabelOf(record) }
    const kept = journal.update(
      record.id,
      (now) => ({
        end: isBeforeSwitch(now) ? 'cancelled' : 'unproven',
        endedAtMs: clock.nowMs(),
        wish: null,
        leftBehind: mayHaveMade(now) ? [...now.leftBehind, left] : now.leftBehind,
      }),
      [['ended', 'panic']],
    )
    return kept !== 'ended' && !kept.ok ? kept.error : null
  }

  /** True while the issuer may have a key of this rotation that has no passport. */
  function mayHaveMade({ issuer, step, createsAsked }: RotationRecord): boolean {
    return issuer === 'automatic' && step === 'obtain' && createsAsked > 0
  }

  /** Ends what an overtaken rotation may have made, now and once more later: a creation can be carried out late. */
  async function endMade(record: RotationRecord, runner: Runner | undefined): Promise<AppError | null> {
    await runner?.stop()
    const error = await endOvertaken(stepDeps, record, runner?.memory.created ?? null)
    void clock.sleep(timing.lateTidyMs, closing.signal).then(async () => {
      if (!closed) await endOvertaken(stepDeps, record, error === null ? null : (runner?.memory.created ?? null))
    })
    return error
  }

  return {
    list: () => [...custody.rotations()].reverse().map(view),

    resume() {
      for (const { id } of journal.running()) {
        if (runners.has(id)) continue
        journal.update(id, () => ({}), [['resumed']])
        run(id)
      }
    },

    async start(environmentId) {
      const blocked = await openKeychain()
      const environment = custody.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      const key = custody.key(environment.activeKeyId ?? '')
      if (key === null) return refuse({ kind: 'NO_KEY', environmentName: environment.name })
      const isBusy = journal.running().some((other) => other.environmentId === environmentId && other.kind === 'rotate')
      if (isBusy || isHeld(key.id)) return refuse({ kind: 'BUSY', environmentName: environment.name })
      if (blocked !== null) return refuse(blocked)
      const begun = begin('rotate', environment, key, null)
      if (!begun.ok) return begun
      watch.ignorePresent()
      run(begun.value)
      const record = journal.find(begun.value)
      if (record?.issuer === 'dashboard') deps.browser.open(pageOf(environmentId))
      return viewNow(begun.value)
    },

    cancel: (id) => wish(id, 'cancel', isBeforeSwitch, 'cancel'),
    goBack: (id) => wish(id, 'back', canGoBack, 'go-back'),
    stopAsking: (id) => wish(id, 'stop', (record) => canStopAsking(record, clock.nowMs()), 'other'),

    async retry(id) {
      const record = journal.find(id)
      if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
      if (record.end !== null) return refuse({ kind: 'TOO_LATE', what: 'other' })
      const runner = runners.get(id)
      if (runner?.memory.waitsFor === 'keychain') await custody.askKeychain()
      if (runner !== undefined && canAskIssuer(record)) runner.memory.asksIssuer = true
      if (runner?.memory.waitsFor === 'revoke' && record.revokedAtMs === null && !record.proof.stillAlive) {
        // A person says that they have ended the old key: from here on nobody goes back to it.
        const said = journal.update(id, () => ({ revokedAtMs: clock.nowMs() }), [['revoked', 'by-hand']])
        if (said !== 'ended' && !said.ok) return said
      }
      if (runner?.memory.error?.kind === 'INTERNAL') runners.delete(id)
      if (runners.has(id)) runner?.wake()
      else run(id)
      return viewNow(id)
    },

    async openPage(id) {
      const record = journal.find(id)
      if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
      deps.browser.open(pageOf(record.environmentId))
      return succeed(null)
    },

    attend(id, open) {
      const record = journal.find(id)
      if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
      if (open && record.end === null) attended.set(id, clock.monotonicMs() + timing.attendedMs)
      else attended.delete(id)
      if (open) watch.start()
      if (record.step === 'obtain') show(id)
      return succeed(null)
    },

    async pasteKey(id) {
      const text = await clipboard.readText()
      return take(id, text)
    },

    revealNewKey(id) {
      const obtained = runners.get(id)?.memory.obtained ?? null
      if (obtained === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
      const { key, secret } = obtained
      return succeed({ keyId: key.id, mask: key.mask, secret })
    },

    report(id) {
      const record = journal.find(id)
      if (record === null) return refuse({ kind: 'NOT_FOUND', what: 'rotation' })
      const batch = custody.rotations().filter(({ batchId }) => batchId !== null && batchId === record.batchId)
      return succeed(formatReport(record, batch))
    },

    planRevoke,

    async revoke(keyId, confirmation) {
      const plan = planRevoke(keyId)
      if (!plan.ok) return plan
      if (plan.value.confirmation !== null && confirmation?.trim() !== plan.value.confirmation) {
        return refuse({ kind: 'CONFIRMATION', expected: plan.value.confirmation })
      }
      const blocked = await openKeychain()
      const key = custody.key(keyId)
      const environment = custody.environment(key?.environmentId ?? '')
      if (key === null || environment === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
      if (isHeld(keyId)) return refuse({ kind: 'BUSY', environmentName: environment.name })
      if (key.state === 'dead') return refuse({ kind: 'TOO_LATE', what: 'other' })
      if (blocked !== null) return refuse(blocked)
      const begun = begin('revoke', environment, key, null)
      if (!begun.ok) return begun
      run(begun.value)
      return viewNow(begun.value)
    },

    async panic(environmentId, confirmation) {
      const all = custody.environments()
      const chosen = environmentId === null ? all : all.filter(({ id }) => id === environmentId)
      const [only] = chosen
      if (only === undefined) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      const expected = environmentId === null ? panicConfirmation : only.name
      if (confirmation?.trim() !== expected) return refuse({ kind: 'CONFIRMATION', expected })
      await custody.askKeychain()
      const batchId = random.id()
      const opened = new Set<string>()
      const rows: PanicRow[] = []
      /** Rotations that may have a key at the issuer which nobody has. */
      const made: { record: RotationRecord; environment: Environment; error: Promise<AppError | null> }[] = []
      for (const environment of chosen) {
        const ownRotations = journal
          .running()
          .filter((record) => record.environmentId === environment.id && record.kind === 'rotate')
        const unstopped = new Map<string, AppError>()
        for (const record of ownRotations) {
          const error = overtake(record)
          if (error !== null) {
            unstopped.set(record.id, error)
            continue
          }
          const runner = runners.get(record.id)
          runners.delete(record.id)
          if (mayHaveMade(record)) made.push({ record, environment, error: endMade(record, runner) })
          else void runner?.stop()
        }
        const keys = custody.keys().filter((key) => key.environmentId === environment.id && key.state !== 'dead')
        for (const key of keys) {
          const row = { keyId: key.id, label: key.label, mask: key.mask, environmentName: environment.name }
          const running = journal.running().find(({ oldKey }) => oldKey.id === key.id)
          if (running !== undefined) {
            rows.push({ ...row, rotationId: running.id, error: unstopped.get(running.id) ?? null })
            continue
          }
          const begun = begin('revoke', environment, key, batchId)
          if (!begun.ok) {
            rows.push({ ...row, rotationId: null, error: begun.error })
            continue
          }
          const page = pageOf(environment.id)
          run(begun.value, opened.has(page))
          if (issuerKindOf(environment) === 'dashboard') opened.add(page)
          rows.push({ ...row, rotationId: begun.value, error: null })
        }
      }
      for (const { record, environment, error } of made) {
        const failed = await error
        if (failed === null) continue
        const label = issuerLabelOf(record)
        rows.push({
          keyId: record.id,
          label,
          mask: '',
          environmentName: environment.name,
          rotationId: record.id,
          error: failed,
        })
      }
      return succeed(rows)
    },

    health() {
      const nowMs = clock.nowMs()
      const keys = custody.keys()
      return {
        ages: judgeAges(keys, (environmentId) => policies.of(environmentId).age, nowMs),
        hints: findAllHints(keys, deps.calls.usage(nowMs), nowMs),
      }
    },

    remind() {
      const nowMs = clock.nowMs()
      const keys = custody.keys()
      const ages = judgeAges(keys, (environmentId) => policies.of(environmentId).age, nowMs)
      const told = new Set<string>()
      const due = (state: 'aging' | 'overdue') =>
        keys.filter((key) => {
          if (!ages.some((age) => age.keyId === key.id && age.state === state)) return false
          const { remindedAtMs, quietUntilMs = null } = policies.of(key.environmentId)
          if (!isReminderDue(remindedAtMs, nowMs) || nowMs < (quietUntilMs ?? 0)) return false
          told.add(key.environmentId)
          return true
        })
      const reminder = { aging: due('aging'), overdue: due('overdue') }
      if (told.size === 0) return null
      const changes = [...told].map(
        (id): VaultChange => ({ what: 'put-policy', policy: { ...policies.of(id), remindedAtMs: nowMs } }),
      )
      const kept = custody.commit(changes)
      if (!kept.ok) log.warn('rotation.reminder-not-kept', { fault: kept.error.fault })
      return reminder
    },

    wakeAll() {
      for (const { memory, wake } of runners.values()) if (memory.waitsFor === 'keychain') wake()
    },

    async close() {
      closed = true
      closing.abort()
      watch.stop()
      await Promise.all([...runners.values()].map((runner) => runner.stop()))
    },
  }
}
