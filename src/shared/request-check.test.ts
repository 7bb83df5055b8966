import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { operations } from './operations.ts'
import { checkRequest, type RequestFault } from './request-check.ts'

function tell(faults: readonly RequestFault[]): string[] {
  return faults.map(({ path, kind }) => `${path.join('.')} ${kind}`)
}

const account = 'agent@example.org'

describe('a request is held against the schemas of its operation', () => {
  test('the example of every operation passes', () => {
    for (const operation of Object.values(operations)) {
      const { body, parameters } = operation
      const values = Object.fromEntries(
        parameters
          .filter(({ required }) => required)
          .map(({ name, schema }) => [name, schema.type === 'integer' ? 12 : 'x']),
      )
      expect(tell(checkRequest(operation, values, body?.example ?? null)), operation.id).toEqual([])
    }
  })

  test.each([
    ['a required parameter is missing', 'listEmails', {}, null, ['parameters.account missing']],
    ['an empty one is missing too', 'listEmails', { account: '' }, null, ['parameters.account missing']],
    ['an empty one that may be left out is left out', 'listEmails', { account, folder: '' }, null, []],
    ['a number that is a text', 'listEmails', { account, limit: '5' }, null, ['parameters.limit type']],
    ['a number below its bound', 'listEmails', { account, limit: 0 }, null, ['parameters.limit minimum']],
    ['a number above its bound', 'listEmails', { account, limit: 101 }, null, ['parameters.limit maximum']],
    ['a number with a fraction', 'getEmail', { account, id: 1.5 }, null, ['parameters.id type']],
    ['a name that no parameter has', 'listEmails', { account, page: 2 }, null, ['parameters.page unknown']],
    ['a name of a prototype', 'listEmails', { account, toString: 'x' }, null, ['parameters.toString unknown']],
    ['a body where none goes', 'listEmails', { account }, {}, ['body no-body']],
    ['no body where one is required', 'sendEmail', {}, null, ['body missing']],
    ['no body where one may be', 'createAccount', {}, null, []],
    ['a body that is a list', 'sendEmail', {}, [], ['body type']],
    [
      'members that are missing',
      'sendEmail',
      {},
      {},
      ['body.from missing', 'body.to missing', 'body.subject missing', 'body one-of-these'],
    ],
    [
      'an empty list of addresses',
      'sendEmail',
      {},
      { from: account, to: [], subject: '', text: '' },
      ['body.to min-items'],
    ],
    [
      'an address that is no text',
      'sendEmail',
      {},
      { from: account, to: ['a', 1], subject: '', html: '' },
      ['body.to.1 type'],
    ],
    [
      'a member deep inside',
      'sendEmail',
      {},
      { from: account, to: 'a', subject: '', text: '', attachments: [{ filename: 'a', content: '%' }, {}] },
      [
        'body.attachments.0.content base64',
        'body.attachments.1.filename missing',
        'body.attachments.1.content missing',
      ],
    ],
    ['a choice that does not exist', 'updateEmail', { account, id: 1 }, { action: 'seen' }, ['body.action enum']],
    ['a colour', 'createLabel', {}, { name: 'x', color: 'red' }, ['body.color pattern']],
    ['a name that is too long', 'createLabel', {}, { name: 'x'.repeat(51) }, ['body.name max-length']],
    ['an empty name', 'createLabel', {}, { name: '' }, ['body.name min-length']],
    ['no address', 'createWebhook', {}, { url: 'hooks', events: ['email.sent'] }, ['body.url uri']],
    ['no event', 'createWebhook', {}, { url: 'https://a.example', events: [] }, ['body.events min-items']],
    [
      'an event that does not exist',
      'createWebhook',
      {},
      { url: 'https://a.example', events: ['x'] },
      ['body.events.0 enum'],
    ],
    ['a member that is not known', 'createLabel', {}, { name: 'x', more: 1 }, []],
  ] as const)('%s', (_what, id, parameters, body, faults) => {
    expect(tell(checkRequest(operations[id], parameters, body))).toEqual(faults)
  })

  test('whatever it is given, it answers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(operations)),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        (operation, parameters, body) => {
          for (const { path } of checkRequest(operation, parameters, body)) {
            expect(['parameters', 'body']).toContain(path[0])
          }
        },
      ),
    )
  })
})
