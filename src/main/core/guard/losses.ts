import { limits } from '../../../shared/limits.ts'
import type { Loss } from '../../../shared/model/guard.ts'
import type { MessageList } from '../../../shared/model/message.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { readAccounts, readData, readLabels, readMessageList } from '../jasni/mail-reader.ts'
import { fillPath, operations, type ParameterValue } from '../jasni/operations.ts'
import { redactText } from '../log/redaction.ts'
import type { CallInput, Pipeline } from '../pipeline/pipeline.ts'
import type { Clock } from '../ports.ts'
import type { Vault } from '../vault/vault.ts'
import { findOperation } from './effect.ts'
import type { Guard } from './guard.ts'

/** What destructive calls take away. */
export interface Losses {
  /**
   * Says what the call behind a question would destroy. It asks the server by calls that change nothing, not even the
   * mark of an unread message, and says so where it learns nothing. NOT_FOUND when the question is closed.
   */
  describe(questionId: string): Promise<Result<Loss>>
}

type Data = Readonly<Record<string, unknown>>
type Ask = (
  operation: Operation,
  query: readonly (readonly [string, string])[],
  values?: Readonly<Record<string, ParameterValue>>,
) => Promise<Data | null>

const textCharsMax = 120
const forGood = 'There is no way back.'

/** One line of the server's or the caller's, without what could be a key, quoted. */
function quote(text: string): string {
  const line = redactText(text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim())
  return `“${line.length > textCharsMax ? `${line.slice(0, textCharsMax)}…` : line}”`
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The values that stand in the path of a call. */
function readPathValues(operation: Operation, path: string): Readonly<Record<string, string>> {
  const parts = path.split('/')
  return Object.fromEntries(
    operation.path.split('/').flatMap((part, at) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1]
      return name === undefined ? [] : [[name, decodePart(parts[at] ?? '')]]
    }),
  )
}

async function describeMessage(ask: Ask, place: { account: string; folder: string; uid: string }): Promise<string[]> {
  const { account, folder, uid } = place
  const where = `It lies in ${quote(folder)} of ${quote(account)}.`
  // A list, since it is not documented whether reading one message marks it as read.
  const query = [
    ['account', account],
    ['folder', folder],
    ['limit', String(limits.messageListMax)],
  ] as const
  const data = await ask(operations.listEmails, query)
  const list = data === null ? null : readMessageList(data)
  if (list === null) return [where, 'The server did not say what is in it.', forGood]
  const found = list.messages.find((message) => String(message.uid) === uid)
  if (found === undefined) {
    return [
      where,
      `It is not among the newest ${countOf(list.messages.length, 'message')}, so what is in it is not known here.`,
      forGood,
    ]
  }
  const subject = found.subject === '' ? 'It has no subject' : quote(found.subject)
  const from = found.from.address === '' ? '' : `, from ${quote(found.from.address)}`
  return [`${subject}${from}.`, where, forGood]
}

/** Messages of a folder, at least: `total` may be of the folder or of the answer. */
async function countFolder(ask: Ask, account: string, folder: string): Promise<number | null> {
  const query = [
    ['account', account],
    ['folder', folder],
    ['limit', String(limits.messageListMax)],
  ] as const
  const data = await ask(operations.listEmails, query)
  const list: Omit<MessageList, 'callId'> | null = data === null ? null : readMessageList(data)
  return list === null ? null : Math.max(list.total, list.messages.length)
}

async function describeAccount(ask: Ask, email: string): Promise<string[]> {
  const [received, sent, drafts] = await Promise.all(
    ['INBOX', 'Sent', 'Drafts'].map((folder) => countFolder(ask, email, folder)),
  )
  const accounts = await ask(operations.listAccounts, [])
  const name = (accounts === null ? null : readAccounts(accounts))?.find((account) => account.email === email)?.name
  const counts = [
    received == null ? null : countOf(received, 'received message'),
    sent == null ? null : countOf(sent, 'sent message'),
    drafts == null ? null : countOf(drafts, 'draft'),
  ].filter((count) => count !== null)
  return [
    ...(name === undefined || name === '' ? [] : [`It is the account of ${quote(name)}.`]),
    counts.length === 0
      ? 'Its messages go with it; the server did not say how many.'
      : `At least ${counts.join(', ')} go with it, for good.`,
    'Nothing reaches its address any more.',
  ]
}

