import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describeAlarm, describeReminder, describeWarning } from '../../shared/alarm-text.ts'
import type { Emit, Handlers } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import type { AppState, Notice, SandboxState, Settings, Theme, Versions } from '../../shared/model/app.ts'
import { planPerMinute } from '../../shared/model/environment.ts'
import type { Headroom } from '../../shared/model/headroom.ts'
import { succeed } from '../../shared/result.ts'
import { createKeytarSecretStore } from '../adapters/keytar-secret-store.ts'
import { createMemorySecretStore } from '../adapters/memory-secret-store.ts'
import { nodeDigest } from '../adapters/node-digest.ts'
import { nodeRandom } from '../adapters/node-random.ts'
import type { OpenOutboxStore } from '../adapters/sqlite-outbox-store.ts'
import type { OpenVaultStore } from '../adapters/sqlite-vault-store.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { createUndiciHttp } from '../adapters/undici-http.ts'
import { createAlarms } from '../core/alarms/alarms.ts'
import { createHeadroomWatch } from '../core/alarms/headroom-watch.ts'
import { createConsole } from '../core/console/console.ts'
import { createSavedRequests } from '../core/console/saved-requests.ts'
import { createExports } from '../core/export/exports.ts'
import { createGuard } from '../core/guard/guard.ts'
import { createLosses } from '../core/guard/losses.ts'
import { createApiForms } from '../core/jasni/api-forms.ts'
import { createMailClient } from '../core/jasni/mail-client.ts'
import { createMailboxClient } from '../core/jasni/mailbox-client.ts'
import { createProbe } from '../core/jasni/probe.ts'
import { createOutbox } from '../core/outbox/outbox.ts'
import type { CallDeps } from '../core/pipeline/call.ts'
import { createKeyTraffic } from '../core/pipeline/key-traffic.ts'
import { createPipeline } from '../core/pipeline/pipeline.ts'
import type { Browser, Clipboard, ExportDesk, FileDesk, Log } from '../core/ports.ts'
import { createLimiter } from '../core/ratelimit/limiter.ts'
import { createPolicies } from '../core/rotation/policies.ts'
import { createRotations } from '../core/rotation/rotations.ts'
import { createVault } from '../core/vault/vault.ts'
import { createSecretKeeper } from '../core/webhooks/secret-keeper.ts'
import { createHandlers } from '../handlers/all.ts'
import { createClipboardHold } from '../handlers/clipboard-hold.ts'
import type { PendingLinks } from '../handlers/links.ts'
import { type SandboxServer, startSandbox } from '../sandbox/server.ts'
import { createHeadroomTicker } from './headroom-ticker.ts'
import { createNoticeBoard } from './notice-board.ts'
import { createRecordedTeller } from './recorded-teller.ts'
import { ensureSandboxKey, leavesSandboxWithoutKey } from './sandbox-key.ts'
import { openStores } from './stores.ts'
import { createWaitingTeller } from './waiting-teller.ts'
import { describeAttempt, openWebhookDesk } from './webhook-desk.ts'

/** The port that the local server has unless it is taken. */
const defaultSandboxPort = 4810
/** Longest that the first picture waits for the sandbox and the keychain; later they come as events. */
const firstPictureMs = 1500

/** Longest that a quit waits for rotations to stop where they are. */
const rotationStopMs = 500
const firstReminderMs = 5000
const reminderEveryMs = 3_600_000
/** Pause between two looks whether an alarm is over. */
const alarmSweepMs = 5000

/** What the product needs of the shell around it. */
export interface ProductParts {
  /** Absolute folder of this profile. */
  readonly profile: string
  /** False for a profile of its own, which gets a keychain service of its own. */
  readonly isDefaultProfile: boolean
  readonly platform: string
  readonly sandboxPort: number | null
  /** How many times faster than documented the sandbox tries a webhook again. */
  readonly webhookSpeed: number
  readonly themeForThisRun: Theme | null
  readonly versions: Versions
  readonly log: Log
  readonly clipboard: Clipboard
  readonly links: PendingLinks
  readonly publishHtml: (html: string) => string | null
  readonly emit: Emit
  readonly onEnvironment: (name: string) => void
  readonly applyTheme: (theme: Theme) => void
  readonly openDashboard: () => void
  readonly browser: Browser
  readonly exportDesk: ExportDesk
  readonly fileDesk: FileDesk
  readonly onInteractive: () => void
  /** Says something on the desktop, unless the window is in front. */
  readonly notify: (text: { readonly title: string; readonly body: string }) => void
}

