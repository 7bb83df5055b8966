import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { apiDocumentPath, createAnswerCheck, openApiDocument } from './api-document.ts'

test('the description of the API is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const result = await validator.validate(readFileSync(apiDocumentPath, 'utf8'))
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
  expect(validator.version).toBe('3.1')
})

test('the check finds what the description does not allow', () => {
  const check = createAnswerCheck()
  const label = { id: '1', name: 'a', color: '#aabbcc', created_at: '2024-01-15T10:30:00Z' }
  expect(check('GET', '/labels', 200, { success: true, data: { labels: [label], total: 1 } })).toEqual([])
  expect(
    check('GET', '/labels', 200, { success: true, data: { labels: [{ ...label, color: 'red' }], total: 1 } }),
  ).not.toEqual([])
  expect(check('GET', '/labels', 200, { success: true, data: { labels: [], total: '1' } })).not.toEqual([])
  expect(check('GET', '/labels', 401, { success: false })).not.toEqual([])
  expect(check('GET', '/labels', 404, { success: false, error: '' })).toEqual(['GET /labels does not declare 404'])
  expect(check('PUT', '/labels', 200, {})).toEqual(['no operation PUT /labels'])
  expect(check('GET', '/emails/drafts', 200, { success: true, data: { email: {} } })).not.toEqual([])
  const email = { uid: 1, messageId: '<a@b>', from: 'a@b', to: [], subject: '', date: 'yesterday' }
  expect(check('GET', '/emails/1', 200, { success: true, data: { email } })).toEqual([
    '/data/email/date must match format "date-time"',
  ])
})

test('the check finds requests that the description does not allow', () => {
  const { checkRequest } = openApiDocument()
  const account = 'account=agent%40example.org'
  expect(checkRequest('GET', `/emails?${account}&limit=100`, null)).toEqual([])
  expect(checkRequest('GET', '/emails', null)).toEqual(['account is missing'])
  expect(checkRequest('GET', `/emails?${account}&limit=101`, null)).toEqual(['limit must be <= 100'])
  expect(checkRequest('GET', `/emails?${account}&limit=many`, null)).toEqual(['limit must be integer'])
  expect(checkRequest('GET', `/emails?${account}&page=2`, null)).toEqual(['page is not known'])
  expect(checkRequest('GET', `/emails/abc?${account}`, null)).toEqual(['id must be integer'])
  expect(checkRequest('PATCH', `/emails/1?${account}`, { action: 'seen' })).not.toEqual([])
  expect(checkRequest('PATCH', `/emails/1?${account}`, null)).toEqual(['the body is missing'])
  expect(checkRequest('DELETE', `/emails/1?${account}`, {})).toEqual(['no body is described'])
  expect(checkRequest('POST', '/emails/send', { from: 'a@b', to: [], subject: '', text: '' })).not.toEqual([])
})
