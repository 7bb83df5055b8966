import type { AppError, StorageError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { formatAddress, isSameAddress } from '../../../shared/mail/addresses.ts'
import { findSendFault } from '../../../shared/mail/send-plan.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { MessagePreview } from '../../../shared/model/message.ts'
import type {
  MailContent,
  MailFile,
  MailOrigin,
  OutgoingMail,
  OutgoingState,
  OutgoingSummary,
} from '../../../shared/model/outgoing.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { Gate } from '../guard/gate.ts'
import type { ApiForms } from '../jasni/api-forms.ts'
import { readData, readMessageList } from '../jasni/mail-reader.ts'
import { operations } from '../jasni/operations.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Clock, FileDesk, Log, OutboxStore, Random } from '../ports.ts'
import { createDraftCopies, isSameDraft } from './draft-copies.ts'
import { isKeyInFile, isUntouched, keptPart, refuseKeys, summarizeMail } from './mail-records.ts'
import { buildCall, buildSend, encodeBase64, isSurelyUnsent, type SentFile } from './outgoing-call.ts'

/**
 * Drafts and the outbox. A message is kept with every change; a send is journalled before it leaves, so that the end of
 * the process at any moment leaves it either unsent and waiting for a person, or of unknown outcome, never sent twice.
 */
export interface Outbox {
  /** All that are kept, oldest first. */
  list(): readonly OutgoingSummary[]
  get(id: string): Result<OutgoingMail>
  /** Keeps what was written. A message of a new id begins; one that is on its way is refused as `moved-on`. */
  save(input: SaveInput): Result<OutgoingSummary>
  /** Asks the person for files and adds them; null when they gave up. */
  attach(id: string): Promise<Result<OutgoingSummary | null>>
  /** Adds the files of the message that is forwarded; one call of the API. */
  attachOriginal(id: string): Promise<Result<OutgoingSummary>>
  detach(id: string, fileId: string): Result<OutgoingSummary>
  /** Sends after the time in which it can be taken back. GUARDED when the environment has to be armed first. */
  send(id: string): Result<OutgoingSummary>
  /** Takes a send back as long as it has not left: `left-already` afterwards. */
  unsend(id: string): Result<OutgoingSummary>
  /** Messages in Sent that could be the one whose outcome is unknown; one call of the API. Changes nothing. */
  checkSent(id: string): Promise<Result<readonly MessagePreview[]>>
  /** The person saw that a message of unknown outcome was sent. */
  settleSent(id: string): Result<null>
  /** Puts a message away; it can be had back for a moment. */
  discard(id: string): Result<null>
  restore(id: string): Result<OutgoingSummary>
  /** Writes the copy in Drafts now, or stops keeping one. */
  setKeepOnServer(id: string, on: boolean): Promise<Result<OutgoingSummary>>
  /** Opens a draft of the server to go on writing; the one that is kept here already when there is one. */
  openDraft(place: { environmentId: string; account: string; uid: number }): Promise<Result<OutgoingMail>>
  /** At start: what was on its way when the process ended becomes of unknown outcome, what waited waits for a person. */
  resume(): void
  /** An environment was removed: its mail goes with it. */
  forget(environmentId: string): void
  /** Ends all waiting. What is on the wire is left to the pipeline. */
  close(): void
}

/** What a person wrote. */
export interface SaveInput {
  readonly id: string
  readonly environmentId: string
  readonly content: MailContent
  readonly origin: MailOrigin | null
}

/** What the outbox works with. */
export interface OutboxDeps {
  readonly store: OutboxStore
  readonly pipeline: Pipeline
  readonly forms: Pick<ApiForms, 'send'>
  readonly gate: Gate
  readonly environment: (id: string) => Environment | null
  readonly desk: FileDesk
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly log: Log
  readonly onChange: (mails: readonly OutgoingSummary[]) => void
}

/** Pause after the last change before a draft is written to the server: each writing costs one or two requests. */
export const copyAfterMs = 8000
/** A server's clock may go this much behind ours. */
const clockSlackMs = 120_000
const sentListMax = 25
const sentMatchesMax = 3
const writable: ReadonlySet<OutgoingState['name']> = new Set(['draft', 'failed'])

/** Builds the outbox of a profile. Call `resume` once before anything else. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const { store, pipeline, gate, environment, desk, clock, random, log, onChange } = deps
  const copies = createDraftCopies(pipeline, deps.forms)
  /** What could not be kept on disk, as it is in truth: the disk says something older, which is safe after a restart. */
  const unkept = new Map<string, OutgoingMail>()
  const leaving = new Map<string, AbortController>()
  const copying = new Map<string, AbortController>()
  const copiesUnderWay = new Map<string, Promise<Result<null>>>()
  const purging = new AbortController()
  let closed = false

  const all = (): OutgoingMail[] => store.mails().map((mail) => unkept.get(mail.id) ?? mail)
  const find = (id: string): OutgoingMail | null =>
    unkept.get(id) ?? store.mails().find((mail) => mail.id === id) ?? null
  const tell = (): void => onChange(all().map(summarizeMail))
  const missing = () => fail<AppError>({ kind: 'NOT_FOUND', what: 'draft' })
  const movedOn = () => fail<AppError>({ kind: 'OUTBOX', fault: 'moved-on' })

  function put(mail: OutgoingMail): Result<null, StorageError> {
    const kept = store.put(mail)
    if (kept.ok) {
      unkept.delete(mail.id)
      tell()
    }
    return kept
  }

  /** Keeps what has happened already: a disk that refuses cannot undo it. */
  function settle(mail: OutgoingMail): void {
    if (put(mail).ok) return
    unkept.set(mail.id, mail)
    tell()
  }

  function putAndSummarize(mail: OutgoingMail): Result<OutgoingSummary> {
    const kept = put(mail)
    return kept.ok ? succeed(summarizeMail(mail)) : kept
  }

  function readFiles(mail: OutgoingMail): Result<SentFile[]> {
    const files: SentFile[] = []
    for (const { id, filename, contentType } of mail.files) {
      const bytes = store.readFile(mail.id, id)
      if (!bytes.ok) return bytes
      if (bytes.value === null) return fail({ kind: 'OUTBOX', fault: 'file-gone' })
      files.push({ filename, contentType, content: encodeBase64(bytes.value) })
    }
    return succeed(files)
  }

  /** One logical call. Journalled in the moment before it leaves; what it came to is written after. */
  async function goOut(id: string, signal: AbortSignal): Promise<void> {
    await copiesUnderWay.get(id)
    const mail = find(id)
    if (mail === null || mail.state.name !== 'queued' || signal.aborted) return
    const files = readFiles(mail)
    let startedAtMs: number | null = null
    const result = files.ok
      ? await pipeline.send(
          {
            ...buildSend(mail, files.value),
            onWire() {
              const now = find(id)
              if (signal.aborted || now === null) return fail<AppError>({ kind: 'CANCELLED', callId: null })
              startedAtMs ??= clock.nowMs()
              return put({ ...now, state: { name: 'sending', startedAtMs } })
            },
          },
          signal,
        )
      : files
    leaving.delete(id)
    const now = find(id)
    if (now === null || (now.state.name !== 'queued' && now.state.name !== 'sending')) return
    if (result.ok) {
      const messageId = readData(result.value.body)?.messageId
      const { callId } = result.value
      const sent = {
        name: 'sent',
        atMs: clock.nowMs(),
        callId,
        messageId: String(messageId ?? '').slice(0, 1000),
      } as const
      settle({ ...now, state: sent, files: [] })
      await removeCopy(now)
      return
    }
    const { error } = result
    const callId = 'callId' in error ? error.callId : null
    if (startedAtMs !== null && !isSurelyUnsent(error)) {
      log.warn('outbox.unknown', { environmentId: now.environmentId, callId })
      settle({ ...now, state: { name: 'unknown', startedAtMs, callId } })
    } else if (!closed) {
      const unsent: OutgoingState = error.kind === 'CANCELLED' ? { name: 'draft' } : { name: 'failed', error }
      settle({ ...now, state: unsent })
    }
  }

  async function leaveAfter(id: string, ms: number): Promise<void> {
    const controller = new AbortController()
    leaving.set(id, controller)
    await clock.sleep(ms, controller.signal)
    if (controller.signal.aborted) return
    try {
      await goOut(id, controller.signal)
    } catch (cause) {
      log.error('outbox.broken', cause)
    }
  }

  // ---------- copies on the server ----------

  function mayCopy({ environmentId, keepOnServer }: OutgoingMail): boolean {
    return keepOnServer && environment(environmentId)?.protected === false
  }

  /** Writes the copy of a draft. What was changed elsewhere is left as it is, and ours is put beside it. */
  async function writeCopy(id: string): Promise<Result<null>> {
    const mail = find(id)
    if (mail === null || !writable.has(mail.state.name) || isUntouched(mail)) return succeed(null)
    const place = { environmentId: mail.environmentId, account: mail.content.account }
    const wanted = keptPart(mail.content)
    const note = (change: Partial<OutgoingMail>): Result<null> => {
      const now = find(id)
      return now === null ? succeed(null) : put({ ...now, ...change })
    }
    const refuse = (error: AppError): Result<null> => {
      note({ serverNote: 'failed' })
      return fail(error)
    }
    const keep = (uid: number, serverNote: OutgoingMail['serverNote']) =>
      note({ server: { uid, content: wanted, atMs: clock.nowMs() }, serverNote })

    const { server } = mail
    if (server === null) {
      const made = await copies.create(place, wanted)
      return made.ok ? keep(made.value, null) : refuse(made.error)
    }
    if (isSameDraft(server.content, wanted)) return succeed(null)
    const found = await copies.read(place, server.uid)
    if (!found.ok) {
      if (found.error.kind !== 'API_NOT_FOUND') return refuse(found.error)
      return note({ server: null, serverNote: 'gone', keepOnServer: false })
    }
    const { value } = found
    const theirs = {
      to: value.to.map(({ address }) => address),
      cc: value.cc.map(({ address }) => address),
      subject: value.subject,
      text: value.text ?? '',
    }
    if (!isSameDraft(theirs, server.content)) {
      const made = await copies.create(place, wanted)
      return made.ok ? keep(made.value, 'conflict') : refuse(made.error)
    }
    const written = await copies.replace(place, server.uid, wanted)
    return written.ok ? keep(written.value, mail.serverNote === 'conflict' ? 'conflict' : null) : refuse(written.error)
  }

  /** One writing of a draft at a time. */
  function copyNow(id: string): Promise<Result<null>> {
    const before = copiesUnderWay.get(id) ?? Promise.resolve(succeed(null))
    const work: Promise<Result<null>> = before
      .then(() => writeCopy(id))
      .catch((cause: unknown) => fail<AppError>({ kind: 'INTERNAL', reference: log.error('outbox.copy', cause) }))
      .finally(() => {
        if (copiesUnderWay.get(id) === work) copiesUnderWay.delete(id)
      })
    copiesUnderWay.set(id, work)
    return work
  }

  async function copyLater(id: string): Promise<void> {
    copying.get(id)?.abort()
    const controller = new AbortController()
    copying.set(id, controller)
    await clock.sleep(copyAfterMs, controller.signal)
    const mail = find(id)
    if (controller.signal.aborted || mail === null || !mayCopy(mail)) return
    await copyNow(id)
  }

  /** The copy of a message that is no draft any more goes too, where nobody has to be asked. */
  async function removeCopy({ environmentId, content, server, keepOnServer }: OutgoingMail): Promise<void> {
    if (server === null || !keepOnServer || environment(environmentId)?.protected !== false) return
    await copies.remove({ environmentId, account: content.account }, server.uid)
  }

  // ---------- files ----------

  function addFile(mail: OutgoingMail, file: Omit<MailFile, 'id'>, bytes: Uint8Array): Result<OutgoingMail> {
    if (mail.files.length >= limits.mailFilesMax) return fail({ kind: 'OUTBOX', fault: 'too-many-files' })
    const total = mail.files.reduce((sum, each) => sum + each.bytes, bytes.length)
    if (total > limits.mailFilesBytesMax) return fail({ kind: 'OUTBOX', fault: 'files-too-large' })
    if (isKeyInFile(bytes)) return fail({ kind: 'KEY_IN_TEXT', field: 'file' })
    const id = random.id()
    const next: OutgoingMail = {
      ...mail,
      files: [...mail.files, { ...file, id, bytes: bytes.length }],
      changedAtMs: clock.nowMs(),
    }
    const kept = store.putFile(next, id, bytes)
    if (!kept.ok) return kept
    tell()
    return succeed(next)
  }

  /** Looks at sizes before it reads anything; adds all files or none. */
  async function addFiles(id: string, files: Awaited<ReturnType<FileDesk['chooseFiles']>>) {
    if (files === null) return succeed(null)
    if (!files.ok) return fail<AppError>({ kind: 'OUTBOX', fault: files.error })
    const before = find(id)
    if (before === null) return missing()
    const known = before.files.reduce((sum, { bytes }) => sum + bytes, 0)
    if (before.files.length + files.value.length > limits.mailFilesMax)
      return fail<AppError>({ kind: 'OUTBOX', fault: 'too-many-files' })
    if (files.value.reduce((sum, { bytes }) => sum + bytes, known) > limits.mailFilesBytesMax)
      return fail<AppError>({ kind: 'OUTBOX', fault: 'files-too-large' })
    const read: { readonly file: Omit<MailFile, 'id'>; readonly bytes: Uint8Array }[] = []
    for (const { filename, contentType, bytes: size, read: readFile } of files.value) {
      const bytes = await readFile(limits.mailFilesBytesMax)
      if (!bytes.ok) return fail<AppError>({ kind: 'OUTBOX', fault: bytes.error })
      if (isKeyInFile(bytes.value)) return fail<AppError>({ kind: 'KEY_IN_TEXT', field: 'file' })
      read.push({ file: { filename, contentType, bytes: size }, bytes: bytes.value })
    }
    for (const { file, bytes } of read) {
      const mail = find(id)
      if (mail === null) return missing()
      if (!writable.has(mail.state.name)) return movedOn()
      const added = addFile(mail, file, bytes)
      if (!added.ok) return added
    }
    const mail = find(id)
    return mail === null ? missing() : succeed(summarizeMail(mail))
  }

  // ---------- changes ----------

  function findWritable(id: string): Result<OutgoingMail> {
    const mail = find(id)
    if (mail === null || mail.state.name === 'discarded' || mail.state.name === 'sent') return missing()
    return writable.has(mail.state.name) ? succeed(mail) : movedOn()
  }

  async function purgeLater(id: string): Promise<void> {
    await clock.sleep(limits.undoDiscardMs, purging.signal)
    if (!purging.signal.aborted) await purge(id)
  }

  async function purge(id: string): Promise<void> {
    const mail = find(id)
    if (mail === null || mail.state.name !== 'discarded') return
    if (store.remove(id).ok) tell()
    await removeCopy(mail)
  }

  const outbox: Outbox = {
    list: () => all().map(summarizeMail),

    get(id) {
      const mail = find(id)
      return mail === null ? missing() : succeed(mail)
    },

    save({ id, environmentId, content, origin }) {
      const refused = refuseKeys(content)
      if (!refused.ok) return refused
      const before = find(id)
      if (before !== null) {
        const mail = findWritable(id)
        if (!mail.ok) return mail
        if (before.environmentId !== environmentId) return missing()
        const saved = putAndSummarize({
          ...mail.value,
          content,
          state: { name: 'draft' },
          changedAtMs: clock.nowMs(),
        })
        if (saved.ok) void copyLater(id)
        return saved
      }
      const place = environment(environmentId)
      if (place === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      if (store.mails().length >= limits.outgoingMax)
        return fail({ kind: 'TOO_MANY', what: 'drafts', max: limits.outgoingMax })
      const nowMs = clock.nowMs()
      const saved = putAndSummarize({
        id,
        environmentId,
        content,
        origin,
        files: [],
        state: { name: 'draft' },
        createdAtMs: nowMs,
        changedAtMs: nowMs,
        keepOnServer: !place.protected,
        server: null,
        serverNote: null,
      })
      if (saved.ok) void copyLater(id)
      return saved
    },

    async attach(id) {
      const mail = findWritable(id)
      return mail.ok ? addFiles(id, await desk.chooseFiles()) : mail
    },

    async attachOriginal(id) {
      const mail = findWritable(id)
      if (!mail.ok) return mail
      const { origin, environmentId, content } = mail.value
      if (origin === null) return missing()
      const query = [
        ['account', content.account],
        ['folder', origin.folder],
      ] as const
      const result = await pipeline.send(
        buildCall(environmentId, operations.listAttachments, { path: { id: origin.uid }, query }),
      )
      if (!result.ok) return result
      const files = readOriginalFiles(readData(result.value.body)?.attachments)
      const added = await addFiles(id, succeed(files))
      if (!added.ok) return added
      return added.value === null ? missing() : succeed(added.value)
    },

    detach(id, fileId) {
      const mail = findWritable(id)
      if (!mail.ok) return mail
      const files = mail.value.files.filter((file) => file.id !== fileId)
      return putAndSummarize({ ...mail.value, files, changedAtMs: clock.nowMs() })
    },

    send(id) {
      const mail = find(id)
      if (mail === null || mail.state.name === 'discarded' || mail.state.name === 'sent') return missing()
      const { state, environmentId } = mail
      const waits = state.name === 'queued' && state.leavesAtMs === null
      if (!waits && !writable.has(state.name) && state.name !== 'unknown') return movedOn()
      const fault = findSendFault(mail)
      if (fault !== null) return fail({ kind: 'OUTBOX', fault })
      const place = environment(environmentId)
      if (place === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      // What has no key or is not armed is said now and not when the time to take it back is over.
      if (place.activeKeyId === null) return fail({ kind: 'NO_KEY', environmentName: place.name })
      const permit = gate.admit(place, buildSend(mail, []))
      if (!permit.ok) return permit
      copying.get(id)?.abort()
      const queued = putAndSummarize({
        ...mail,
        state: { name: 'queued', leavesAtMs: clock.nowMs() + limits.undoSendMs },
      })
      if (queued.ok) void leaveAfter(id, limits.undoSendMs)
      return queued
    },

    unsend(id) {
      const mail = find(id)
      if (mail === null) return missing()
      if (mail.state.name === 'draft') return succeed(summarizeMail(mail))
      if (mail.state.name !== 'queued') return fail({ kind: 'OUTBOX', fault: 'left-already' })
      leaving.get(id)?.abort()
      leaving.delete(id)
      const back = putAndSummarize({ ...mail, state: { name: 'draft' } })
      if (!back.ok) settle({ ...mail, state: { name: 'draft' } })
      return back
    },

    async checkSent(id) {
      const mail = find(id)
      if (mail === null || mail.state.name !== 'unknown') return missing()
      const { content, environmentId, state } = mail
      const query = [
        ['account', content.account],
        ['folder', 'Sent'],
        ['limit', String(sentListMax)],
      ] as const
      const result = await pipeline.send(buildCall(environmentId, operations.listEmails, { query }))
      if (!result.ok) return result
      const data = readData(result.value.body)
      const list = data === null ? null : readMessageList(data)
      if (list === null) {
        const { status, callId } = result.value
        return fail({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
      }
      const [first = ''] = content.to
      const subject = content.subject.replace(/\s+/g, ' ').trim()
      const matches = list.messages.filter(
        (sent) =>
          sent.subject === subject &&
          (sent.dateMs === null || sent.dateMs >= state.startedAtMs - clockSlackMs) &&
          sent.to.some(({ address }) => isSameAddress(address, first)),
      )
      return succeed(matches.slice(0, sentMatchesMax))
    },

    settleSent(id) {
      const mail = find(id)
      if (mail === null || mail.state.name !== 'unknown') return missing()
      const removed = store.remove(id)
      if (!removed.ok) return removed
      unkept.delete(id)
      tell()
      void removeCopy(mail)
      return succeed(null)
    },

    discard(id) {
      const mail = find(id)
      if (mail === null || mail.state.name === 'sent') return missing()
      const waits = mail.state.name === 'queued' && mail.state.leavesAtMs === null
      if (!waits && !writable.has(mail.state.name) && mail.state.name !== 'unknown') return movedOn()
      copying.get(id)?.abort()
      const gone = put({ ...mail, state: { name: 'discarded', atMs: clock.nowMs() } })
      if (!gone.ok) return gone
      void purgeLater(id)
      return succeed(null)
    },

    restore(id) {
      const mail = find(id)
      if (mail === null || mail.state.name !== 'discarded') return missing()
      return putAndSummarize({ ...mail, state: { name: 'draft' } })
    },

    async setKeepOnServer(id, on) {
      const mail = findWritable(id)
      if (!mail.ok) return mail
      const serverNote = on ? null : mail.value.serverNote
      const kept = put({ ...mail.value, keepOnServer: on, serverNote })
      if (!kept.ok) return kept
      if (!on) copying.get(id)?.abort()
      const written = on ? await copyNow(id) : succeed(null)
      const now = find(id)
      if (!written.ok) return written
      return now === null ? missing() : succeed(summarizeMail(now))
    },

    async openDraft({ environmentId, account, uid }) {
      const known = all().find(
        (mail) =>
          mail.environmentId === environmentId &&
          mail.server?.uid === uid &&
          isSameAddress(mail.content.account, account) &&
          writable.has(mail.state.name),
      )
      if (known !== undefined) return succeed(known)
      if (environment(environmentId) === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      const found = await copies.read({ environmentId, account }, uid)
      if (!found.ok) return found
      const { to, cc, subject, text, html, attachments } = found.value
      const write = (list: typeof to) =>
        list.slice(0, limits.recipientsMax).map(({ address, name }) => formatAddress(address, name) || '?')
      const content: MailContent = {
        account,
        to: write(to),
        cc: write(cc),
        bcc: [],
        subject: subject.slice(0, limits.subjectCharsMax),
        text: (text ?? '').slice(0, limits.mailTextCharsMax),
      }
      const refused = refuseKeys(content)
      if (!refused.ok) return refused
      // What cannot be written back whole is not written back at all.
      const more = html !== null || attachments.length > 0 || (text ?? '').length > limits.mailTextCharsMax
      const nowMs = clock.nowMs()
      const mail: OutgoingMail = {
        id: random.id(),
        environmentId,
        content,
        origin: null,
        files: [],
        state: { name: 'draft' },
        createdAtMs: nowMs,
        changedAtMs: nowMs,
        keepOnServer: !more && environment(environmentId)?.protected === false,
        server: { uid, content: keptPart(content), atMs: nowMs },
        serverNote: more ? 'more' : null,
      }
      const kept = put(mail)
      return kept.ok ? succeed(mail) : kept
    },

    resume() {
      for (const mail of store.mails()) {
        const { state } = mail
        if (state.name === 'sending') {
          settle({ ...mail, state: { name: 'unknown', startedAtMs: state.startedAtMs, callId: null } })
        } else if (state.name === 'queued') settle({ ...mail, state: { name: 'queued', leavesAtMs: null } })
        else if (state.name === 'sent') store.remove(mail.id)
        else if (state.name === 'draft' && mail.server === null && isUntouched(mail)) store.remove(mail.id)
        else if (state.name === 'discarded') void purge(mail.id)
      }
      tell()
    },

    forget(environmentId) {
      for (const mail of all().filter((each) => each.environmentId === environmentId)) {
        leaving.get(mail.id)?.abort()
        copying.get(mail.id)?.abort()
        store.remove(mail.id)
        unkept.delete(mail.id)
      }
      tell()
    },

    close() {
      closed = true
      purging.abort()
      for (const controller of copying.values()) controller.abort()
      // What waits for its time is on disk as waiting and asks at the next start.
      for (const [id, controller] of leaving) if (find(id)?.state.name === 'queued') controller.abort()
    },
  }
  return outbox
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

/** The files of an answer with their content; what has none is left out. API reference, section 6.9. */
function readOriginalFiles(value: unknown) {
  const items: readonly unknown[] = Array.isArray(value) ? value.slice(0, limits.mailFilesMax + 1) : []
  return items.flatMap((item) => {
    const { filename, contentType, content } = (item ?? {}) as Readonly<Record<string, unknown>>
    const bytes = typeof content === 'string' ? decodeBase64(content) : null
    if (bytes === null) return []
    return [
      {
        filename: typeof filename === 'string' && filename !== '' ? filename.slice(0, limits.fileNameCharsMax) : 'file',
        contentType: typeof contentType === 'string' ? contentType.slice(0, 200) : 'application/octet-stream',
        bytes: bytes.length,
        read: async () => succeed(bytes),
      },
    ]
  })
}