/** Everything behind the bridge. */
export interface Product {
  readonly handlers: Handlers
  addNotice(notice: Notice): void
  /** Disarms, and forgets secrets in memory: the machine sleeps or was locked. */
  lock(): void
  /** Disarms: the page that armed is gone. */
  leaveWindow(): void
  /** True while a call of the keychain has not come back: the process cannot end by itself then. */
  isKeychainWorking(): boolean
  /** Writes what is pending and closes all files, connections and the local server. */
  close(): Promise<void>
}

/** Name under which the keychain keeps the keys of a profile. */
export function keychainService(profile: string, isDefaultProfile: boolean): string {
  const suffix = createHash('sha256').update(profile).digest('hex').slice(0, 8)
  return isDefaultProfile ? 'ai.jasni.vault' : `ai.jasni.vault.${suffix}`
}

/** The notice that a database's state is worth, if any. */
function noticeOf(outcome: OpenVaultStore['outcome']): Notice | null {
  switch (outcome.kind) {
    case 'new':
    case 'existing':
      return null
    case 'damaged':
      return { what: 'vault-damaged', detail: outcome.movedTo }
    case 'read-only':
      return { what: outcome.fault === 'newer' ? 'vault-newer' : 'vault-read-only', detail: outcome.fault }
    case 'none':
      return { what: outcome.fault === 'newer' ? 'vault-newer' : 'vault-read-only', detail: outcome.fault }
  }
}

function mailNoticeOf(outcome: OpenOutboxStore['outcome']): Notice | null {
  switch (outcome.kind) {
    case 'new':
    case 'existing':
      return null
    case 'damaged':
      return { what: 'mail-damaged', detail: outcome.movedTo }
    case 'read-only':
    case 'none':
      return { what: outcome.fault === 'newer' ? 'mail-newer' : 'mail-read-only', detail: outcome.fault }
  }
}

async function startLocalServer(parts: ProductParts): Promise<SandboxServer | null> {
  const { profile, sandboxPort, webhookSpeed, log, emit } = parts
  try {
    return await startSandbox({
      port: sandboxPort ?? defaultSandboxPort,
      portFallback: true,
      plan: planPerMinute.free,
      windowMs: limits.windowMs,
      limitBy: 'key',
      headers: 'none',
      statePath: join(profile, 'sandbox.json'),
      issuerToken: randomBytes(32).toString('hex'),
      seed: 'jasni',
      webhooks: { speed: webhookSpeed },
      onDelivery: (attempt) => emit('webhooks.attempted', describeAttempt(attempt)),
      onNotice: ({ what, detail }) => log.warn('sandbox-notice', { what, detail }),
    })
  } catch (cause) {
    log.error('sandbox-not-started', cause)
    return null
  }
}

