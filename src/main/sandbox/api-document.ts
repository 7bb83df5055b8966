import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse } from 'yaml'

/** Where the description of the API lies. */
export const apiDocumentPath = resolve(import.meta.dirname, '../../shared/jasni-openapi.yaml')

/** What is wrong with an answer; empty when the description allows it. */
export type AnswerCheck = (method: string, path: string, status: number, body: unknown) => readonly string[]

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value)
}

// Escapes of a JSON pointer within a URI fragment.
function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function findTemplate(paths: Record<string, unknown>, path: string): string | null {
  const matches = Object.keys(paths).filter((template) => {
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')
    return new RegExp(`^${pattern}$`).test(path)
  })
  // A path without parameters is meant before one with them.
  return matches.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? null
}

/**
 * Reads the API's description and checks answers against it: the operation must exist, declare the
 * status, and its schema must accept the body. `path` is below the base URL and without a query.
 */
export function createAnswerCheck(): AnswerCheck {
  const document: unknown = parse(readFileSync(apiDocumentPath, 'utf8'))
  const paths = memberOf(document, 'paths')
  if (!isRecord(document) || !isRecord(paths)) throw new Error('the description of the API has no paths')
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document, 'api')
  const validators = new Map<string, ValidateFunction>()

  const validatorOf = (pointer: string): ValidateFunction => {
    const existing = validators.get(pointer)
    if (existing !== undefined) return existing
    const validator = ajv.compile({ $ref: `api#${pointer}` })
    validators.set(pointer, validator)
    return validator
  }

  return (method, path, status, body) => {
    const template = findTemplate(paths, path)
    const operation = template === null ? undefined : memberOf(paths, template, method.toLowerCase())
    if (template === null || operation === undefined) return [`no operation ${method} ${path}`]
    const declared = memberOf(operation, 'responses', String(status))
    if (declared === undefined) return [`${method} ${template} does not declare ${status}`]
    const shared = memberOf(declared, '$ref')
    const base =
      typeof shared === 'string'
        ? shared.slice(1)
        : ['', 'paths', template, method.toLowerCase(), 'responses', String(status)].map(escapePointer).join('/')
    const validate = validatorOf(`${base}/content/${escapePointer('application/json')}/schema`)
    return validate(body)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}
