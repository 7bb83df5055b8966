import type { GeneratedMailbox, MailAccount, MailAddress, MailLabel, MailMessage } from '../mailbox.ts'
import { writeBillingMail } from './billing-mail.ts'
import { writeHostileMail } from './hostile-mail.ts'
import {
  type AccountName,
  accountAddresses,
  createCalendar,
  type LabelName,
  type MailSpec,
  resolveWhen,
} from './mail-spec.ts'
import { createPrng } from './prng.ts'
import { writeRoutineExchange } from './routine-mail.ts'
import { writeScoutMail } from './scout-mail.ts'
import { writeSupportMail } from './support-mail.ts'

const dayMs = 86_400_000

const accountNames: Readonly<Record<AccountName, string>> = {
  support: 'Support agent',
  billing: 'Billing agent',
  scout: 'Scout EU',
}

// Colours are of the ten that the service picks from. API reference, section 8.
const labelDefinitions: ReadonlyArray<readonly [LabelName, color: string, description: string | null]> = [
  ['auto-replied', '#8b5cf6', 'Answered without a person'],
  ['invoice', '#0ea5e9', null],
  ['needs-human', '#ef4444', 'A person has to answer'],
  ['refund', '#f97316', null],
  ['vendor', '#22c55e', 'From those who sell to us'],
]

// 150 messages in all. What is not written by hand is routine.
const sizes: Readonly<Record<AccountName, Readonly<Record<MailSpec['folder'], number>>>> = {
  support: { INBOX: 62, Sent: 14, Drafts: 2, Spam: 6, Trash: 5 },
  billing: { INBOX: 28, Sent: 6, Drafts: 1, Spam: 2, Trash: 2 },
  scout: { INBOX: 14, Sent: 4, Drafts: 1, Spam: 2, Trash: 1 },
}
const accounts = ['support', 'billing', 'scout'] as const
const autoReplied = 31

// Lists look like those of accounts that have been in use for a while.
const lastUids: Readonly<Record<MailSpec['folder'], number>> = {
  INBOX: 4832,
  Sent: 1207,
  Drafts: 88,
  Spam: 541,
  Trash: 962,
}

function addRoutineMail(written: readonly MailSpec[], seed: string): MailSpec[] {
  const specs = [...written]
  let toLabel = autoReplied - specs.filter(({ labels }) => labels?.includes('auto-replied')).length
  for (const account of accounts) {
    const prng = createPrng(`${seed}/routine/${account}`)
    const missing = (folder: MailSpec['folder']): number =>
      sizes[account][folder] - specs.filter((spec) => spec.account === account && spec.folder === folder).length
    const labelOf = (): { labels?: readonly LabelName[] } => {
      if (account !== 'support' || toLabel <= 0) return {}
      toLabel -= 1
      return { labels: ['auto-replied'] }
    }
    let replies = missing('Sent')
    let trash = missing('Trash')
    for (let at = 0, inbox = missing('INBOX'); inbox > 0 || replies > 0 || trash > 0; at += 1) {
      const { message, reply } = writeRoutineExchange(account, at, prng)
      if (inbox === 0) {
        // Older than the whole inbox: thrown away, or gone while its answer is still there.
        if (trash > 0) specs.push({ ...message, folder: 'Trash' })
        trash -= trash > 0 ? 1 : 0
      } else {
        inbox -= 1
        const answered = reply !== null && (account !== 'billing' || replies > 0)
        specs.push({ ...message, answered, ...(answered ? labelOf() : {}) })
      }
      if (reply !== null && replies > 0) {
        replies -= 1
        specs.push({ ...reply, ...labelOf() })
      }
    }
  }
  return specs
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.indexOf('@') + 1)
}

/** Message-IDs from the root of the thread to the message that is answered. */
function findReferences(
  spec: MailSpec,
  byKey: ReadonlyMap<string, MailSpec>,
  idOf: (spec: MailSpec) => string,
): string[] {
  const parent = spec.answers === undefined ? undefined : byKey.get(spec.answers)
  return parent === undefined ? [] : [...findReferences(parent, byKey, idOf), idOf(parent)]
}

/** Everything that a seed makes, as it stands at `nowMs` in local time. Pure: the same input gives the same mailbox. */
export function generateMailbox(seed: string, nowMs: number): GeneratedMailbox {
  const prng = createPrng(seed)
  const midnight = resolveWhen({ daysAgo: 0, hour: 0, minute: 0 }, nowMs)
  const mailAccounts: MailAccount[] = accounts.map((account, at) => ({
    id: prng.uuid(),
    email: accountAddresses[account],
    name: accountNames[account],
    createdAtMs: midnight - (97 - at * 11) * dayMs,
  }))
  const labels: MailLabel[] = labelDefinitions.map(([name, color, description], at) => ({
    id: prng.uuid(),
    name,
    color,
    description,
    createdAtMs: midnight - (90 - at) * dayMs,
  }))
  const labelIds = new Map(labels.map(({ name, id }) => [name, id]))

  const calendar = createCalendar(nowMs)
  const written = [
    ...writeHostileMail(calendar),
    ...writeSupportMail(calendar),
    ...writeBillingMail(calendar),
    ...writeScoutMail(),
  ]
  const specs = addRoutineMail(written, seed)
  const ids = new Map(specs.map((spec) => [spec, `<${prng.hex(2)}@${domainOf(spec.from)}>`]))
  const idOf = (spec: MailSpec): string => ids.get(spec) ?? ''
  const byKey = new Map(specs.flatMap((spec) => (spec.key === undefined ? [] : [[spec.key, spec] as const])))
  const dated = specs
    .map((spec) => ({ spec, dateMs: resolveWhen(spec.when, nowMs) }))
    .sort((a, b) => b.dateMs - a.dateMs)

  const uids = { ...Object.fromEntries(accounts.map((account) => [account, { ...lastUids }])) }
  const messages = dated.map(({ spec, dateMs }): MailMessage => {
    const folders = uids[spec.account] ?? { ...lastUids }
    const uid = folders[spec.folder]
    folders[spec.folder] = uid - (prng.below(4) === 0 && spec.folder !== 'INBOX' ? 2 : 1)
    const references = findReferences(spec, byKey, idOf)
    return {
      account: accountAddresses[spec.account],
      folder: spec.folder,
      uid,
      messageId: idOf(spec),
      from: spec.from,
      to: spec.to ?? [{ address: accountAddresses[spec.account], name: null }],
      cc: spec.cc ?? [],
      replyTo: spec.replyTo ?? null,
      subject: spec.subject,
      dateMs,
      text: spec.text,
      html: spec.html ?? null,
      attachments: spec.attachments ?? [],
      inReplyTo: references.at(-1) ?? null,
      references,
      seen: spec.unread !== true,
      answered: spec.answered === true,
      draft: spec.folder === 'Drafts',
      labels: (spec.labels ?? []).flatMap((name) => {
        const labelId = labelIds.get(name)
        return labelId === undefined ? [] : [{ labelId, appliedBy: 'triage-agent', appliedAtMs: dateMs + 2_000 }]
      }),
    }
  })
  return { accounts: mailAccounts, labels, messages }
}