async function describeLabel(
  ask: Ask,
  id: string,
): Promise<{ readonly name: string | null; readonly lines: string[] }> {
  const data = await ask(operations.listLabels, [['include_count', 'true']])
  const found = (data === null ? null : readLabels(data))?.find((label) => label.id === id)
  if (found === undefined) return { name: null, lines: ['The server did not say which messages carry it.', forGood] }
  const use = found.count === null ? 'the messages that carry it' : countOf(found.count, 'message')
  return { name: found.name, lines: [`It is taken off ${use}. The messages stay.`, forGood] }
}

async function describeWebhook(ask: Ask, id: string): Promise<string[]> {
  const data = await ask(operations.getWebhook, [], { webhookId: id })
  const webhook = (data?.webhook ?? null) as Data | null
  const events = Array.isArray(webhook?.events) ? webhook.events.filter((event) => typeof event === 'string') : []
  return [
    typeof webhook?.url === 'string'
      ? `It tells ${quote(webhook.url)}${events.length === 0 ? '' : ` of ${events.map((event) => quote(event)).join(', ')}`}.`
      : 'The server did not say where it delivers to.',
    'Deliveries that wait to be tried again are dropped. There is no way back.',
  ]
}

async function describeCall(ask: Ask, input: CallInput, environmentName: string): Promise<Loss> {
  const operation = findOperation(input.method, input.path)
  const query = Object.fromEntries(input.query)
  const values = operation === null ? {} : readPathValues(operation, input.path)
  const account = query.account ?? ''
  switch (operation?.id) {
    case 'deleteEmail': {
      const lines = await describeMessage(ask, { account, folder: query.folder ?? 'INBOX', uid: values.id ?? '' })
      return { title: `Delete this message in ${environmentName}?`, lines, act: 'Delete message', confirmation: null }
    }
    case 'deleteDraft':
    case 'deleteDraftByQuery': {
      const uid = values.draftId ?? query.uid ?? ''
      const lines = await describeMessage(ask, { account, folder: 'Drafts', uid })
      return { title: `Delete this draft in ${environmentName}?`, lines, act: 'Delete draft', confirmation: null }
    }
    case 'deleteLabel': {
      const { name, lines } = await describeLabel(ask, query.id ?? '')
      const title = `Delete the label ${quote(name ?? query.id ?? '')} in ${environmentName}?`
      return { title, lines, act: 'Delete label', confirmation: null }
    }
    case 'deleteWebhook': {
      const lines = await describeWebhook(ask, query.id ?? '')
      return { title: `Delete this webhook in ${environmentName}?`, lines, act: 'Delete webhook', confirmation: null }
    }
    case 'deleteAccount': {
      const email = query.email ?? ''
      const lines = await describeAccount(ask, email)
      const title = `Delete ${quote(email)} in ${environmentName}?`
      return { title, lines, act: 'Delete account', confirmation: redactText(email) }
    }
    default:
      return {
        title: `Send ${input.method} ${quote(input.path)} to ${environmentName}?`,
        lines: ['This is taken for something that cannot be undone. What it takes away is not known here.'],
        act: 'Send it',
        confirmation: environmentName,
      }
  }
}

/** Builds the description of losses over the pipeline. */
export function createLosses(parts: {
  readonly guard: Pick<Guard, 'question' | 'noteTold'>
  readonly pipeline: Pipeline
  readonly vault: Pick<Vault, 'environment'>
  readonly clock: Pick<Clock, 'sleep'>
}): Losses {
  const { guard, pipeline, vault, clock } = parts
  return {
    async describe(questionId) {
      const question = guard.question(questionId)
      const { environmentId = '', source } = question?.input ?? {}
      const environment = vault.environment(environmentId)
      if (question === null || source === undefined || environment === null) {
        return fail({ kind: 'NOT_FOUND', what: 'question' })
      }
      const late = new AbortController()
      const done = new AbortController()
      void clock.sleep(limits.lossReadMs, done.signal).then(() => late.abort())
      const ask: Ask = async (operation, query, values = {}) => {
        const { id, effect, method } = operation
        const path = fillPath(operation, values)
        const call = { environmentId, operation: id, effect, method, path, query, body: null, source }
        const answer = await pipeline.send(call, late.signal)
        return answer.ok ? readData(answer.value.body) : null
      }
      const loss = await describeCall(ask, question.input, environment.name)
      done.abort()
      // The arming may have ended meanwhile, and the question with it.
      if (guard.question(questionId) === null) return fail({ kind: 'NOT_FOUND', what: 'question' })
      guard.noteTold(questionId, loss.confirmation)
      return succeed(loss)
    },
  }
}
