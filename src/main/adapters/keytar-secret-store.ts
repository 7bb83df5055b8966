import type { KeychainError, KeychainFault } from '../../shared/error.ts'
import { limits } from '../../shared/limits.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import type { Clock, Log, SecretStore, SecretStoreState } from '../core/ports.ts'
import { findSecretFault, isSecretId } from './secret-rules.ts'

/**
 * The three calls of keytar that are safe. Its two searches are not here on purpose: a locked
 * keyring ends the process in them.
 */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

/** The OS keychain of this process. */
export interface KeytarSecretStore extends SecretStore {
  /** True while a call has not come back. It cannot be cancelled, and the process cannot end before it. */
  isWorking(): boolean
}

/** What the store needs. */
export interface KeytarSecretStoreOptions {
  /** Service name in the keychain; another profile has another one. */
  readonly service: string
  readonly log: Log
  readonly clock: Clock
  readonly platform: string
  /** Loads the native module; another one in tests. */
  readonly load?: () => Promise<Keytar>
}

const canaryId = 'canary'
const canaryValue = 'jasni-vault-canary-1'
const knockId = 'knock'

async function loadKeytar(): Promise<Keytar> {
  const module = await import('keytar')
  // A CommonJS module: the bundle and plain Node put its exports in different places.
  return 'default' in module ? (module.default as Keytar) : module
}

function nameBackend(platform: string): string {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  return 'Secret Service'
}

// The platforms give text only, partly translated; what is not known here is `failed`.
const faultTexts: readonly (readonly [KeychainFault, RegExp])[] = [
  ['locked', /locked collection|is locked|prompt was dismissed|interaction is not allowed|-25308/i],
  ['denied', /denied|not permitted|cancell?ed|not correct|-25293|-128\b/i],
  ['too-large', /stub received bad data/i],
  [
    'unavailable',
    /autolaunch|could not connect|cannot connect|refused|not provided|not activatable|does not exist|no such|timeout|timed out|no reply|noreply|did not receive a reply|disconnected|connection is closed|failed to load|shared object|could not be found|not found|exited with status|-25307|-25291/i,
  ],
]

/** What a platform's error text means. The text itself goes to the log only. */
export function classifyKeychainText(text: string): KeychainFault {
  return faultTexts.find(([, pattern]) => pattern.test(text))?.[0] ?? 'failed'
}

function keychainError(fault: KeychainFault): KeychainError {
  return { kind: 'KEYCHAIN', fault }
}

/** Carries a classified fault out of one piece of work. */
class KeychainFailure extends Error {
  readonly fault: KeychainFault
  constructor(fault: KeychainFault) {
    super(fault)
    this.fault = fault
  }
}

interface Job {
  readonly run: () => Promise<void>
  readonly refuse: () => void
}

/**
 * One piece of work at a time, first come first served. keytar works on the few threads that files
 * and names use, too: four calls that wait for a prompt would stop those. When a piece takes longer
 * than `softTimeoutMs` it goes on and its late answer is its answer, but every other one is refused
 * at once until then. `onChange` is told when that begins and ends.
 */
function createQueue(clock: Clock, softTimeoutMs: number, onChange: () => void) {
  const waiting: Job[] = []
  let running = false
  let overdue = false

  async function watchTime(ended: AbortSignal): Promise<void> {
    await clock.sleep(softTimeoutMs, ended)
    if (ended.aborted) return
    overdue = true
    for (const late of waiting.splice(0)) late.refuse()
    onChange()
  }

  async function runJobs(): Promise<void> {
    if (running) return
    running = true
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const ended = new AbortController()
      void watchTime(ended.signal)
      await job.run()
      ended.abort()
      if (overdue) {
        overdue = false
        onChange()
      }
    }
    running = false
  }

  return {
    isOverdue: () => overdue,
    add<T>(work: () => Promise<T>): Promise<Result<T, KeychainError>> {
      if (overdue) return Promise.resolve(fail(keychainError('busy')))
      return new Promise((resolve, reject) => {
        const settle = async () => {
          try {
            resolve(succeed(await work()))
          } catch (error) {
            if (error instanceof KeychainFailure) resolve(fail(keychainError(error.fault)))
            else reject(error)
          }
        }
        waiting.push({ run: settle, refuse: () => resolve(fail(keychainError('busy'))) })
        void runJobs()
      })
    },
  }
}

/**
 * The OS keychain through keytar. On a locked Linux keyring keytar answers `null` to a read and
 * `false` to a removal, as if the item were absent. A canary item with a known value tells the two
 * apart: absent is only what is absent while the canary reads right.
 */
