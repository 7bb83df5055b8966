import { originOf } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeychainStatus, KeySource, KeySummary } from '../../../shared/model/key.ts'
import { assertNever, fail, type Result, succeed } from '../../../shared/result.ts'
import { redactText } from '../log/redaction.ts'
import type { Clock, Digest, Log, Random, VaultChange } from '../ports.ts'
import { stateOfFound, wasNeverStored } from './key-findings.ts'
import type { KeySecrets } from './key-secrets.ts'
import { isTestKey, maskKey, parseKey } from './key-text.ts'
import { isSameText, readPlainText } from './plain-text.ts'
import {
  commitWith,
  isHeldByRotation,
  isReplacingKey,
  movedDetail,
  noteEvent,
  pointTo,
  type Records,
} from './records.ts'
import { Secret } from './secret.ts'
import type { Probe, ResolvedKey } from './vault.ts'

const fingerprintDigits = 12
const useNotedEveryMs = 60_000
const reasonCharsMax = 200

/** What `addKey` takes. */
export interface KeyInput {
  readonly environmentId: string
  readonly text: string
  readonly label: string | null
  readonly source: KeySource
  readonly allowTestKey: boolean
  /** Name of the key at the issuer that made it. */
  readonly issuerKeyId?: string
}

/** A key that may be stored: its passport as a candidate, and its secret. */
export interface PreparedKey {
  readonly key: KeySummary
  readonly secret: Secret
}

/** What can be done with keys. */
export interface Keys {
  add(input: KeyInput): Promise<Result<KeySummary>>
  prove(id: string): Promise<Result<KeySummary>>
  use(id: string): Result<null>
  rename(id: string, label: string): Result<KeySummary>
  remove(id: string): Promise<Result<null>>
  noteUse(id: string, atMs: number): void
  noteCopy(id: string): void
  resolve(environmentId: string): Promise<Result<ResolvedKey>>
  reveal(id: string): Promise<Result<ResolvedKey>>
  /** Reads a key out of text and makes its passport; keeps nothing. */
  prepare(input: Omit<KeyInput, 'label' | 'allowTestKey'>): Result<PreparedKey>
  /** True when the secret is the one that the fingerprint was made of. */
  isOf(secret: Secret, fingerprint: string): boolean
  /** Compares every passport with the keychain and notes what is missing or found again. */
  compareAll(): Promise<void>
}

function refuse(error: AppError) {
  return fail(error)
}

/** What keeps a key from being stored now; null when nothing does. */
function closedFault(status: KeychainStatus) {
  switch (status) {
    case 'ready':
    case 'memory':
      return null
    case 'locked':
      return 'locked'
    case 'unavailable':
      return 'unavailable'
    case 'waiting':
      return 'busy'
    default:
      return assertNever(status)
  }
}

