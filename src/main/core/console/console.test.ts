import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, SavedRequest, SnippetForm } from '../../../shared/model/console.ts'
import type { OperationId } from '../../../shared/model/operation.ts'
import { fail, succeed } from '../../../shared/result.ts'
import { type SandboxServer, startSandbox } from '../../sandbox/server.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import { createAnswers } from './answers.ts'
import { createConsole } from './console.ts'
import { checkConsoleRequest } from './request.ts'
import { createSavedRequests } from './saved-requests.ts'
import { writeSnippet } from './snippets.ts'

const account = 'support-agent@sandbox.test'
const key = 'jsk_test_0123456789abcdef'

function request(
  operation: OperationId,
  parameters: ConsoleRequest['parameters'] = {},
  body: unknown = null,
): ConsoleRequest {
  return { operation, parameters, body: body === null ? null : JSON.stringify(body) }
}

describe('a request is checked again in main', () => {
  test('and becomes method, path, query and body', () => {
    const parameters = { threadId: '<a/b@c>', account: 'a+b@example.org', folder: '' }
    expect(checkConsoleRequest(request('getThread', parameters))).toMatchObject({
      ok: true,
      value: { path: '/emails/threads/%3Ca%2Fb%40c%3E', query: [['account', 'a+b@example.org']], body: null },
    })
    const body = { action: 'read' }
    expect(checkConsoleRequest(request('updateEmail', { id: 7, account }, body))).toMatchObject({
      ok: true,
      value: { path: '/emails/7', query: [['account', account]], body },
    })
  })

  test.each([
    ['a parameter that is missing', request('listEmails'), 'parameters.account'],
    ['a parameter of another type', request('getEmail', { id: 'x', account }), 'parameters.id'],
    ['a member deep inside', request('sendEmail', {}, { from: 'a', to: [1], subject: '', text: '' }), 'body.to.0'],
    ['no JSON', { ...request('createLabel'), body: '{' }, 'body'],
    ['too deep', { ...request('createLabel'), body: '['.repeat(100_000) }, 'body'],
  ] as const)('%s is a bad request', (_what, wrong, field) => {
    expect(checkConsoleRequest(wrong)).toEqual({ ok: false, error: { kind: 'BAD_REQUEST', field } })
  })

  test.each([
    ['a body', request('createLabel', {}, { name: key }), 'body'],
    ['a body that hides it', { ...request('createLabel'), body: '{"name":"\\u006ask_test_0123456789abcdef"}' }, 'body'],
    ['a name of a member', request('createAccount', {}, { [key]: 1 }), 'body'],
    ['a parameter', request('listEmails', { account: key }), 'parameters.account'],
  ] as const)('a key in %s is refused', (_what, wrong, field) => {
    expect(checkConsoleRequest(wrong)).toEqual({ ok: false, error: { kind: 'KEY_IN_TEXT', field } })
  })
})

describe('the console', () => {
  const vault = { environment: () => null, environments: () => [] }

  test('sends through the pipeline as Console and keeps the answer for its slices', async () => {
    const sent: CallInput[] = []
    const long = 'x'.repeat(limits.consoleSliceCharsMax)
    const desk = createConsole({
      vault,
      pipeline: {
        async send(input) {
          sent.push(input)
          return succeed({ callId: 9, status: 200, body: { success: true, data: long } })
        },
      },
    })
    const answer = await desk.send('t-1', 'dev', request('listLabels', { include_count: true }))
    expect(sent).toMatchObject([
      {
        environmentId: 'dev',
        operation: 'listLabels',
        effect: 'read',
        method: 'GET',
        path: '/labels',
        query: [['include_count', 'true']],
        source: 'Console',
      },
    ])
    const whole = JSON.stringify({ success: true, data: long })
    expect(answer).toEqual(succeed({ callId: 9, status: 200, chars: whole.length }))
    const first = desk.body(9, 0)
    if (!first.ok || first.value.next === null) throw new Error('there is no second slice')
    const second = desk.body(9, first.value.next)
    if (!second.ok) throw new Error('there is no second slice')
    expect(first.value.text + second.value.text).toBe(whole)
    expect(second.value.next).toBe(null)
    expect(desk.body(10, 0)).toEqual(fail({ kind: 'NOT_FOUND', what: 'call' }))
  })

  test('cancels by ticket, and only that send', async () => {
    const signals: AbortSignal[] = []
    const desk = createConsole({
      vault,
      pipeline: {
        send: (_input, signal) =>
          new Promise((resolve) => {
            if (signal === undefined) throw new Error('no signal')
            signals.push(signal)
            signal.addEventListener('abort', () => resolve(fail({ kind: 'CANCELLED', callId: null })))
          }),
      },
    })
    const one = desk.send('t-1', 'dev', request('listLabels'))
    void desk.send('t-2', 'dev', request('listLabels'))
    desk.cancel('t-3')
    desk.cancel('t-1')
    expect(await one).toEqual(fail({ kind: 'CANCELLED', callId: null }))
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    desk.cancel('t-2')
  })

  test('imports a cURL command for the environments that there are, or says why not', () => {
    const environment = {
      id: 'dev',
      kind: 'remote' as const,
      name: 'Dev',
      mark: 'blue' as const,
      baseUrl: 'https://mail.example.org/v1',
      plan: { kind: 'free' as const, perMinute: 100 },
      rateGroup: null,
      protected: false,
      position: 0,
      activeKeyId: null,
    }
    const desk = createConsole({
      vault: { environment: () => environment, environments: () => [environment] },
      pipeline: { send: async () => fail({ kind: 'OVERLOADED' }) },
    })
    expect(desk.importCurl('dev', `curl https://mail.example.org/v1/labels -H 'Authorization: Bearer ${key}'`)).toEqual(
      succeed({
        request: { operation: 'listLabels', parameters: {}, body: null },
        notes: [{ kind: 'key', names: [] }],
      }),
    )
    expect(desk.importCurl('dev', 'curl https://other.example.org/v1/labels')).toEqual(
      fail({ kind: 'CURL', fault: 'host', name: 'other.example.org' }),
    )
    expect(desk.importCurl('dev', `curl https://mail.example.org/v1/labels -d '{"name":"${key}"}'`)).toEqual(
      fail({ kind: 'KEY_IN_TEXT', field: 'body' }),
    )
  })

  test('answers are bounded in number and in size, the newest stays', () => {
    const answers = createAnswers()
    for (let id = 1; id <= limits.consoleAnswersKept + 2; id += 1) answers.keep(id, 'x')
    expect(answers.read(2, 0)).toBe(null)
    expect(answers.read(3, 0)).toEqual({ text: 'x', next: null })
    answers.keep(50, 'y'.repeat(limits.consoleAnswerCharsMax + 1))
    expect(answers.read(limits.consoleAnswersKept + 2, 0)).toBe(null)
    expect(answers.read(50, 0)?.text).toHaveLength(limits.consoleSliceCharsMax)
  })
})

