import { limits } from '../../../shared/limits.ts'
import type { Header } from '../../../shared/model/call.ts'
import { redactHeader } from '../log/redaction.ts'
import { believedMsMax, parseHttpDate, readRetryAfter } from './retry-after.ts'
import { type BareItem, type FieldItem, parseFieldList } from './structured-fields.ts'

/**
 * What an answer's headers say of the limit. A member is null where nothing believable was said.
 * Rates and probes, rule 3.
 */
export interface RateReading {
  /** Requests per window. */
  readonly limit: number | null
  /** Requests left; a hint, not a promise. */
  readonly remaining: number | null
  /** Ms until more is left, counted from the answer. */
  readonly resetInMs: number | null
  readonly windowMs: number | null
  /** The headers that were believed, redacted, each cut at a sane length. */
  readonly told: readonly Header[]
}

/** A wait that the server asks for, counted from the answer, and the header that said so. */
export interface ToldWait {
  readonly ms: number
  /** `retry-after`: the header of that name. `reset`: `RateLimit`'s `t` or a legacy reset. */
  readonly cause: 'retry-after' | 'reset'
  readonly header: Header
}

const windowMsMin = 1000
const windowMsMax = 86_400_000
const toldCharsMax = 200
/** Legacy fields are short: a longer one is malformed. */
const legacyCharsMax = 100

type Fields = ReadonlyMap<string, readonly string[]>

function collectFields(headers: readonly Header[]): Fields {
  const fields = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    const known = fields.get(lower)
    if (known === undefined) fields.set(lower, [value])
    else known.push(value)
  }
  return fields
}

const countOf = (value: number | null, max: number, min: number): number | null =>
  value !== null && Number.isFinite(value) && value >= min ? Math.min(max, Math.floor(value)) : null

const believeLimit = (value: number | null): number | null => countOf(value, limits.planPerMinuteMax, 1)
const believeRemaining = (value: number | null, limit: number | null): number | null =>
  countOf(value, limit ?? limits.planPerMinuteMax, 0)
const believeWindow = (ms: number | null): number | null =>
  ms !== null && ms >= windowMsMin && ms <= windowMsMax ? Math.round(ms) : null
const believeReset = (ms: number | null): number | null =>
  ms === null || !Number.isFinite(ms) || ms > believedMsMax ? null : Math.max(0, ms)

/** One line for one limit: a policy joined with what is left of it. */
interface Quota {
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetInMs: number | null
  readonly windowMs: number | null
}

const numberOf = (value: BareItem | undefined): number | null =>
  typeof value === 'number' && value >= 0 ? value : null
const secondsOf = (value: BareItem | undefined): number | null => {
  const seconds = numberOf(value)
  return seconds === null ? null : seconds * 1000
}

function nameOf({ value, parameters }: FieldItem): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  return `${value}\n${parameters.get('pk') ?? ''}`
}

const joinLines = (lines: readonly string[] | undefined): string => (lines ?? []).join(', ')

/**
 * Requests per ms that a quota allows to go on with: min(r/t, q/w), never r/t alone. Null when
 * neither is known. Rates and probes, rule 3.
 */
export function findPace({ limit, remaining, resetInMs, windowMs }: Quota): number | null {
  const left = remaining === null || resetInMs === null ? null : remaining / Math.max(1, resetInMs)
  const policy = limit === null || windowMs === null ? null : limit / windowMs
  if (left === null) return policy
  return policy === null ? left : Math.min(left, policy)
}

/** The quota that ends first: nothing left before something left, then the slower pace. */
function isTighter(one: Quota, other: Quota): boolean {
  const [oneEmpty, otherEmpty] = [one.remaining === 0, other.remaining === 0]
  if (oneEmpty !== otherEmpty) return oneEmpty
  if (oneEmpty) return (one.resetInMs ?? 0) > (other.resetInMs ?? 0)
  return (findPace(one) ?? Number.POSITIVE_INFINITY) < (findPace(other) ?? Number.POSITIVE_INFINITY)
}

