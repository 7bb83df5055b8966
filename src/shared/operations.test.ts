import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RequestSchema } from './model/operation.ts'
import { OperationId } from './model/operation.ts'
import { operations } from './operations.ts'

const all = Object.values(operations)

test('the table holds every operation of the OpenAPI file and nothing else', () => {
  const document = parse(readFileSync(resolve(import.meta.dirname, 'jasni-openapi.yaml'), 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string; 'x-jasni-effect': string }>>
  }
  const inFile = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [
      operation.operationId,
      `${method.toUpperCase()} ${path} ${operation['x-jasni-effect']}`,
    ]),
  )
  expect(Object.fromEntries(all.map(({ id, method, path, effect }) => [id, `${method} ${path} ${effect}`]))).toEqual(
    Object.fromEntries(inFile),
  )
  expect(all.map(({ id }) => id)).toEqual(OperationId.options)
  expect(all).toHaveLength(34)
  expect(all.filter(({ documented }) => documented)).toHaveLength(17)
})

test('every placeholder of a path is a required parameter, and the other way round', () => {
  for (const { path, parameters } of all) {
    const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(placeholders)
    expect(parameters.every((parameter) => parameter.in === 'query' || parameter.required)).toBe(true)
  }
})

test('references are resolved, and a GET that calls itself a read has no body', () => {
  const hasReference = (schema: RequestSchema): boolean => JSON.stringify(schema).includes('$ref')
  for (const { method, effect, parameters, body } of all) {
    expect(parameters.some(({ schema }) => hasReference(schema)) || (body !== null && hasReference(body.schema))).toBe(
      false,
    )
    expect(effect === 'read').toBe(method === 'GET')
    if (method === 'GET' || method === 'DELETE') expect(body).toBe(null)
  }
  expect(operations.listEmails.parameters.find(({ name }) => name === 'limit')).toMatchObject({
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  })
  expect(operations.sendEmail.body?.schema.properties?.to?.oneOf).toHaveLength(2)
})