describe('saved requests', () => {
  function openShelf() {
    let kept: readonly SavedRequest[] = []
    return createSavedRequests({
      clock: { nowMs: () => 5 },
      store: {
        savedRequests: () => kept,
        commit([change]) {
          if (change?.what === 'put-saved-requests') kept = change.savedRequests
          return succeed(null)
        },
      },
    })
  }

  test('are kept by name, and the same name replaces', () => {
    const shelf = openShelf()
    shelf.save('b', request('listLabels'))
    shelf.save('A', request('listWebhooks'))
    shelf.save('b', request('listAccounts'))
    expect(shelf.all().map(({ name, request: { operation } }) => [name, operation])).toEqual([
      ['A', 'listWebhooks'],
      ['b', 'listAccounts'],
    ])
    shelf.forget('A')
    expect(shelf.all().map(({ name }) => name)).toEqual(['b'])
  })

  test('hold no key and are bounded', () => {
    const shelf = openShelf()
    expect(shelf.save(key, request('listLabels'))).toMatchObject({ ok: false, error: { kind: 'KEY_IN_TEXT' } })
    expect(shelf.save('x', request('createLabel', {}, { name: key }))).toMatchObject({
      ok: false,
      error: { kind: 'KEY_IN_TEXT', field: 'body' },
    })
    expect(shelf.save('x', request('listEmails', { account: key }))).toMatchObject({ ok: false })
    expect(shelf.save('x', request('createLabel', {}, { name: 'x'.repeat(limits.savedBodyCharsMax) }))).toMatchObject({
      ok: false,
      error: { kind: 'BAD_REQUEST' },
    })
    for (let count = 0; count < limits.savedRequestsMax; count += 1) shelf.save(`n${count}`, request('listLabels'))
    expect(shelf.save('one more', request('listLabels'))).toMatchObject({ ok: false, error: { kind: 'TOO_MANY' } })
    expect(shelf.save('n0', request('listWebhooks')).ok).toBe(true)
  })
})

describe('snippets run as they are, with the key from the environment', () => {
  let server: SandboxServer
  let issued = ''
  let folder = ''
  const run = promisify(execFile)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'console-snippets-'))
    server = await startSandbox({
      port: 0,
      plan: 1000,
      windowMs: 60_000,
      limitBy: 'key',
      headers: 'none',
      statePath: null,
      issuerToken: 'issuer-token-of-this-test',
      seed: 'jasni',
    })
    issued = server.issueKey('snippets').key
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const programs: Readonly<Record<SnippetForm, { readonly file: string; readonly command: string }>> = {
    curl: { file: 'snippet.sh', command: 'sh' },
    typescript: { file: 'snippet.mjs', command: process.execPath },
    python: { file: 'snippet.py', command: 'python3' },
  }
  const nasty = 'Quotes \' " and $HOME `id` \\ \n a line, an emoji 😀, % and </script> and JASNI_BODY'

  // A machine may lack one of them: what runs nowhere here cannot be proven here.
  const isThere = (form: SnippetForm) =>
    spawnSync(form === 'curl' ? 'curl' : programs[form].command, ['--version']).status === 0
  const forms = (['curl', 'typescript', 'python'] as const).filter(isThere)

  test.each(forms)('%s', async (form) => {
    const body = { account, to: [account], subject: `${form} ${nasty}`, text: nasty, html: null }
    const { html: _none, ...draft } = body
    const checked = checkConsoleRequest(request('createDraft', {}, draft))
    const listing = checkConsoleRequest(request('listDrafts', { account, limit: 1 }))
    if (!checked.ok || !listing.ok) throw new Error('the request is refused')
    const { file, command } = programs[form]
    const path = join(folder, file)
    const env = { ...process.env, JASNI_API_KEY: issued, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
    const text = writeSnippet(server.baseUrl, checked.value, form)
    expect(text).not.toContain(issued)
    writeFileSync(path, text)
    expect((await run(command, [path], { env })).stdout).toContain('Draft saved')
    writeFileSync(path, writeSnippet(server.baseUrl, listing.value, form))
    expect((await run(command, [path], { env })).stdout).toContain('drafts')

    const listed = await fetch(`${server.baseUrl}/emails/drafts?account=${encodeURIComponent(account)}&limit=1`, {
      headers: { Authorization: `Bearer ${issued}` },
    })
    const { data } = (await listed.json()) as { data: { drafts: { subject: string; text: string }[] } }
    expect(data.drafts[0]).toMatchObject({ subject: `${form} ${nasty}`, text: nasty })
  })
})
