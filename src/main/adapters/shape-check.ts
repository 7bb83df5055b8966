import * as z from 'zod/mini'
import type { $ZodTypes } from 'zod/v4/core'

type Check = (value: unknown) => boolean

const checks = new WeakMap<z.ZodMiniType, Check>()

function checkSlowly(schema: z.ZodMiniType): Check {
  // Most values of such a column are the one of the row before.
  let lastGood: unknown
  return (value) => {
    if (value === lastGood && typeof value === 'string') return true
    const isGood = z.safeParse(schema, value).success
    if (isGood) lastGood = value
    return isGood
  }
}

function checkObject(shape: Readonly<Record<string, z.ZodMiniType>>): Check {
  const members = Object.entries(shape).map(([name, schema]) => [name, findCheck(schema)] as const)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const read = value as Readonly<Record<string, unknown>>
    let known = 0
    for (const [name, check] of members) {
      const member = read[name]
      if (member !== undefined) known += 1
      if (!check(member)) return false
    }
    // A schema leaves out what it does not know.
    return Object.keys(read).length === known
  }
}

function makeCheck(schema: z.ZodMiniType): Check {
  const { def } = (schema as unknown as $ZodTypes)._zod
  if (def.checks !== undefined && def.checks.length > 0) return checkSlowly(schema)
  switch (def.type) {
    case 'object':
      return checkObject(def.shape as Readonly<Record<string, z.ZodMiniType>>)
    case 'array': {
      const check = findCheck(def.element as z.ZodMiniType)
      return (value) => Array.isArray(value) && value.every(check)
    }
    case 'tuple': {
      const items = def.items.map((item) => findCheck(item as z.ZodMiniType))
      if (def.rest !== null) return checkSlowly(schema)
      return (value) =>
        Array.isArray(value) && value.length === items.length && items.every((check, index) => check(value[index]))
    }
    case 'nullable': {
      const check = findCheck(def.innerType as z.ZodMiniType)
      return (value) => value === null || check(value)
    }
    case 'optional': {
      const check = findCheck(def.innerType as z.ZodMiniType)
      return (value) => value === undefined || check(value)
    }
    case 'default': {
      // Where it is absent, the schema fills it in.
      const check = findCheck(def.innerType as z.ZodMiniType)
      return (value) => value !== undefined && check(value)
    }
    case 'enum': {
      const words = new Set<unknown>(Object.values(def.entries))
      return (value) => words.has(value)
    }
    case 'boolean':
      return (value) => typeof value === 'boolean'
    case 'string':
      return 'format' in def ? checkSlowly(schema) : (value) => typeof value === 'string'
    case 'number':
      if ('format' in def) return def.format === 'safeint' ? Number.isSafeInteger : checkSlowly(schema)
      return Number.isFinite
    default:
      return checkSlowly(schema)
  }
}

function findCheck(schema: z.ZodMiniType): Check {
  const known = checks.get(schema)
  if (known !== undefined) return known
  const made = makeCheck(schema)
  checks.set(schema, made)
  return made
}

/**
 * The value as a schema without transformations gives it; null for one of another shape. A value that is already
 * exactly of the shape comes back as it is, at a small part of what parsing costs.
 */
export function readShape<T>(schema: z.ZodMiniType<T>, value: unknown): T | null {
  if (findCheck(schema)(value)) return value as T
  const parsed = z.safeParse(schema, value)
  return parsed.success ? parsed.data : null
}