/** `RateLimit-Policy` and `RateLimit`, joined by name and partition; the tightest requests policy governs. */
function readStructured(fields: Fields): { readonly quota: Quota; readonly names: readonly string[] } | null {
  const policies = parseFieldList(joinLines(fields.get('ratelimit-policy'))) ?? []
  const states = parseFieldList(joinLines(fields.get('ratelimit'))) ?? []
  const quotas = new Map<string, Quota>()
  const others = new Set<string>()
  for (const item of policies) {
    const name = nameOf(item)
    if (name === null) continue
    const unit = item.parameters.get('qu')
    if (unit !== undefined && unit !== 'requests') {
      others.add(name)
      continue
    }
    // Drafts before the ninth had the quota itself in the place of the name.
    const limit = numberOf(item.parameters.get('q')) ?? (typeof item.value === 'number' ? item.value : null)
    const windowMs = believeWindow(secondsOf(item.parameters.get('w')))
    if (believeLimit(limit) !== null) {
      quotas.set(name, { limit: believeLimit(limit), remaining: null, resetInMs: null, windowMs })
    }
  }
  let stated = false
  for (const item of states) {
    const name = nameOf(item)
    const remaining = numberOf(item.parameters.get('r'))
    if (name === null || remaining === null || others.has(name)) continue
    stated = true
    const policy = quotas.get(name)
    quotas.set(name, {
      limit: policy?.limit ?? null,
      windowMs: policy?.windowMs ?? null,
      remaining: believeRemaining(remaining, policy?.limit ?? null),
      resetInMs: believeReset(secondsOf(item.parameters.get('t'))),
    })
  }
  const all = [...quotas.values()]
  const first = all[0]
  if (first === undefined) return null
  const quota = all.reduce((tightest, next) => (isTighter(next, tightest) ? next : tightest), first)
  const names = [...(policies.length > 0 ? ['ratelimit-policy'] : []), ...(stated ? ['ratelimit'] : [])]
  return { quota, names }
}

const dateWords = /^(?=.*\d{4})(?=.*\d:\d\d)[\w ,:.+-]+$/

/**
 * Ms from the answer to a legacy reset. It has no single unit: at least 1e12 is epoch ms, at least
 * 1e9 epoch s, otherwise seconds; text is a date. Rates and probes, rule 3.
 */
function readReset(value: string, answeredAtMs: number): number | null {
  const text = value.trim()
  if (text.length > legacyCharsMax) return null
  if (/^\d{1,16}(?:\.\d{1,9})?$/.test(text)) {
    const amount = Number(text)
    if (amount >= 1e12) return believeReset(amount - answeredAtMs)
    if (amount >= 1e9) return believeReset(amount * 1000 - answeredAtMs)
    return believeReset(amount * 1000)
  }
  const atMs = dateWords.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : believeReset(atMs - answeredAtMs)
}

function readCount(value: string | undefined): number | null {
  if (value === undefined || value.length > legacyCharsMax) return null
  // Some write the policy behind the number: `100, 100;w=60`.
  const digits = /^\s*(\d{1,15})(?=\s*(?:$|[,;]))/.exec(value)?.[1]
  return digits === undefined ? null : Number(digits)
}

