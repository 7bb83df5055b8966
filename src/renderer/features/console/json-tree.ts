/** A row of the tree: a value, the beginning of one with members, or its end. */
export interface TreeRow {
  /** Steps from the root; unique among the rows of one value. */
  readonly id: string
  readonly depth: number
  /** Name of a member as JSON writes it, or null in a list and at the root. */
  readonly name: string | null
  readonly kind: 'leaf' | 'branch' | 'end'
  readonly tone: 'string' | 'number' | 'mark'
  /** Text of the value, or of the brackets. */
  readonly text: string
  /** Characters of a long text that are not shown. */
  readonly cut: number
  readonly comma: boolean
  /** Only of a branch. */
  readonly open: boolean
}

const shownCharsMax = 400
const bucketSize = 100
const openDepth = 3

type Branch = readonly unknown[] | Readonly<Record<string, unknown>>

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null
}

interface Entry {
  readonly id: string
  readonly name: string | null
  readonly value: unknown
  /** Members of a long list or object under one heading. */
  readonly bucket: boolean
}

function entriesOf(value: Branch, id: string): Entry[] {
  const isList = Array.isArray(value)
  const names = isList ? null : Object.keys(value)
  const count = names?.length ?? (value as readonly unknown[]).length
  const entryAt = (index: number): Entry => {
    const name = names?.[index]
    return name === undefined
      ? { id: `${id}/${index}`, name: null, value: (value as readonly unknown[])[index], bucket: false }
      : { id: `${id}/${name}`, name, value: Reflect.get(value, name), bucket: false }
  }
  const from = id.endsWith('…') ? 0 : -1
  if (count <= bucketSize || from === 0) return Array.from({ length: count }, (_none, index) => entryAt(index))
  return Array.from({ length: Math.ceil(count / bucketSize) }, (_none, bucket) => {
    const first = bucket * bucketSize
    const last = Math.min(count, first + bucketSize)
    const inside = isList
      ? value.slice(first, last)
      : Object.fromEntries((names ?? []).slice(first, last).map((name) => [name, Reflect.get(value, name)]))
    return { id: `${id}/${first}…`, name: `${first} … ${last - 1}`, value: inside, bucket: true }
  })
}

function describeBranch(value: Branch): string {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length
  if (Array.isArray(value)) return `[ ${count} ]`
  return `{ ${count} }`
}

/** What is open unless a person said otherwise: the first levels, where they are short. */
function opensByItself(depth: number, value: Branch, entry: Entry): boolean {
  if (entry.bucket) return entry.id.endsWith('/0…')
  const count = Array.isArray(value) ? value.length : Object.keys(value).length
  return depth < openDepth && (count <= bucketSize || depth < 2)
}

function describeLeaf(value: unknown): Pick<TreeRow, 'text' | 'tone' | 'cut'> {
  if (typeof value !== 'string') return { text: String(value), tone: 'number', cut: 0 }
  const cut = Math.max(0, value.length - shownCharsMax)
  // Quoted only as far as it is shown: a text may have megabytes.
  return { text: JSON.stringify(cut === 0 ? value : value.slice(0, shownCharsMax)), tone: 'string', cut }
}

/**
 * The rows that are to be seen of a value. `toggled` says what a person opened or closed, by id. Costs as much as what
 * is open: what is closed is not looked into.
 */
export function listRows(root: unknown, toggled: ReadonlyMap<string, boolean>): TreeRow[] {
  const rows: TreeRow[] = []

  function addRows(entry: Entry, depth: number, comma: boolean): void {
    const { id, name, value, bucket } = entry
    const shared = { id, depth, name: name === null || bucket ? name : JSON.stringify(name), comma }
    if (!isBranch(value)) {
      rows.push({ ...shared, kind: 'leaf', open: false, ...describeLeaf(value) })
      return
    }
    const entries = entriesOf(value, id)
    const isList = Array.isArray(value)
    const open = entries.length > 0 && (toggled.get(id) ?? opensByItself(depth, value, entry))
    const branch = { ...shared, tone: 'mark', cut: 0 } as const
    if (entries.length === 0) {
      rows.push({ ...branch, kind: 'leaf', text: isList ? '[]' : '{}', open: false })
      return
    }
    const begin = bucket ? '' : isList ? '[' : '{'
    rows.push({ ...branch, kind: 'branch', open, text: open ? begin : describeBranch(value), comma: comma && !open })
    if (!open) return
    entries.forEach((inner, index) => {
      addRows(inner, depth + 1, index < entries.length - 1)
    })
    if (!bucket) {
      rows.push({ ...branch, id: `${id}#`, name: null, kind: 'end', text: isList ? ']' : '}', open: false })
    }
  }

  addRows({ id: '', name: null, value: root, bucket: false }, 0, false)
  return rows
}
