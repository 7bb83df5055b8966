import { describe, expect, test } from 'vitest'
import { OperationId } from '../../../shared/model/operation.ts'
import { operations } from '../../../shared/operations.ts'
import { createConsole } from './console-store.ts'
import {
  buildRequest,
  checkDraft,
  createDraft,
  formatText,
  readRequest,
  setMember,
  setText,
  takeExample,
} from './draft.ts'
import { describeFault, describePlace, tellUnplaced } from './field-text.ts'
import { joinList, splitList } from './list-text.ts'
import { groupOperations, operationCount } from './operation-names.ts'

const account = 'agent@example.org'
const { sendEmail, listEmails, createAccount, deleteAccount } = operations

describe('the list', () => {
  test('has every operation once, documented before unofficial', () => {
    const groups = groupOperations('')
    const ids = groups.flatMap((group) => group.operations.map(({ id }) => id))
    expect(ids).toHaveLength(operationCount)
    expect(new Set(ids)).toEqual(new Set(OperationId.options))
    expect(groups.map(({ title }) => title)).toEqual(['Emails', 'Drafts', 'Labels', 'Webhooks', 'Unofficial, 17'])
  })

  test('is found by name, path, method and effect', () => {
    const find = (text: string) => groupOperations(text).flatMap((group) => group.operations.map(({ id }) => id))
    expect(find('destructive labels')).toEqual(['deleteLabel'])
    expect(find('post /emails/send')).toEqual(['sendEmail'])
    expect(find('Mark READ')).toEqual(['updateEmail'])
    expect(find('nothing like it')).toEqual([])
  })
})

describe('form and JSON are in step', () => {
  test('a new draft has the account in force, but never the one to delete', () => {
    expect(createDraft(listEmails, account).parameters.members).toEqual({ account })
    expect(createDraft(sendEmail, account).body?.members).toEqual({ from: account })
    expect(createDraft(deleteAccount, account).parameters.members).toEqual({})
    expect(createDraft(listEmails, null).parameters.text).toBe('{}')
  })

  test('the form writes the JSON in its own order', () => {
    let draft = createDraft(sendEmail, account)
    draft = setMember(sendEmail, draft, 'body', 'text', 'Hello')
    draft = setMember(sendEmail, draft, 'body', 'to', ['a@example.com'])
    expect(draft.body?.text).toBe(
      '{\n  "from": "agent@example.org",\n  "to": [\n    "a@example.com"\n  ],\n  "text": "Hello"\n}',
    )
    draft = setMember(sendEmail, draft, 'body', 'text', undefined)
    expect(draft.body?.members).toEqual({ from: account, to: ['a@example.com'] })
  })

  test('the JSON fills the form, keeps members that the form has not, and says why it is none', () => {
    let draft = setText(createDraft(sendEmail, account), 'body', '{"subject": "x", "own": [1]}')
    expect(draft.body).toEqual({
      members: { subject: 'x', own: [1] },
      text: '{"subject": "x", "own": [1]}',
      fault: null,
    })
    draft = setText(draft, 'body', '{"subject": ')
    expect(draft.body?.members).toEqual({ subject: 'x', own: [1] })
    expect(draft.body?.fault).toContain('The JSON has a mistake')
    expect(buildRequest(sendEmail, draft)).toBe(null)
    expect(formatText(draft, 'body')).toBe(draft)
    expect(setText(draft, 'body', '[1]').body?.fault).toContain('must be an object')
    draft = formatText(setText(draft, 'body', '{"own":1}'), 'body')
    expect(draft.body?.text).toBe('{\n  "own": 1\n}')
    draft = setMember(sendEmail, draft, 'body', 'subject', 'y')
    expect(draft.body?.members).toEqual({ subject: 'y', own: 1 })
  })

  test('a kept request comes back as it was', () => {
    const draft = takeExample(sendEmail, createDraft(sendEmail, account), account)
    const request = buildRequest(sendEmail, draft)
    if (request === null) throw new Error('the example cannot be sent')
    expect(JSON.parse(request.body ?? '')).toMatchObject({ from: account })
    expect(readRequest(sendEmail, request)).toEqual(draft)
    expect(checkDraft(sendEmail, draft)).toEqual([])
  })

  test('an optional body that is empty is not sent', () => {
    expect(buildRequest(createAccount, createDraft(createAccount, account))?.body).toBe(null)
    const named = setMember(createAccount, createDraft(createAccount, account), 'body', 'name', 'x')
    expect(buildRequest(createAccount, named)?.body).toBe('{"name":"x"}')
  })
})

test.each([
  ['a@example.com, b@example.com', ['a@example.com', 'b@example.com']],
  ['"Doe, Jane" <jane@example.com>,b@example.com', ['"Doe, Jane" <jane@example.com>', 'b@example.com']],
  ['"Doe, Ja', ['"Doe', 'Ja']],
  [' ,, ', []],
])('a list is cut at commas, but not within a name: %s', (text, items) => {
  expect(splitList(text)).toEqual(items)
  expect(splitList(joinList(items))).toEqual(items)
})

