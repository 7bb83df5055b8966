import * as z from 'zod/mini'
import { limits } from '../limits.ts'

/** An email account that a key reaches. */
export const Account = z.object({ email: z.string(), name: z.string() })
export type Account = z.infer<typeof Account>

/** A mail address with the name it came with. */
export const Address = z.object({ address: z.string(), name: z.nullable(z.string()) })
export type Address = z.infer<typeof Address>

/** Name of a folder as the server spells it. */
export const FolderName = z.string().check(z.minLength(1), z.maxLength(limits.folderCharsMax))

/** Address of an account as given to the API. */
export const AccountAddress = z.string().check(z.minLength(3), z.maxLength(limits.addressCharsMax))

/** Name of a label. API reference, section 8. */
export const LabelName = z.string().check(z.minLength(1), z.maxLength(limits.labelNameCharsMax))

/** Id of a label as the server gave it: opaque. */
export const LabelId = z.string().check(z.minLength(1), z.maxLength(limits.labelIdCharsMax))

/** Colour of a label. */
export const LabelColor = z.string().check(z.regex(/^#[0-9a-fA-F]{6}$/))

/** A label definition. */
export const Label = z.object({
  id: z.string(),
  name: z.string(),
  /** `#rrggbb`. */
  color: z.string(),
  count: z.nullable(z.int()),
})
export type Label = z.infer<typeof Label>

/** A message as a list shows it. `dateMs` is null when the server's date is no date. */
export const MessagePreview = z.object({
  uid: z.int(),
  from: Address,
  to: z.array(Address),
  subject: z.string(),
  dateMs: z.nullable(z.number()),
  snippet: z.string(),
  unread: z.boolean(),
  hasAttachments: z.boolean(),
  /** Message-IDs that tie it to a conversation, its own first; absent where the server gives none. */
  thread: z.optional(z.array(z.string())),
  /** Names of its labels; absent where the server does not say. */
  labels: z.optional(z.array(z.string())),
})
export type MessagePreview = z.infer<typeof MessagePreview>

/** The newest messages of one folder, newest first. `total` is what the server said. */
export const MessageList = z.object({
  messages: z.array(MessagePreview),
  total: z.int(),
  callId: z.int(),
})
export type MessageList = z.infer<typeof MessageList>

/** An attachment without its content. */
export const Attachment = z.object({ filename: z.string(), contentType: z.string(), bytes: z.int() })
export type Attachment = z.infer<typeof Attachment>

/**
 * One message. HTML never enters the page: `htmlUrl` names an isolated document that main serves
 * (`app://mail/<id>`), or is null when the message has none.
 */
export const Message = z.object({
  uid: z.int(),
  messageId: z.string(),
  from: Address,
  to: z.array(Address),
  cc: z.array(Address),
  replyTo: z.nullable(z.string()),
  subject: z.string(),
  dateMs: z.nullable(z.number()),
  text: z.nullable(z.string()),
  htmlUrl: z.nullable(z.string()),
  htmlHasRemoteContent: z.boolean(),
  attachments: z.array(Attachment),
  unread: z.boolean(),
  callId: z.int(),
})
export type Message = z.infer<typeof Message>