export function createKeytarSecretStore(options: KeytarSecretStoreOptions): KeytarSecretStore {
  const { service, log, clock, platform, load = loadKeytar } = options
  const listeners = new Set<(state: SecretStoreState) => void>()
  let known: 'unknown' | 'ready' | 'locked' | 'unavailable' = 'unknown'
  let familiar = true
  let told: SecretStoreState | null = null
  let keytar: Keytar | null = null
  let working = false

  function readState(): SecretStoreState {
    if (queue.isOverdue()) return { status: 'waiting', familiar }
    return { status: known === 'unknown' ? 'unavailable' : known, familiar }
  }

  function tellState(): void {
    const state = readState()
    if (told !== null && told.status === state.status && told.familiar === state.familiar) return
    told = state
    for (const listener of listeners) listener(state)
  }

  const queue = createQueue(clock, limits.keychainTimeoutMs, tellState)

  function perform<T>(work: () => Promise<T>): Promise<Result<T, KeychainError>> {
    return queue.add(async () => {
      try {
        const value = await work()
        known = 'ready'
        return value
      } finally {
        // While overdue the queue tells it, as the last thing of this piece of work.
        if (!queue.isOverdue()) tellState()
      }
    })
  }

  async function call<T>(what: string, work: (keytar: Keytar) => Promise<T>): Promise<T> {
    let fault: KeychainFault = 'unavailable'
    try {
      keytar ??= await load()
      fault = 'failed'
      working = true
      return await work(keytar)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (fault === 'failed') fault = classifyKeychainText(text)
      if (fault === 'locked' || fault === 'unavailable') known = fault
      log.warn('keychain.refused', { what, fault, text })
      throw new KeychainFailure(fault)
    } finally {
      working = false
    }
  }

  const get = (id: string) => call('read', (module) => module.getPassword(service, id))
  const set = (id: string, value: string) => call('write', (module) => module.setPassword(service, id, value))
  const drop = (id: string) => call('remove', (module) => module.deletePassword(service, id))
  const seesCanary = async () => (await get(canaryId)) === canaryValue

  async function putCanary(): Promise<void> {
    if (!(await seesCanary())) {
      await set(canaryId, canaryValue)
      if (!(await seesCanary())) throw new KeychainFailure('mismatch')
    }
    familiar = true
  }

  /** Ends the work when the canary is out of sight: then a null says nothing. */
  async function requireCanary(): Promise<void> {
    if (await seesCanary()) {
      familiar = true
      return
    }
    if (known === 'ready' && !familiar) throw new KeychainFailure('unavailable')
    known = 'locked'
    throw new KeychainFailure('locked')
  }

  /** The canary goes first where a prompt may come: one prompt instead of one for each item. */
  async function openKeychain(): Promise<void> {
    if (known !== 'ready') await requireCanary()
  }

  async function findState(inUse: boolean): Promise<void> {
    if (await seesCanary()) {
      familiar = true
    } else if (inUse) {
      // Locked, or not the keychain that was used before. Only an open one takes a new item.
      await set(knockId, canaryValue)
      await drop(knockId)
      familiar = false
    } else {
      await putCanary()
    }
  }

  function refuse(fault: KeychainFault): Promise<Result<never, KeychainError>> {
    return Promise.resolve(fail(keychainError(fault)))
  }

  return {
    backend: nameBackend(platform),
    isWorking: () => working,

    status(inUse) {
      return new Promise((resolve, reject) => {
        const answer = () => {
          listeners.delete(answerWaiting)
          resolve(readState())
        }
        // A call that waits for a prompt must not keep the question how the keychain is.
        const answerWaiting = ({ status }: SecretStoreState) => {
          if (status === 'waiting') answer()
        }
        listeners.add(answerWaiting)
        perform(() => findState(inUse)).then((found) => {
          // Whatever refused, the keychain is closed until a person tries again.
          if (!found.ok && known !== 'unavailable' && found.error.fault !== 'busy') known = 'locked'
          tellState()
          answer()
        }, reject)
      })
    },

    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    read(id) {
      if (!isSecretId(id)) return refuse('failed')
      if (known === 'locked' && !queue.isOverdue()) return refuse('locked')
      return perform(async () => {
        await openKeychain()
        const value = await get(id)
        if (value === null) await requireCanary()
        // An item of ours proves the keychain ours, even if its canary was deleted by hand.
        else if (!familiar) await putCanary()
        return value
      })
    },

    write(id, value) {
      const fault = findSecretFault(id, value)
      if (fault !== null) return refuse(fault)
      return perform(async () => {
        // First, so that no item is ever there without it.
        await putCanary()
        await set(id, value)
        if ((await get(id)) !== value) throw new KeychainFailure('mismatch')
        return null
      })
    },

    remove(id) {
      if (!isSecretId(id)) return refuse('failed')
      return perform(async () => {
        await openKeychain()
        const removed = await drop(id)
        if (!removed) await requireCanary()
        else if ((await get(id)) !== null) throw new KeychainFailure('failed')
        return null
      })
    },
  }
}