function readLegacy(fields: Fields, prefix: string, answeredAtMs: number) {
  const [limitName, remainingName, resetName] = [`${prefix}-limit`, `${prefix}-remaining`, `${prefix}-reset`]
  const first = (name: string): string | undefined => fields.get(name)?.[0]
  const limitText = first(limitName)
  const resetText = first(resetName)
  const limit = believeLimit(readCount(limitText))
  const remaining = believeRemaining(readCount(first(remainingName)), limit)
  const resetInMs = resetText === undefined ? null : readReset(resetText, answeredAtMs)
  if (limit === null && remaining === null && resetInMs === null) return null
  const windowText = limit === null ? undefined : /;\s*w(?:indow)?=(\d{1,6})\b/.exec(limitText ?? '')?.[1]
  const windowMs = windowText === undefined ? null : believeWindow(Number(windowText) * 1000)
  const names = [
    ...(limit === null ? [] : [limitName]),
    ...(remaining === null ? [] : [remainingName]),
    ...(resetInMs === null ? [] : [resetName]),
  ]
  return { quota: { limit, remaining, resetInMs, windowMs } satisfies Quota, names, resetName }
}

/** Epoch ms at which the answer was made, by its own clock where it tells. */
function findAnsweredAtMs(fields: Fields, nowMs: number): number {
  const date = fields.get('date')?.[0]
  return (date === undefined ? null : parseHttpDate(date.trim())) ?? nowMs
}

const isCached = (fields: Fields): boolean => Number(fields.get('age')?.[0] ?? 0) > 0

/** Cheap look, so that an answer without any such header costs next to nothing. */
function hasRateHeader(headers: readonly Header[]): boolean {
  return headers.some(([name]) => /^(?:x-)?rate-?limit/i.test(name))
}

function findQuota(headers: readonly Header[], nowMs: number) {
  if (!hasRateHeader(headers)) return null
  const fields = collectFields(headers)
  if (isCached(fields)) return null
  const structured = readStructured(fields)
  const answeredAtMs = findAnsweredAtMs(fields, nowMs)
  const legacy =
    readLegacy(fields, 'ratelimit', answeredAtMs) ??
    readLegacy(fields, 'x-ratelimit', answeredAtMs) ??
    readLegacy(fields, 'x-rate-limit', answeredAtMs)
  return { fields, structured, legacy }
}

/** A header as it may be shown. Redacted before it is cut: half a key no longer looks like one. */
function showHeader(name: string, value: string): Header {
  const shown = redactHeader(name, value)
  return [name, shown.length <= toldCharsMax ? shown : `${shown.slice(0, toldCharsMax)}…`]
}

/**
 * Reads the rate-limit headers of an answer in all known dialects; the structured fields before the
 * legacy ones. Null when nothing believable was said, or the answer comes from a cache. Malformed
 * fields are ignored, and numbers cut at what can be. `nowMs` is epoch ms. Rates and probes, rule 3.
 */
export function readRateHeaders(headers: readonly Header[], nowMs: number): RateReading | null {
  const found = findQuota(headers, nowMs)
  const source = found?.structured ?? found?.legacy
  if (found === null || source === null || source === undefined) return null
  const told = source.names.flatMap((name) =>
    (found.fields.get(name) ?? []).slice(0, 4).map((value) => showHeader(name, value)),
  )
  return { ...source.quota, told }
}

/**
 * The wait that an answer asks for, in the order of trust: `Retry-After`, then `RateLimit`'s `t`,
 * then a legacy reset. Null when none of them says something believable. Rates and probes, rule 1.
 */
export function readToldWait(headers: readonly Header[], nowMs: number): ToldWait | null {
  const retryAfter = readRetryAfter(headers, nowMs)
  if (retryAfter !== null) {
    return { ms: retryAfter.ms, cause: 'retry-after', header: showHeader('retry-after', retryAfter.value) }
  }
  const found = findQuota(headers, nowMs)
  if (found === null) return null
  const { structured, legacy, fields } = found
  const stated = structured?.quota.resetInMs ?? null
  if (stated !== null) {
    return { ms: stated, cause: 'reset', header: showHeader('ratelimit', joinLines(fields.get('ratelimit'))) }
  }
  const reset = legacy?.quota.resetInMs ?? null
  if (legacy === null || reset === null) return null
  return { ms: reset, cause: 'reset', header: showHeader(legacy.resetName, fields.get(legacy.resetName)?.[0] ?? '') }
}