test('every fault has a sentence with its place', () => {
  const draft = setText(createDraft(sendEmail, account), 'body', '{"to": [1], "attachments": [{"content": "%"}]}')
  const words = checkDraft(sendEmail, draft).map((fault) => `${describePlace(fault)} ${describeFault(fault)}`)
  expect(words).toEqual([
    ' This is required.',
    ' This is required.',
    '[1] This must be a text.',
    '[1].filename This is required.',
    '[1].content This must be Base64.',
    ' Fill in text or html: at least one is required.',
  ])
})

test.each([
  [
    'JSON of the side that is not on screen',
    setText(createDraft(sendEmail, account), 'parameters', '{'),
    'Parameters: ',
  ],
  ['JSON that is none', setText(createDraft(sendEmail, account), 'body', '{'), 'Body: The JSON has a mistake'],
  [
    'a body that is too long',
    setMember(sendEmail, createDraft(sendEmail, account), 'body', 'text', 'x'.repeat(400_000)),
    'The body has more than 400,000 characters',
  ],
  [
    'a parameter that the form has not',
    setText(createDraft(listEmails, account), 'parameters', `{"account":"${account}","page":2}`),
    'Parameter page: This operation has no parameter',
  ],
  ['what the form shows itself', createDraft(sendEmail, account), null],
] as const)('nothing keeps a request back in silence: %s', (_name, draft, words) => {
  const operation = draft.body === null ? listEmails : sendEmail
  const told = tellUnplaced(operation, draft, checkDraft(operation, draft))
  if (words === null) expect(told).toBeNull()
  else expect(told).toContain(words)
})

describe('sending', () => {
  type Bridge = Parameters<typeof createConsole>[0]

  function openConsole(answers: Readonly<Record<string, unknown>>) {
    const asked: { name: string; input: unknown }[] = []
    const bridge = (async (name: string, input: unknown) => {
      asked.push({ name, input })
      return answers[name]
    }) as Bridge
    return { desk: createConsole(bridge), asked }
  }

  test('what is wrong is not sent, and is shown', async () => {
    const { desk, asked } = openConsole({})
    desk.select('sendEmail')
    expect(await desk.send('dev', account)).toBe(false)
    expect(desk.store.getState().tried).toBe('dev/sendEmail')
    expect(asked).toEqual([])
  })

  test('faults are shown of the draft that was tried alone, and an answer of another environment hides none', async () => {
    let answer = (_result: unknown): void => undefined
    const bridge = (async (name: string): Promise<unknown> =>
      name === 'console.send' ? new Promise((resolve) => (answer = resolve)) : { ok: false, error: {} }) as Bridge
    const desk = createConsole(bridge)
    const sent = desk.send('dev', account)
    desk.select('sendEmail')
    expect(await desk.send('prod', account)).toBe(false)
    answer({ ok: false, error: { kind: 'CANCELLED' } })
    expect(await sent).toBe(true)
    expect(desk.store.getState().tried).toBe('prod/sendEmail')
    expect(desk.store.getState().responses.prod).toBeUndefined()
  })

  test('an imported request fills its draft and says what was left out, until another is chosen', async () => {
    const notes = [{ kind: 'key', names: [] }]
    const request = { operation: 'createLabel', parameters: {}, body: '{"name":"x"}' }
    const { desk, asked } = openConsole({ 'console.importCurl': { ok: true, value: { request, notes } } })
    expect(await desk.importCurl('dev')).toEqual({ ok: true, value: null })
    expect(asked).toEqual([{ name: 'console.importCurl', input: { environmentId: 'dev' } }])
    const { operation, drafts, imported } = desk.store.getState()
    expect(operation).toBe('createLabel')
    expect(drafts['dev/createLabel']?.body?.members).toEqual({ name: 'x' })
    expect(imported).toEqual({ draft: 'dev/createLabel', notes })
    desk.select('listLabels')
    expect(desk.store.getState().imported).toBeNull()
  })

  test('an import that fails leaves everything as it was', async () => {
    const error = { kind: 'CURL', fault: 'not-curl', name: '' }
    const { desk } = openConsole({ 'console.importCurl': { ok: false, error } })
    const before = desk.store.getState()
    expect(await desk.importCurl('dev')).toEqual({ ok: false, error })
    expect(desk.store.getState()).toEqual(before)
  })

  test('a large answer is read slice by slice', async () => {
    const { desk, asked } = openConsole({
      'console.send': { ok: true, value: { callId: 4, status: 200, chars: 4 } },
      'requests.get': { ok: true, value: { responseBody: { text: '{', bytes: 100_000, truncated: true } } },
      'console.body': { ok: true, value: { text: '{"a":1}', next: null } },
    })
    expect(await desk.send('dev', account)).toBe(true)
    expect(asked.map(({ name }) => name)).toEqual(['console.send', 'requests.get', 'console.body'])
    expect(desk.store.getState().responses.dev?.body).toEqual({ text: '{"a":1}', truncated: false, bytes: 100_000 })
    expect(desk.store.getState().sending).toEqual({})
  })

  test('a failure shows what the log has of it', async () => {
    const error = { kind: 'API_NOT_FOUND', apiMessage: 'Resource not found', callId: 5 }
    const body = { text: '{"success":false}', bytes: 17, truncated: false }
    const { desk } = openConsole({
      'console.send': { ok: false, error },
      'requests.get': { ok: true, value: { responseBody: body } },
    })
    await desk.send('dev', account)
    expect(desk.store.getState().responses.dev).toMatchObject({ error, body })
  })
})
