import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'

/** The numbers of a rate policy. */
export type RateFieldName = Exclude<keyof RatePolicy, 'pacing'>

/** One number of the policy as a person types it. */
export interface RateField {
  readonly name: RateFieldName
  readonly label: string
  /** Stands behind the number. */
  readonly unit: string
  /** How many of the stored unit are one of the typed one. */
  readonly scale: number
  /** Bounds, in the typed unit. */
  readonly least: number
  readonly most: number
  readonly hint: string
}

const second = { scale: 1000, least: 0, most: 3600 } as const

/** All numbers of the policy in the order of the form. Defaults: rates and probes, rules 1, 2, 5 and 7. */
export const rateFields: readonly RateField[] = [
  {
    name: 'attemptsMax',
    label: 'Attempts',
    unit: 'attempts at most',
    scale: 1,
    least: 1,
    most: 10,
    hint: 'Of one call, the first included. Sends whose outcome is unknown are never repeated.',
  },
  {
    name: 'refusedBaseMs',
    label: 'Backoff after a 429',
    unit: 's',
    ...second,
    hint: 'Only when the server does not say how long to wait. It doubles with each attempt; the wait is drawn from 0 up to it.',
  },
  {
    name: 'failedBaseMs',
    label: 'Backoff after a failure',
    unit: 's',
    ...second,
    hint: 'After a 5xx or a lost connection. It doubles with each attempt too.',
  },
  {
    name: 'capMs',
    label: 'Longest backoff',
    unit: 's',
    ...second,
    hint: 'A computed wait is never longer. One told by the server is kept whatever this says.',
  },
  {
    name: 'budgetPercent',
    label: 'Retry budget',
    unit: '% of the last minute’s calls',
    scale: 1,
    least: 0,
    most: 100,
    hint: 'Beyond it nothing is repeated, so that a server in trouble is left alone.',
  },
  {
    name: 'budgetFloor',
    label: 'Least retries',
    unit: 'retries a minute',
    scale: 1,
    least: 0,
    most: 1000,
    hint: 'Always allowed, however few calls there were.',
  },
  {
    name: 'concurrencyMax',
    label: 'At the same time',
    unit: 'calls of a rate group',
    scale: 1,
    least: 1,
    most: 100,
    hint: 'More wait for a place; your clicks go first.',
  },
  {
    name: 'interactiveCapMs',
    label: 'Longest told wait',
    unit: 's',
    ...second,
    hint: 'When the server asks for more, the call is parked and you decide. It is never sent earlier.',
  },
]

/** A number of the policy as it stands in its field. */
export function formatRate({ name, scale }: RateField, policy: RatePolicy): string {
  return String(policy[name] / scale)
}

/** The default of a number with its unit, as `Default: 20 s`. */
export function describeDefault(field: RateField): string {
  return `Default: ${formatRate(field, defaultRatePolicy)} ${field.unit === 's' || field.unit.startsWith('%') ? field.unit.slice(0, 1) : ''}`.trim()
}

/** True while a number is the one of a new profile. */
export function isDefault({ name }: RateField, policy: RatePolicy): boolean {
  return policy[name] === defaultRatePolicy[name]
}

/** What was typed as a number of the policy, or the sentence that says what to type. */
export function readRate(
  { least, most, scale, unit }: RateField,
  text: string,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly fault: string } {
  const typed = text.trim().replace(/,(?=\d{3}(\D|$))/g, '')
  const whole = scale === 1
  const pattern = whole ? /^\d{1,6}$/ : /^\d{1,6}(\.\d{1,3})?$/
  const value = Number(typed)
  if (pattern.test(typed) && value >= least && value <= most) return { ok: true, value: Math.round(value * scale) }
  const kind = whole ? 'a whole number' : 'seconds, with three decimals at most,'
  const what = unit.startsWith('%') ? `${kind} of percent` : kind
  return { ok: false, fault: `Give ${what} from ${least} to ${most.toLocaleString('en-US')}.` }
}