/** Builds the keys over records and secrets. `onChange` is told which records changed. */
export function createKeys(parts: {
  readonly records: Records
  readonly secrets: KeySecrets
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly log: Log
  readonly probe: Probe
  readonly onChange: (changed: 'keys' | 'environments and keys') => void
}): Keys {
  const { records, secrets, clock, random, digest, log, probe, onChange } = parts

  const fingerprintOf = (secret: Secret) => digest.sha256Hex(secret.reveal()).slice(0, fingerprintDigits)
  const environmentName = (id: string) => records.environment(id)?.name ?? ''
  const isHeld = ({ state }: KeySummary) => state !== 'missing' && state !== 'dead'
  /** Keys between their passport and their secret: what the keychain shows of them is not the end. */
  const storing = new Set<string>()

  function commitKey(key: KeySummary, ...changes: readonly VaultChange[]): Result<KeySummary> {
    const kept = commitWith(records, [{ what: 'put-key', key }, ...changes], key)
    if (kept.ok) onChange(changes.some(({ what }) => what === 'put-environment') ? 'environments and keys' : 'keys')
    return kept
  }

  /** Notes what the keychain showed; a note that cannot be kept changes nothing of what was found. */
  function noteFinding(key: KeySummary, what: 'missing' | 'found' | 'changed'): void {
    const now = records.key(key.id)
    // A key that is being replaced or ended is told of by its rotation; a dead one has no secret.
    if (now === null || now.state === 'dead' || now.state === 'retiring' || now.state === 'revoking') return
    if (now.state === 'candidate' && isHeldByRotation(records, key.id)) return
    if (what === 'changed') {
      if (records.history(key.id).at(-1)?.what === 'changed') return
      commitKey(now, noteEvent(key.id, clock.nowMs(), what))
      return
    }
    if ((now.state === 'missing') === (what === 'missing')) return
    const state = what === 'missing' ? what : stateOfFound(records.history(key.id))
    commitKey({ ...now, state }, noteEvent(key.id, clock.nowMs(), what))
  }

  async function reveal(id: string): Promise<Result<ResolvedKey>> {
    const key = records.key(id)
    if (key === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    const read = await secrets.read(id)
    if (!read.ok) return read
    // Removed while the keychain was asked: then nothing may use it any more.
    if (records.key(id) === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    if (read.value === null) {
      noteFinding(key, 'missing')
      return refuse({
        kind: 'KEY_MISSING',
        environmentName: environmentName(key.environmentId),
        label: key.label,
      })
    }
    if (fingerprintOf(read.value) !== key.fingerprint) {
      noteFinding(key, 'changed')
      return refuse({ kind: 'KEY_CHANGED', label: key.label })
    }
    noteFinding(key, 'found')
    return succeed({ keyId: key.id, mask: key.mask, secret: read.value })
  }

  function makeLabel(environment: Environment): string {
    const taken = records.keysOf(environment.id).map(({ label }) => label)
    const name = environment.name
      .toLowerCase()
      .replace(/\s+/g, '-')
      .slice(0, limits.labelCharsMax - 5)
    let count = 1
    while (taken.some((label) => isSameText(label, `${name}-${count}`))) count += 1
    return `${name}-${count}`
  }

  function readLabel(text: string, environmentId: string, ownId: string | null): Result<string> {
    const label = readPlainText(text, 'label', limits.labelCharsMax)
    if (!label.ok) return label
    const others = records.keysOf(environmentId).filter(({ id }) => id !== ownId)
    return others.some((other) => isSameText(other.label, label.value))
      ? refuse({ kind: 'NAME_TAKEN', name: label.value })
      : label
  }

  /** Sees to it that the keychain is open before anything is written down about a new key. */
  async function openKeychain(source: KeySource): Promise<Result<null>> {
    // A person who adds a key may be asked for the keyring's password: so this is not only looked up.
    const { status } = await secrets.check(records.keys().some(isHeld))
    const fault = closedFault(status)
    if (fault !== null) return refuse({ kind: 'KEYCHAIN', fault })
    // Only a person may begin anew in another keyring than the one that was used before.
    if (!secrets.isFamiliar() && source !== 'clipboard') return refuse({ kind: 'KEYCHAIN', fault: 'unavailable' })
    return succeed(null)
  }

  /** True for a key whose secret is gone, so that pasting it again is a cure and no mistake. */
  async function canReturn(key: KeySummary): Promise<boolean> {
    return key.state === 'missing' || (secrets.isMemory() && !(await secrets.look(key.id)).ok)
  }

  /** Takes back a passport whose secret did not get into the keychain. */
  async function takeBack(key: KeySummary, before: KeySummary | null, fault: string): Promise<void> {
    // These say that nothing was written. After the others something may be there, and an item
    // without a passport would be found by nobody.
    const untouched = fault === 'too-large' || fault === 'busy' || fault === 'locked' || fault === 'denied'
    const gone = untouched || (await secrets.remove(key.id)).ok
    const now = records.key(key.id)
    if (now === null) return
    if (before !== null) commitKey(before)
    else if (gone) commitRemoval(now)
    else commitKey({ ...now, state: 'missing' }, noteEvent(key.id, clock.nowMs(), 'missing'))
  }

  function commitRemoval(key: KeySummary): Result<null> {
    const environment = records.environment(key.environmentId)
    const isUsed = environment?.activeKeyId === key.id
    const changes: VaultChange[] = [{ what: 'remove-key', id: key.id }]
    if (environment !== null && isUsed) changes.push(pointTo(environment, null))
    const kept = commitWith(records, changes, null)
    if (kept.ok) onChange(isUsed ? 'environments and keys' : 'keys')
    return kept
  }

  /** Writes the passport, then the secret. */
  async function write(key: KeySummary, before: KeySummary | null, secret: Secret): Promise<Result<KeySummary>> {
    const listed = commitKey(key, noteEvent(key.id, clock.nowMs(), 'added', key.source))
    if (!listed.ok) return listed
    const written = await secrets.write(key.id, secret)
    if (!written.ok) {
      await takeBack(key, before, written.error.fault)
      return written
    }
    const now = records.key(key.id)
    if (now === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    return commitKey(now, noteEvent(key.id, clock.nowMs(), 'stored'))
  }

  async function store(
    key: KeySummary,
    before: KeySummary | null,
    secret: Secret,
    origin: string,
  ): Promise<Result<KeySummary>> {
    storing.add(key.id)
    const written = await write(key, before, secret).finally(() => storing.delete(key.id))
    return written.ok ? proveAt(key.id, origin) : written
  }

  /**
   * Ends what a crash cut off in the middle of an addition: without its secret the key was never
   * kept, and is still where it was copied from; with it the key waits to be proven.
   */
  function settleAddition(key: KeySummary, isStored: boolean): void {
    const isOpen = key.state === 'candidate' || key.state === 'missing'
    if (!isOpen || isHeldByRotation(records, key.id)) return
    if (isStored) commitKey(key, noteEvent(key.id, clock.nowMs(), 'stored'))
    else if (commitRemoval(key).ok) log.info('vault.addition-taken-back')
  }

  async function add(input: KeyInput): Promise<Result<KeySummary>> {
    const { environmentId, source } = input
    const asked = records.environment(environmentId)
    if (asked === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
    const origin = originOf(asked.baseUrl)
    const parsed = parseKey(input.text)
    if (!parsed.ok) return refuse({ kind: 'KEY_MALFORMED', fault: parsed.error })
    const secret = new Secret(parsed.value)
    const fingerprint = fingerprintOf(secret)
    const stored = records.keys().find((key) => key.fingerprint === fingerprint)
    const returning = stored !== undefined && stored.environmentId === environmentId && (await canReturn(stored))
    if (stored !== undefined && !returning) {
      return refuse({
        kind: 'KEY_EXISTS',
        environmentName: environmentName(stored.environmentId),
        label: stored.label,
      })
    }
    const { protected: isProtected, name } = records.environment(environmentId) ?? asked
    if (isProtected && isTestKey(parsed.value) && !input.allowTestKey) {
      return refuse({ kind: 'TEST_KEY', environmentName: name })
    }
    if (input.label !== null) {
      const label = readLabel(input.label, environmentId, stored?.id ?? null)
      if (!label.ok) return label
    }
    const open = await openKeychain(source)
    if (!open.ok) return open

    // From here to the passport nothing waits: two adds of one key cannot both pass.
    const environment = records.environment(environmentId)
    if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
    const before = records.keys().find((key) => key.fingerprint === fingerprint) ?? null
    // Another paste of the same lost key may have brought it back meanwhile.
    if (before !== null && (before.id !== stored?.id || before.state !== stored.state)) {
      return refuse({
        kind: 'KEY_EXISTS',
        environmentName: environmentName(before.environmentId),
        label: before.label,
      })
    }
    if (before !== null) {
      const label = input.label === null ? succeed(before.label) : readLabel(input.label, environmentId, before.id)
      return label.ok ? store({ ...before, label: label.value, state: 'candidate' }, before, secret, origin) : label
    }
    if (hasNoRoom()) {
      return refuse({ kind: 'TOO_MANY', what: 'keys', max: limits.keysMax })
    }
    const label = input.label === null ? succeed(makeLabel(environment)) : readLabel(input.label, environmentId, null)
    if (!label.ok) return label
    return store(makePassport(input, parsed.value, fingerprint, label.value), null, secret, origin)
  }

  function makePassport(
    { environmentId, source, issuerKeyId }: Pick<KeyInput, 'environmentId' | 'source' | 'issuerKeyId'>,
    text: string,
    fingerprint: string,
    label: string,
  ): KeySummary {
    return {
      id: random.id(),
      environmentId,
      label,
      mask: maskKey(text),
      fingerprint,
      state: 'candidate',
      source,
      addedAtMs: clock.nowMs(),
      lastUsedAtMs: null,
      lastProvenAtMs: null,
      ...(issuerKeyId === undefined ? {} : { issuerKeyId }),
    }
  }

  function prepare(input: Omit<KeyInput, 'label' | 'allowTestKey'>): Result<PreparedKey> {
    const environment = records.environment(input.environmentId)
    if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
    if (input.text.length > limits.clipboardCharsMax) return refuse({ kind: 'KEY_MALFORMED', fault: 'too-long' })
    const parsed = parseKey(input.text)
    if (!parsed.ok) return refuse({ kind: 'KEY_MALFORMED', fault: parsed.error })
    const secret = new Secret(parsed.value)
    const fingerprint = fingerprintOf(secret)
    const stored = records.keys().find((key) => key.fingerprint === fingerprint)
    if (stored !== undefined) {
      const name = environmentName(stored.environmentId)
      return refuse({ kind: 'KEY_EXISTS', environmentName: name, label: stored.label })
    }
    if (environment.protected && isTestKey(parsed.value)) {
      return refuse({ kind: 'TEST_KEY', environmentName: environment.name })
    }
    if (hasNoRoom()) return refuse({ kind: 'TOO_MANY', what: 'keys', max: limits.keysMax })
    return succeed({ key: makePassport(input, parsed.value, fingerprint, makeLabel(environment)), secret })
  }

  /** Passports of dead keys are kept beside those that count. */
  function hasNoRoom(): boolean {
    return records.keys().filter(({ state }) => state !== 'dead').length >= limits.keysMax
  }

  /** True when the environment points to a key that works. */
  function hasWorkingKey(environment: Environment): boolean {
    return environment.activeKeyId !== null && records.key(environment.activeKeyId)?.state === 'active'
  }

  /** True for a key that is on its way out: what is learned of it does not put it in use again. */
  function isLeaving({ state }: KeySummary): boolean {
    return state === 'retiring' || state === 'revoking' || state === 'dead'
  }

  /** True for a key that a rotation holds, or that is in use while its environment's key is being replaced. */
  function isReliedOn(id: string): boolean {
    const environmentId = records.key(id)?.environmentId ?? ''
    const isUsed = records.environment(environmentId)?.activeKeyId === id
    return isHeldByRotation(records, id) || (isUsed && isReplacingKey(records, environmentId))
  }

  function noteMoved(key: KeySummary): Result<KeySummary> {
    return commitKey(key, noteEvent(key.id, clock.nowMs(), 'unproven', movedDetail))
  }

  function prove(id: string): Promise<Result<KeySummary>> {
    const environment = records.environment(records.key(id)?.environmentId ?? '')
    return environment === null
      ? Promise.resolve(refuse({ kind: 'NOT_FOUND', what: 'key' }))
      : proveAt(id, originOf(environment.baseUrl))
  }

  /** Proves a key at the origin that it was meant for when a person said so, and nowhere else. */
  async function proveAt(id: string, origin: string): Promise<Result<KeySummary>> {
    const wasRelied = isReliedOn(id)
    const revealed = await reveal(id)
    if (!revealed.ok) return revealed
    const held = records.key(id)
    const asked = records.environment(held?.environmentId ?? '')
    if (held === null || asked === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    if (originOf(asked.baseUrl) !== origin) return noteMoved(held)
    const { mask, secret } = revealed.value
    const outcome = await probe(asked, { id, mask, secret })

    const key = records.key(id)
    if (key === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
    const environment = records.environment(key.environmentId)
    if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
    const atMs = clock.nowMs()
    // What one origin said of a key says nothing of another.
    if (originOf(environment.baseUrl) !== origin) return noteMoved(key)
    switch (outcome.kind) {
      case 'alive': {
        const event = noteEvent(id, atMs, 'proven', outcome.narrow ? 'narrow' : '')
        if (isLeaving(key)) return commitKey({ ...key, lastProvenAtMs: atMs }, event)
        const proven: KeySummary = { ...key, state: 'active', lastProvenAtMs: atMs }
        if (hasWorkingKey(environment) || isReplacingKey(records, environment.id)) return commitKey(proven, event)
        return commitKey(proven, event, noteEvent(id, atMs, 'switched'), pointTo(environment, id))
      }
      case 'refused': {
        const event = noteEvent(id, atMs, 'refused')
        // One refusal in an outage must not take away what a rotation relied on: it asks for itself.
        if (isLeaving(key) || wasRelied || isReliedOn(id)) return commitKey(key, event)
        const rejected: KeySummary = { ...key, state: 'rejected' }
        if (environment.activeKeyId !== id) return commitKey(rejected, event)
        return commitKey(rejected, event, pointTo(environment, null))
      }
      case 'unknown':
        return commitKey(key, noteEvent(id, atMs, 'unproven', redactText(outcome.reason).slice(0, reasonCharsMax)))
      default:
        return assertNever(outcome)
    }
  }

  return {
    add,
    prove,
    reveal,
    prepare,
    isOf: (secret, fingerprint) => fingerprintOf(secret) === fingerprint,

    use(id) {
      const key = records.key(id)
      if (key === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
      const environment = records.environment(key.environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      if (key.state !== 'active') return refuse({ kind: 'BAD_REQUEST', field: 'id' })
      if (environment.activeKeyId === id) return succeed(null)
      if (isReplacingKey(records, environment.id)) return refuse({ kind: 'BUSY', environmentName: environment.name })
      const kept = commitKey(key, noteEvent(id, clock.nowMs(), 'switched'), pointTo(environment, id))
      return kept.ok ? succeed(null) : kept
    },

    rename(id, text) {
      const key = records.key(id)
      if (key === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
      const label = readLabel(text, key.environmentId, id)
      if (!label.ok) return label
      if (label.value === key.label) return succeed(key)
      return commitKey({ ...key, label: label.value }, noteEvent(id, clock.nowMs(), 'renamed', key.label))
    },

    async remove(id) {
      const key = records.key(id)
      if (key === null) return refuse({ kind: 'NOT_FOUND', what: 'key' })
      if (isHeldByRotation(records, id)) {
        return refuse({ kind: 'BUSY', environmentName: environmentName(key.environmentId) })
      }
      // Where nothing can be kept the passport would stay, and its secret with it.
      const writable = records.commit([])
      if (!writable.ok) return writable
      const removed = await secrets.remove(id)
      // In memory mode the keychain is out of reach; what was provably gone from it needs no removal.
      const isGone = key.state === 'missing' || key.state === 'dead'
      if (!removed.ok && !(secrets.isMemory() && isGone)) return removed
      const now = records.key(id)
      return now === null ? succeed(null) : commitRemoval(now)
    },

    noteUse(id, atMs) {
      const key = records.key(id)
      if (key === null || (key.lastUsedAtMs !== null && Math.abs(atMs - key.lastUsedAtMs) < useNotedEveryMs)) return
      commitKey({ ...key, lastUsedAtMs: atMs })
    },

    noteCopy(id) {
      const key = records.key(id)
      if (key !== null) commitKey(key, noteEvent(id, clock.nowMs(), 'copied'))
    },

    async resolve(environmentId) {
      const environment = records.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      if (environment.activeKeyId === null || records.key(environment.activeKeyId) === null) {
        return refuse({ kind: 'NO_KEY', environmentName: environment.name })
      }
      return reveal(environment.activeKeyId)
    },

    async compareAll() {
      for (const { id } of records.keys()) {
        const key = records.key(id)
        if (key === null || key.state === 'dead') continue
        const read = await secrets.look(id)
        if (!read.ok) {
          log.warn('vault.not-compared', { fault: read.error.fault })
          // In another keyring one item of ours is enough to know it again: so all are tried.
          if (secrets.isFamiliar()) return
          continue
        }
        const now = records.key(id)
        if (now === null || storing.has(id)) continue
        const isThere = read.value !== null && fingerprintOf(read.value) === key.fingerprint
        if (wasNeverStored(records.history(id)) && (read.value === null || isThere)) settleAddition(now, isThere)
        if (read.value === null) noteFinding(key, 'missing')
        else noteFinding(key, isThere ? 'found' : 'changed')
      }
    },
  }
}
