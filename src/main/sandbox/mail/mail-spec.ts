import type { MailAddress, MailAttachment } from '../mailbox.ts'

/** The accounts of the mailbox, by what they are for. */
export const accountAddresses = {
  support: 'support-agent@sandbox.test',
  billing: 'billing-agent@sandbox.test',
  scout: 'scout-eu@sandbox.test',
} as const
export type AccountName = keyof typeof accountAddresses

/** Labels of the mailbox. */
export type LabelName = 'auto-replied' | 'invoice' | 'needs-human' | 'refund' | 'vendor'

/** When a message came: minutes before now (today), or a day and a local time of day. */
export type When =
  | { readonly minutesAgo: number }
  | { readonly daysAgo: number; readonly hour: number; readonly minute: number }

/** One message as it is written down. */
export interface MailSpec {
  readonly account: AccountName
  readonly folder: 'INBOX' | 'Sent' | 'Drafts' | 'Spam' | 'Trash'
  readonly when: When
  readonly from: MailAddress
  /** The account itself by default. */
  readonly to?: readonly MailAddress[]
  readonly cc?: readonly MailAddress[]
  readonly replyTo?: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  readonly attachments?: readonly MailAttachment[]
  readonly labels?: readonly LabelName[]
  readonly unread?: boolean
  readonly answered?: boolean
  /** Name that other messages of the thread refer to. */
  readonly key?: string
  /** `key` of the message that this one answers. */
  readonly answers?: string
}

/** Dates that texts mention, so that they never look stale. */
export interface Calendar {
  /** As `20 March 2026`; negative numbers are days ago. */
  day(daysAhead: number): string
  /** As `March`. */
  month(monthsAhead: number): string
  readonly year: number
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

function nameMonth(date: Date): string {
  return monthNames[date.getMonth()] ?? monthNames[0]
}

/** Makes the calendar of a moment, in local time and English. Without Intl, whose first use is slow. */
export function createCalendar(nowMs: number): Calendar {
  const now = new Date(nowMs)
  return {
    day(daysAhead) {
      const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + daysAhead, 12)
      return `${date.getDate()} ${nameMonth(date)} ${date.getFullYear()}`
    },
    month: (monthsAhead) => nameMonth(new Date(now.getFullYear(), now.getMonth() + monthsAhead, 15)),
    year: now.getFullYear(),
  }
}

/** A person or a machine that writes. */
export function person(name: string | null, address: string): MailAddress {
  return { name, address }
}

/** Minutes before now. */
export function ago(minutesAgo: number): When {
  return { minutesAgo }
}

/** A local time of day, so many days ago. */
export function day(daysAgo: number, hour: number, minute: number): When {
  return { daysAgo, hour, minute }
}

/** An attachment; the size is in bytes. */
export function file(filename: string, contentType: string, size: number): MailAttachment {
  return { filename, contentType, size }
}

// The oldest of today's messages was written this many minutes before the newest look at it.
const todayMinutes = 180

/**
 * Epoch ms of a moment. Early in the day today's messages move closer together, so that they stay
 * within today.
 */
export function resolveWhen(when: When, nowMs: number): number {
  const midnight = new Date(nowMs)
  midnight.setHours(0, 0, 0, 0)
  if ('minutesAgo' in when) {
    const scale = Math.min(1, (nowMs - midnight.getTime()) / (todayMinutes * 60_000))
    return Math.round(nowMs - when.minutesAgo * 60_000 * scale)
  }
  const moment = new Date(midnight)
  moment.setDate(moment.getDate() - when.daysAgo)
  moment.setHours(when.hour, when.minute, 0, 0)
  return moment.getTime()
}
