import type { MailAddress, MailAttachment } from '../mailbox.ts'

type Body = Readonly<Record<string, unknown>>

/** Reads members of a body; what is wrong first is kept in `fault`. */
export interface FieldReader {
  /** Sentence for people, or null while all was right. */
  readonly fault: string | null
  /** A text that must be there, and must not be empty. */
  required(name: string): string
  /** A text, or null when it is left out. */
  text(name: string): string | null
  flag(name: string, fallback: boolean): boolean
  /** Texts, or null when they are left out. */
  texts(name: string): string[] | null
  /** One address or several. */
  addresses(name: string, required?: boolean): MailAddress[]
  uid(name: string): number
  object(name: string): Body | null
  attachments(name: string): MailAttachment[]
  /** Notes a fault that the reader cannot see. */
  refuse(fault: string): void
}

const mailbox = /^\s*(?:"?([^"<>]*?)"?\s*<\s*([^<>\s]+)\s*>|([^<>\s]+))\s*$/
const recipientsMax = 100
const attachmentsMax = 50

/** An address with or without a name; null when it is none. */
export function parseAddress(text: string): MailAddress | null {
  const match = text.length > 1000 ? null : mailbox.exec(text)
  const address = match?.[2] ?? match?.[3] ?? ''
  if (!/^[^@\s,;]+@[^@\s,;]+$/.test(address)) return null
  return { address, name: match?.[1]?.trim() || null }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Without a regular expression, which exhausts the stack on some million characters.
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** Makes a reader of one body. */
export function readFields(body: Body): FieldReader {
  let fault: string | null = null
  const refuse = (sentence: string): void => {
    fault ??= sentence
  }
  /** The value when `accepts` says so; what is left out is undefined. */
  function member<T>(name: string, accepts: (value: unknown) => value is T, what: string): T | undefined {
    const value = body[name]
    if (value === undefined || value === null) return undefined
    if (accepts(value)) return value
    refuse(`${name} must be ${what}`)
    return undefined
  }
  const isText = (value: unknown): value is string => typeof value === 'string'

  return {
    get fault() {
      return fault
    },
    refuse,
    required(name) {
      const text = member(name, isText, 'a text')
      if (text === undefined || text.trim() === '') refuse(`${name} is required`)
      return text ?? ''
    },
    text: (name) => member(name, isText, 'a text') ?? null,
    flag: (name, fallback) =>
      member(name, (value): value is boolean => typeof value === 'boolean', 'true or false') ?? fallback,
    texts: (name) => member(name, isTexts, 'a list of texts') ?? null,
    addresses(name, required = false) {
      const isOneOrMore = (value: unknown): value is string | string[] =>
        isText(value) || (isTexts(value) && value.length > 0)
      const given = member(name, isOneOrMore, 'an address or a list of addresses')
      if (given === undefined) {
        if (required) refuse(`${name} is required`)
        return []
      }
      const texts = isText(given) ? [given] : given
      if (texts.length > recipientsMax) refuse(`${name} may hold ${recipientsMax} addresses`)
      return texts.slice(0, recipientsMax).flatMap((text) => {
        const address = parseAddress(text)
        if (address === null) refuse(`${name} holds something that is no address`)
        return address === null ? [] : [address]
      })
    },
    uid(name) {
      const isUid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0
      const uid = member(name, isUid, 'a whole number')
      if (uid === undefined) refuse(`${name} is required`)
      return uid ?? 0
    },
    object: (name) => member(name, isRecord, 'an object') ?? null,
    attachments(name) {
      const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length <= attachmentsMax
      const items = member(name, isList, `a list of at most ${attachmentsMax} attachments`) ?? []
      return items.flatMap((item) => {
        const { filename, content, contentType = 'application/octet-stream' } = isRecord(item) ? item : {}
        if (!isText(filename) || filename === '' || !isText(content) || !isBase64(content) || !isText(contentType)) {
          refuse(`${name} must have a filename and content in Base64 each`)
          return []
        }
        return [{ filename, contentType, content, size: Buffer.byteLength(content, 'base64') }]
      })
    },
  }
}
