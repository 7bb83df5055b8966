import * as z from 'zod/mini'
import type { AppError } from '../error.ts'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'
import { AccountAddress, FolderName } from './message.ts'

const AddressText = z.string().check(z.minLength(1), z.maxLength(limits.addressCharsMax))
const AddressTexts = z.array(AddressText).check(z.maxLength(limits.recipientsMax))
const Subject = z.string().check(z.maxLength(limits.subjectCharsMax))
const Text = z.string().check(z.maxLength(limits.mailTextCharsMax))

/** What a person writes: addresses as they were typed, one each, with or without a name. */
export const MailContent = z.object({
  /** The account that it is sent from. */
  account: AccountAddress,
  to: AddressTexts,
  cc: AddressTexts,
  bcc: AddressTexts,
  subject: Subject,
  text: Text,
})
export type MailContent = z.infer<typeof MailContent>

/** What the server keeps of a draft: no blind copies and no files. API reference, section 7. */
export const KeptContent = z.object({ to: AddressTexts, cc: AddressTexts, subject: Subject, text: Text })
export type KeptContent = z.infer<typeof KeptContent>

/** The message that is answered or forwarded. */
export const MailOrigin = z.object({
  kind: z.enum(['reply', 'reply-all', 'forward']),
  folder: FolderName,
  uid: z.int().check(z.minimum(0)),
  subject: Subject,
  /** Whom the documented reply would go to. API reference, section 6.4. */
  serverTo: AddressTexts,
  serverCc: AddressTexts,
  /** The original as it was put at the end of the text. */
  quote: z.string().check(z.maxLength(limits.mailTextCharsMax)),
  /** Files of the original. */
  files: z.int().check(z.minimum(0), z.maximum(limits.mailFilesMax * 10)),
  /** Where answers were asked to go to, when that is not the sender. */
  otherReplyTo: z.nullable(AddressText),
})
export type MailOrigin = z.infer<typeof MailOrigin>

/** A file of a message that is written here. Its bytes lie beside the record. */
export const MailFile = z.object({
  id: RecordId,
  filename: z.string(),
  contentType: z.string(),
  bytes: z.int(),
})
export type MailFile = z.infer<typeof MailFile>

/**
 * Where a message stands. `queued` leaves at `leavesAtMs`, or only when the person says so (null). `unknown`: it may
 * have been sent; nothing repeats it by itself.
 */
export const OutgoingState = z.discriminatedUnion('name', [
  z.object({ name: z.literal('draft') }),
  z.object({ name: z.literal('queued'), leavesAtMs: z.nullable(z.number()) }),
  z.object({ name: z.literal('sending'), startedAtMs: z.number() }),
  z.object({ name: z.literal('sent'), atMs: z.number(), callId: z.int(), messageId: z.string() }),
  z.object({
    name: z.literal('failed'),
    error: z.custom<AppError>((value) => typeof value === 'object' && value !== null && 'kind' in value),
  }),
  z.object({ name: z.literal('unknown'), startedAtMs: z.number(), callId: z.nullable(z.int()) }),
  z.object({ name: z.literal('discarded'), atMs: z.number() }),
])
export type OutgoingState = z.infer<typeof OutgoingState>

/**
 * What a person must know about the copy in Drafts. `conflict`: it was changed elsewhere, and both versions are kept
 * there. `gone`: it was removed elsewhere. `more`: it has an HTML part or files, which are left as they are.
 */
export const ServerNote = z.enum(['conflict', 'gone', 'more', 'failed'])
export type ServerNote = z.infer<typeof ServerNote>

/** The copy of a draft on the server, as it was last written or read. */
export const ServerCopy = z.object({ uid: z.int(), content: KeptContent, atMs: z.number() })
export type ServerCopy = z.infer<typeof ServerCopy>

/** A message on its way: a draft, or mail in the outbox. */
export const OutgoingMail = z.object({
  id: RecordId,
  environmentId: RecordId,
  content: MailContent,
  origin: z.nullable(MailOrigin),
  files: z.array(MailFile),
  state: OutgoingState,
  createdAtMs: z.number(),
  changedAtMs: z.number(),
  /** Whether a copy is kept in Drafts on the server as well. */
  keepOnServer: z.boolean(),
  server: z.nullable(ServerCopy),
  serverNote: z.nullable(ServerNote),
})
export type OutgoingMail = z.infer<typeof OutgoingMail>

/** A message as lists and the outbox show it. */
export const OutgoingSummary = z.object({
  id: RecordId,
  environmentId: RecordId,
  account: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  snippet: z.string(),
  kind: z.enum(['new', 'reply', 'reply-all', 'forward']),
  files: z.array(MailFile),
  state: OutgoingState,
  changedAtMs: z.number(),
  keepOnServer: z.boolean(),
  serverUid: z.nullable(z.int()),
  serverAtMs: z.nullable(z.number()),
  serverNote: z.nullable(ServerNote),
})
export type OutgoingSummary = z.infer<typeof OutgoingSummary>