/** Opens the stores, starts the local server and builds everything behind the bridge. */
export async function openProduct(parts: ProductParts): Promise<Product> {
  const { profile, log, emit } = parts
  const clock = systemClock
  const board = createNoticeBoard({ log, emit })

  const [{ opened, calls, outbox: openedOutbox }, server] = await Promise.all([
    openStores({ profile, clock, onNotice: board.add }),
    startLocalServer(parts),
  ])
  const { store } = opened
  const vaultNotice = noticeOf(opened.outcome)
  if (vaultNotice !== null) board.add(vaultNotice)
  if (opened.unreadable.length > 0) log.warn('vault-rows-unreadable', { rows: opened.unreadable })
  const mailNotice = mailNoticeOf(openedOutbox.outcome)
  if (mailNotice !== null) board.add(mailNotice)
  if (openedOutbox.unreadable.length > 0) log.warn('mail-rows-unreadable', { rows: openedOutbox.unreadable })
  if (server === null) board.add({ what: 'sandbox-down', detail: '' })

  const http = createUndiciHttp()
  const limiter = createLimiter({
    clock,
    policy: () => store.settings().rate,
    members: () => store.environments(),
    earlier: calls.attemptsSince(clock.nowMs() - limits.windowMs),
    pauses: calls.pausesAt(clock.nowMs()),
    onChange() {
      ticker.wake()
      waitingTeller.wake()
    },
  })
  const readAllHeadroom = () => vault.environments().map(({ id }) => limiter.headroom(id))
  const waitingTeller = createWaitingTeller({ clock, read: () => limiter.waiting(), emit })
  const nameOf = (environmentId: string): string => vault.environment(environmentId)?.name ?? 'An environment'
  const notify = (text: { readonly title: string; readonly detail: string } | null): void => {
    if (text !== null && settings().alarms.notifications) parts.notify({ title: text.title, body: text.detail })
  }
  const watch = createHeadroomWatch({
    windowOf: (environmentId) => vault.environment(environmentId)?.rateGroup ?? environmentId,
    onWarning(warning) {
      if (!settings().alarms.headroomLow) return
      emit('headroom.warned', warning)
      notify(describeWarning(warning, nameOf(warning.environmentId)))
    },
  })
  const ticker = createHeadroomTicker({
    clock,
    readAll: readAllHeadroom,
    emit(name, payload) {
      emit(name, payload)
      if (name === 'headroom.changed') watch.read(payload as Headroom)
    },
  })
  const recordedTeller = createRecordedTeller({ clock, emit })
  const callDeps: CallDeps = {
    http,
    calls,
    clock,
    log,
    userAgent: `jasni-vault/${parts.versions.app}`,
    random: nodeRandom,
    limiter,
    ratePolicy: () => store.settings().rate,
    onRecorded(call) {
      recordedTeller.note(call)
      alarms.note(call)
    },
  }

  let settling = Promise.resolve()
  /** Gets the sandbox its key, one attempt after the other. */
  const settleSandboxKey = (): Promise<void> => {
    if (server !== null) {
      settling = settling
        .then(() => ensureSandboxKey({ vault, http, issuer: server, log }))
        .catch((cause: unknown) => void log.error('sandbox-key-failed', cause))
    }
    return settling
  }

  const tellEnvironment = (): void =>
    parts.onEnvironment(vault.environment(vault.currentEnvironmentId())?.name ?? 'Jasni Vault')
  let known: readonly string[] = []
  const keychain = createKeytarSecretStore({
    service: keychainService(profile, parts.isDefaultProfile),
    log,
    clock,
    platform: parts.platform,
  })
  const vault = createVault({
    store,
    secrets: keychain,
    memorySecrets: createMemorySecretStore(),
    probe: createProbe(callDeps),
    clock,
    random: nodeRandom,
    digest: nodeDigest,
    log,
    events: {
      environmentsChanged() {
        const environments = vault.environments()
        const ids = environments.map(({ id }) => id)
        for (const gone of known.filter((id) => !ids.includes(id))) {
          watch.forget(gone)
          void keeper.forgetEnvironments((id) => ids.includes(id))
          outbox.forget(gone)
        }
        limiter.refresh()
        guard.review()
        known = ids
        emit('environments.changed', {
          environments: [...environments],
          currentEnvironmentId: vault.currentEnvironmentId(),
        })
        tellEnvironment()
        ticker.wake()
      },
      keysChanged: () => emit('keys.changed', [...vault.keys()]),
      keychainChanged(state) {
        emit('keychain.changed', state)
        if (vault.hasOtherKeyring()) board.add({ what: 'keyring-changed', detail: state.backend })
        else board.drop('keyring-changed')
        if (state.status === 'ready' || state.status === 'memory') {
          void settleSandboxKey()
          resumeSecrets()
        }
        rotations.wakeAll()
      },
    },
  })
  const keeper = createSecretKeeper({
    store,
    custody: vault.custody,
    keychain: () => vault.keychain(),
    clock,
    random: nodeRandom,
    log,
  })
  // Webhooks of the local server end with its process.
  const ended = vault.environments().find(({ kind }) => kind === 'sandbox')?.id ?? null
  let hasResumed = false
  /** Goes on with the secrets of webhooks once the keychain can be asked. */
  const resumeSecrets = (): void => {
    const wasEnded = hasResumed ? null : ended
    hasResumed = true
    keeper.resume(wasEnded).catch((cause: unknown) => void log.error('webhook-secrets-not-resumed', cause))
  }
  const guard = createGuard({
    vault,
    clock,
    random: nodeRandom,
    digest: nodeDigest,
    log,
    idleMs: () => store.settings().guard.idleMs,
    onChange: (state) => emit('guard.changed', state),
  })
  const lock = (): void => {
    guard.end('locked')
    vault.forgetSecrets()
  }
  known = vault.environments().map(({ id }) => id)
  limiter.refresh()

  const sandbox: SandboxState = { running: server !== null, baseUrl: server?.baseUrl ?? '' }
  if (server !== null) vault.setSandboxBaseUrl(server.baseUrl)
  tellEnvironment()
  ticker.wake()

  let themeForThisRun = parts.themeForThisRun
  const settings = (): Settings => ({ ...store.settings(), theme: themeForThisRun ?? store.settings().theme })
  parts.applyTheme(settings().theme)

  const alarms = createAlarms({
    clock,
    random: nodeRandom,
    choices: () => settings().alarms,
    key: (id) => vault.keys().find((key) => key.id === id) ?? null,
    earlier: calls.keyHours(clock.nowMs()),
    onChange(all) {
      emit('alarms.changed', [...all])
      void sweepAlarms()
    },
    onRaised(alarm) {
      const keyLabel = vault.keys().find(({ id }) => id === alarm.keyId)?.label ?? 'key'
      log.warn('alarm', { what: alarm.what, keyId: alarm.keyId, count: alarm.count, against: alarm.against })
      notify(describeAlarm(alarm, { environmentName: nameOf(alarm.environmentId), keyLabel }))
    },
  })
  let sweeping = false
  /** Looks again and again whether the alarms are over, while one is not. */
  async function sweepAlarms(): Promise<void> {
    if (sweeping) return
    sweeping = true
    do await clock.sleep(alarmSweepMs, reminding.signal)
    while (!reminding.signal.aborted && alarms.sweep())
    sweeping = false
  }

  const traffic = createKeyTraffic(() => clock.nowMs())
  const policies = createPolicies({
    custody: vault.custody,
    http,
    random: nodeRandom,
    clock,
    localIssuer: () => (server === null ? null : { origin: server.origin, token: server.issuerToken }),
    onChange: (all) => emit('policy.changed', [...all]),
  })
  const rotations = createRotations({
    custody: vault.custody,
    policies,
    traffic,
    calls,
    browser: parts.browser,
    clipboard: parts.clipboard,
    clock,
    random: nodeRandom,
    digest: nodeDigest,
    log,
    onChange(rotation) {
      emit('rotation.changed', rotation)
      if (leavesSandboxWithoutKey(vault, rotation)) void settleSandboxKey()
    },
  })
  const reminding = new AbortController()
  /** Tells of keys that are due: soon after the start, then once an hour, which is on each day once. */
  async function remindOfKeys(): Promise<void> {
    for (let waitMs = firstReminderMs; ; waitMs = reminderEveryMs) {
      await clock.sleep(waitMs, reminding.signal)
      if (reminding.signal.aborted) return
      const reminder = rotations.remind()
      if (reminder === null) continue
      emit('keys.due', reminder)
      notify(describeReminder(reminder))
    }
  }

  const pipeline = createPipeline({ ...callDeps, vault, traffic, gate: guard, watch: keeper.watch })
  const outbox = createOutbox({
    store: openedOutbox.store,
    pipeline,
    forms: createApiForms({ pipeline, store, vault }),
    gate: guard,
    environment: (id) => vault.environment(id),
    desk: parts.fileDesk,
    clock,
    random: nodeRandom,
    log,
    onChange: (mails) => emit('outbox.changed', [...mails]),
  })
  outbox.resume()
  const exports = createExports({
    calls,
    desk: parts.exportDesk,
    clock,
    random: nodeRandom,
    log,
    version: parts.versions.app,
    environment: (id) => vault.environment(id),
    onChange: (job) => emit('export.changed', job),
  })
  const desk = openWebhookDesk({ pipeline, keeper, vault, server, clock, random: nodeRandom, log, emit })
  const hold = createClipboardHold({ clipboard: parts.clipboard, clock, digest: nodeDigest, emit })
  const handlers = createHandlers({
    vault,
    calls,
    limiter,
    console: createConsole({ pipeline, vault }),
    savedRequests: createSavedRequests({ store, clock }),
    mailbox: createMailboxClient({ pipeline }),
    mail: createMailClient({
      pipeline,
      publishHtml: parts.publishHtml,
    }),
    outbox,
    alarms,
    pipeline,
    guard,
    losses: createLosses({ guard, pipeline, vault, clock }),
    lock,
    exports,
    ...desk,
    rotations,
    policies,
    clipboard: parts.clipboard,
    clock,
    hold,
    links: parts.links,
    emit,
    breathe: () => new Promise((done) => setImmediate(done)),
    state: (): AppState => ({
      environments: [...vault.environments()],
      currentEnvironmentId: vault.currentEnvironmentId(),
      keys: [...vault.keys()],
      keychain: vault.keychain(),
      headroom: readAllHeadroom(),
      sandbox,
      settings: settings(),
      notices: board.all(),
      versions: parts.versions,
    }),
    settings,
    save(next) {
      // A theme given on the command line is for this run: it is kept only once a person chooses one.
      const chosen = next.theme === themeForThisRun ? { ...next, theme: store.settings().theme } : next
      const saved = store.commit([{ what: 'put-settings', settings: chosen }])
      if (!saved.ok) return saved
      if (next.theme !== themeForThisRun) themeForThisRun = null
      emit('settings.changed', settings())
      limiter.refresh()
      guard.review()
      return succeed(null)
    },
    applyTheme: parts.applyTheme,
    openDashboard: parts.openDashboard,
    onInteractive: parts.onInteractive,
  })

  // The window is still drawing its first frame: what its first call needs loads meanwhile.
  http.prepare()
  const settled = new AbortController()
  const first = vault
    .checkKeychain()
    .then(() => {
      rotations.resume()
      resumeSecrets()
      return settleSandboxKey()
    })
    .catch((cause: unknown) => void log.error('keychain-not-checked', cause))
  // With a key at hand the first picture needs nothing of the keychain; what it says comes as an event.
  const hasKey = vault.environment(vault.currentEnvironmentId())?.activeKeyId !== null
  if (!hasKey) await Promise.race([first, clock.sleep(firstPictureMs, settled.signal)])
  void remindOfKeys()
  settled.abort()

  return {
    handlers,
    addNotice: board.add,
    lock,
    leaveWindow: () => guard.end('window'),
    isKeychainWorking: () => keychain.isWorking(),
    async close() {
      reminding.abort()
      outbox.close()
      // What is on the wire may take longer than a quit; the journal knows how to go on.
      await Promise.race([rotations.close(), clock.sleep(rotationStopMs)])
      guard.close()
      limiter.stop()
      // What is cancelled now still goes into the log.
      await clock.sleep(0)
      ticker.stop()
      waitingTeller.stop()
      recordedTeller.stop()
      calls.flush()
      await Promise.allSettled([exports.close(), hold.clearNow(), desk.receiver.stop(), server?.close(), http.close()])
      vault.forgetSecrets()
      calls.close()
      openedOutbox.store.close()
      store.close()
    },
  }
}
