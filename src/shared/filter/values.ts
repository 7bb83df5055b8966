import type { Moment, NumberRange } from './filter.ts'

/** Why a text is no value of its field. */
export type ValueFault = 'bad-value' | 'no-unit' | 'range-reversed'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

type Reader = (text: string) => number | ValueFault

const readCount: Reader = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : 'bad-value')

/** A duration as `250ms`, `1.5s`, `2m`, in ms. Zero needs no unit. */
const readDuration: Reader = (text) => {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)([a-z]*)$/i.exec(text)
  if (match === null) return 'bad-value'
  const [, amount = '', unit = ''] = match
  if (unit === '') return Number(amount) === 0 ? 0 : 'no-unit'
  const size = units[unit.toLowerCase()]
  return size === undefined ? 'no-unit' : Number(amount) * size
}

const anyNumber: NumberRange = {
  min: Number.NEGATIVE_INFINITY,
  minOpen: false,
  max: Number.POSITIVE_INFINITY,
  maxOpen: false,
}

/** Reads one value of a number field: `429`, `4xx`, `>=400`, `400..499`, `..2s`. A plain duration means at least. */
export function readRange(field: 'status' | 'attempts' | 'waited' | 'took', text: string): NumberRange | ValueFault {
  const isDuration = field === 'waited' || field === 'took'
  const read = isDuration ? readDuration : readCount
  const hundreds = field === 'status' ? /^([1-5])xx$/i.exec(text) : null
  if (hundreds !== null) {
    const min = Number(hundreds[1]) * 100
    return { ...anyNumber, min, max: min + 99 }
  }
  const dots = text.indexOf('..')
  if (dots >= 0) {
    const [low, high] = [text.slice(0, dots), text.slice(dots + 2)]
    if (low === '' && high === '') return 'bad-value'
    const min = low === '' ? anyNumber.min : read(low)
    const max = high === '' ? anyNumber.max : read(high)
    if (typeof min === 'string') return min
    if (typeof max === 'string') return max
    return min > max ? 'range-reversed' : { ...anyNumber, min, max }
  }
  const compared = /^(>=|<=|>|<|=)?(.*)$/s.exec(text)
  const value = read(compared?.[2] ?? '')
  if (typeof value === 'string') return value
  switch (compared?.[1] ?? (isDuration ? '>=' : '=')) {
    case '>':
      return { ...anyNumber, min: value, minOpen: true }
    case '>=':
      return { ...anyNumber, min: value }
    case '<':
      return { ...anyNumber, max: value, maxOpen: true }
    case '<=':
      return { ...anyNumber, max: value }
    default:
      return { ...anyNumber, min: value, max: value }
  }
}

function readTimeOfDay(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text)
  if (match === null) return null
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((match[4] ?? '').padEnd(3, '0'))
}

/** Reads `-1h`, `today`, `yesterday`, `14:30`, `2026-11-24`, `2026-11-24T10:00` (local unless it ends in `Z` or an offset). */
export function readMoment(text: string): Moment | ValueFault {
  const word = text.toLowerCase()
  if (word === 'now') return { kind: 'ago', ms: 0 }
  if (word === 'today') return { kind: 'day', daysBack: 0, timeMs: 0 }
  if (word === 'yesterday') return { kind: 'day', daysBack: 1, timeMs: 0 }
  const timeMs = readTimeOfDay(text)
  if (timeMs !== null) return { kind: 'day', daysBack: 0, timeMs }
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text)
  if (iso !== null) {
    const [year, month, day] = [Number(iso[1]), Number(iso[2]), Number(iso[3])]
    const inDay = iso[4] === undefined ? 0 : readTimeOfDay(iso[4])
    const whole = new Date(Date.UTC(year, month - 1, day))
    if (inDay === null || whole.getUTCMonth() !== month - 1 || whole.getUTCDate() !== day) return 'bad-value'
    if (iso[5] === undefined) return { kind: 'at', ms: new Date(year, month - 1, day, 0, 0, 0, inDay).getTime() }
    const offset = /^([+-])(\d{2}):(\d{2})$/.exec(iso[5])
    const minutes = offset === null ? 0 : (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1)
    return { kind: 'at', ms: whole.getTime() + inDay - minutes * 60_000 }
  }
  const ago = readDuration(text.replace(/^-/, ''))
  return typeof ago === 'number' ? { kind: 'ago', ms: ago } : ago
}

/** Epoch ms of a moment, seen from `nowMs`. */
export function resolveMoment(moment: Moment, nowMs: number): number {
  switch (moment.kind) {
    case 'ago':
      return nowMs - moment.ms
    case 'at':
      return moment.ms
    case 'day': {
      const today = new Date(nowMs)
      const date = today.getDate() - moment.daysBack
      // By the clock on the wall: on the day that it changes, an hour is not where the ms since midnight say.
      return new Date(today.getFullYear(), today.getMonth(), date, 0, 0, 0, moment.timeMs).getTime()
    }
  }
}
