import type { Operation, RequestSchema } from '../../../shared/model/operation.ts'
import type { RequestFault } from '../../../shared/request-check.ts'
import { accountNames, type Draft, type Part } from './draft.ts'
import { describeFault, describePlace } from './field-text.ts'
import { FormField } from './form-field.tsx'

interface RequestFormProps {
  readonly operation: Operation
  readonly draft: Draft
  /** Empty until a send was tried. */
  readonly faults: readonly RequestFault[]
  /** Addresses of the environment's accounts. */
  readonly accounts: readonly string[]
  readonly onChange: (part: Part, name: string, value: unknown) => void
}

/** The sentence for a field: its first fault, with its place when that lies deeper. */
function tellFault(faults: readonly RequestFault[], part: Part, name: string): string | null {
  const fault = faults.find(({ path }) => path[0] === part && path[1] === name)
  if (fault === undefined) return null
  const place = describePlace(fault)
  return place === '' ? describeFault(fault) : `${name}${place}: ${describeFault(fault)}`
}

/** Members that at least one of must be there carry the sentence together. */
function tellChoice(faults: readonly RequestFault[], name: string): string | null {
  const fault = faults.find(({ kind, path }) => kind === 'one-of-these' && path.length === 1)
  return fault?.kind === 'one-of-these' && fault.names[0] === name ? describeFault(fault) : null
}

interface Field {
  readonly part: Part
  readonly name: string
  readonly schema: RequestSchema
  readonly required: boolean
  readonly description: string
}

function fieldsOf(operation: Operation): Readonly<Record<Part, readonly Field[]>> {
  const schema = operation.body?.schema
  return {
    parameters: operation.parameters.map((parameter) => ({ ...parameter, part: 'parameters' })),
    body: Object.entries(schema?.properties ?? {}).map(([name, inner]) => ({
      part: 'body',
      name,
      schema: inner,
      required: schema?.required?.includes(name) === true,
      description: inner.description ?? '',
    })),
  }
}

const titles: Readonly<Record<Part, string>> = { parameters: 'Parameters', body: 'Body' }

/** The request as a form, made from the operation's schemas. */
export function RequestForm({ operation, draft, faults, accounts, onChange }: RequestFormProps) {
  const fields = fieldsOf(operation)
  const parts = (['parameters', 'body'] as const).filter((part) => fields[part].length > 0)
  if (parts.length === 0) {
    return (
      <p className="form-nothing soft small">
        {operation.summary}. This operation takes no parameter and no body: send it as it is.
      </p>
    )
  }
  return (
    <div className="scroll request-form" tabIndex={-1}>
      {parts.map((part) => (
        <section key={part} className="form" aria-label={titles[part]}>
          {parts.length === 1 ? null : <h2 className="subhead">{titles[part]}</h2>}
          {fields[part].map(({ name, schema, required, description }) => (
            <FormField
              key={name}
              name={name}
              schema={schema}
              required={required}
              description={description}
              value={draft[part]?.members[name]}
              error={tellFault(faults, part, name) ?? (part === 'body' ? tellChoice(faults, name) : null)}
              offers={accountNames.has(name) || name === 'to' ? accounts : []}
              onChange={(value) => onChange(part, name, value)}
            />
          ))}
        </section>
      ))}
      <p className="form-nothing faint small">{operation.summary}.</p>
    </div>
  )
}
