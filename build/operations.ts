import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'
import { parse } from 'yaml'
import {
  type Effect,
  type Operation,
  OperationId,
  type OperationParameter,
  type RequestSchema,
} from '../src/shared/model/operation.ts'

type Json = Readonly<Record<string, unknown>>

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
const effects: readonly Effect[] = ['read', 'write', 'outbound', 'destructive']
const schemaWords = new Set([
  'type',
  'description',
  'default',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'contentEncoding',
  'minItems',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'oneOf',
  'anyOf',
])

function asJson(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`)
  return value as Json
}

function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`${what} is no text`)
  return value.trim()
}

function follow(document: Json, value: unknown): Json {
  const node = asJson(value, 'a node')
  if (typeof node.$ref !== 'string') return node
  const names = node.$ref.split('/').slice(1)
  return follow(
    document,
    names.reduce<unknown>((inner, name) => asJson(inner, node.$ref as string)[name], document),
  )
}

function readSchema(document: Json, value: unknown): RequestSchema {
  const schema = follow(document, value)
  for (const word of Object.keys(schema))
    if (!schemaWords.has(word)) throw new Error(`schema word ${word} is not known`)
  const copy: Record<string, unknown> = { ...schema }
  if (schema.items !== undefined) copy.items = readSchema(document, schema.items)
  if (Array.isArray(schema.oneOf)) copy.oneOf = schema.oneOf.map((form) => readSchema(document, form))
  if (schema.properties !== undefined) {
    const members = Object.entries(asJson(schema.properties, 'properties'))
    copy.properties = Object.fromEntries(members.map(([name, inner]) => [name, readSchema(document, inner)]))
  }
  return copy as RequestSchema
}

function readParameter(document: Json, value: unknown): OperationParameter {
  const parameter = follow(document, value)
  const place = parameter.in
  if (place !== 'path' && place !== 'query') throw new Error(`parameters in ${String(place)} are not known`)
  return {
    name: asText(parameter.name, 'a parameter'),
    in: place,
    required: parameter.required === true,
    description: asText(parameter.description ?? '', 'a description'),
    schema: readSchema(document, parameter.schema),
  }
}

function readBody(document: Json, value: unknown): Operation['body'] {
  if (value === undefined) return null
  const body = asJson(value, 'a body')
  const media = asJson(asJson(body.content, 'content')['application/json'], 'application/json')
  const examples = Object.values(asJson(media.examples ?? {}, 'examples'))
  return {
    required: body.required === true,
    schema: readSchema(document, media.schema),
    example: examples.length === 0 ? null : (asJson(examples[0], 'an example').value ?? null),
  }
}

/** Makes the table of operations of an OpenAPI file. Throws on anything that the product's types don't know. */
export function readOperations(yaml: string): Readonly<Record<OperationId, Operation>> {
  const document = asJson(parse(yaml), 'the file')
  const found = Object.entries(asJson(document.paths, 'paths')).flatMap(([path, item]) =>
    methods.flatMap((method): Operation[] => {
      const value = asJson(item, path)[method]
      if (value === undefined) return []
      const operation = asJson(value, `${method} ${path}`)
      const effect = effects.find((known) => known === operation['x-jasni-effect'])
      if (effect === undefined) throw new Error(`${method} ${path} has no effect`)
      return [
        {
          id: OperationId.parse(operation.operationId),
          method: method.toUpperCase() as Operation['method'],
          path,
          effect,
          documented: operation['x-jasni-evidence'] === 'documented',
          tag: asText((operation.tags as unknown[])[0], 'a tag'),
          summary: asText(operation.summary, 'a summary'),
          description: asText(operation.description ?? '', 'a description'),
          parameters: ((operation.parameters ?? []) as unknown[]).map((each) => readParameter(document, each)),
          body: readBody(document, operation.requestBody),
        },
      ]
    }),
  )
  const byId = new Map(found.map((operation) => [operation.id, operation]))
  const ordered = OperationId.options.map((id) => {
    const operation = byId.get(id)
    if (operation === undefined) throw new Error(`the file has no operation ${id}`)
    return [id, operation] as const
  })
  if (found.length !== ordered.length) throw new Error('an operation is there twice')
  return Object.fromEntries(ordered) as Record<OperationId, Operation>
}

/** Answers `….yaml?operations` with the table; the app never reads YAML. */
export function operationsPlugin(): Plugin {
  return {
    name: 'jasni-operations',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.yaml?operations')) return null
      const file = id.slice(0, id.indexOf('?'))
      this.addWatchFile(file)
      const json = JSON.stringify(readOperations(await readFile(file, 'utf8')))
      // A JSON text is parsed faster than the same as code.
      return { code: `export const operations = JSON.parse(${JSON.stringify(json)})`, map: null, moduleType: 'js' }
    },
  }
}
