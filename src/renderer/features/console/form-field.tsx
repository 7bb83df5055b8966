import { type ReactNode, useId, useState } from 'react'
import type { RequestSchema } from '../../../shared/model/operation.ts'
import { formatPlural } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { joinList, splitList } from './list-text.ts'

/** One value of a form: what it is, and what happens when a person changes it. */
export interface FieldProps {
  readonly name: string
  readonly schema: RequestSchema
  readonly required: boolean
  readonly description: string
  readonly value: unknown
  /** What is wrong, or null. */
  readonly error: string | null
  /** Addresses to offer. */
  readonly offers: readonly string[]
  /** Undefined leaves the member out. */
  readonly onChange: (value: unknown) => void
}

const longNames = new Set(['text', 'html'])
const unset = '—'

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands in the box while nothing is typed. */
function hintOf(schema: RequestSchema, isList: boolean): string {
  if (schema.default !== undefined) return `${schema.default} unless set`
  if (isList) return 'several with commas between'
  return ''
}

interface BoxProps extends FieldProps {
  readonly inputId: string
  readonly noteId: string | undefined
}

/** Attributes that every box of a field has. */
function attributesOf({ inputId, noteId, error, required }: BoxProps) {
  return {
    id: inputId,
    'aria-invalid': error !== null || undefined,
    'aria-describedby': noteId,
    'aria-required': required || undefined,
    autoComplete: 'off',
    spellCheck: false,
  } as const
}

function TextBox(props: BoxProps) {
  const { schema, value, error, offers, inputId, onChange } = props
  const shown = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  const listId = `${inputId}-offers`
  return (
    <div className={`field ${error === null ? '' : 'is-bad'}`}>
      <input
        type="text"
        {...attributesOf(props)}
        placeholder={hintOf(schema, false)}
        value={shown}
        {...(offers.length === 0 ? {} : { list: listId })}
        onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
      />
      {offers.length === 0 ? null : (
        <datalist id={listId}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
    </div>
  )
}

function LongBox(props: BoxProps) {
  const { value, error, onChange } = props
  return (
    <textarea
      {...attributesOf(props)}
      className={`field area ${error === null ? '' : 'is-bad'}`}
      rows={props.name === 'text' ? 3 : 1}
      value={typeof value === 'string' ? value : ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  )
}

function NumberBox(props: BoxProps) {
  const { schema, value, error, onChange } = props
  return (
    <div className={`field ${error === null ? '' : 'is-bad'}`}>
      <input
        type="text"
        inputMode="numeric"
        {...attributesOf(props)}
        placeholder={hintOf(schema, false)}
        value={value === undefined ? '' : String(value)}
        onChange={({ currentTarget }) => {
          const text = currentTarget.value.trim()
          // What is no number stays as it was typed, and is told.
          onChange(text === '' ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text)
        }}
      />
    </div>
  )
}

/** Texts with commas between. What may be one text is one while there is no comma. */
function ListBox(props: BoxProps) {
  const { schema, value, error, offers, inputId, onChange } = props
  const single = schema.oneOf !== undefined
  // A comma just typed is not in the value yet.
  const [typed, setTyped] = useState<string | null>(null)
  const known = joinList(value)
  const shown = typed !== null && splitList(typed).join(', ') === splitList(known).join(', ') ? typed : known
  const listId = `${inputId}-offers`
  return (
    <div className={`field ${error === null ? '' : 'is-bad'}`}>
      <input
        type="text"
        {...attributesOf(props)}
        placeholder={hintOf(schema, true)}
        value={shown}
        {...(offers.length === 0 ? {} : { list: listId })}
        onChange={({ currentTarget }) => {
          const items = splitList(currentTarget.value)
          setTyped(currentTarget.value)
          onChange(items.length === 0 ? undefined : single && items.length === 1 ? items[0] : items)
        }}
      />
      {offers.length === 0 ? null : (
        <datalist id={listId}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
    </div>
  )
}

function ChoiceBox({ name, schema, required, value, onChange }: BoxProps) {
  const isFlag = schema.type === 'boolean'
  const choices = isFlag ? ['true', 'false'] : (schema.enum ?? [])
  const unsetLabel = schema.default === undefined ? (required ? 'choose' : 'not sent') : `${schema.default} unless set`
  const current = typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value : unset
  return (
    <Select
      label={name}
      value={choices.includes(current) ? current : unset}
      options={[
        { value: unset, label: <span className="faint">{unsetLabel}</span> },
        ...choices.map((choice) => ({ value: choice, label: choice })),
      ]}
      onValueChange={(chosen) => onChange(chosen === unset ? undefined : isFlag ? chosen === 'true' : chosen)}
    />
  )
}

function SeveralBox({ name, schema, value, onChange, noteId }: BoxProps) {
  const chosen = Array.isArray(value) ? value : []
  return (
    <fieldset className="several" aria-label={name} aria-describedby={noteId}>
      {(schema.items?.enum ?? []).map((choice) => (
        <label key={choice} className="several-item">
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={({ currentTarget }) => {
              const rest = chosen.filter((item) => item !== choice)
              const next = currentTarget.checked ? [...rest, choice] : rest
              onChange(next.length === 0 ? undefined : next)
            }}
          />
          <span className="mono mono-small">{choice}</span>
        </label>
      ))}
    </fieldset>
  )
}

function JsonOnly({ value }: { value: unknown }) {
  const count = Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 0
  return (
    <p className="faint small json-only">
      {count === 0 ? 'Written in the JSON at the right' : `${formatPlural(count, 'entry', 'entries')} in the JSON`}
    </p>
  )
}

function boxOf(props: BoxProps): { readonly box: ReactNode; readonly hasInput: boolean } {
  const { name, schema } = props
  const isTexts = schema.type === 'array' && schema.items?.type === 'string'
  if (isTexts && schema.items?.enum !== undefined) return { box: <SeveralBox {...props} />, hasInput: false }
  if (isTexts || schema.oneOf !== undefined) return { box: <ListBox {...props} />, hasInput: true }
  if (schema.type === 'array' || schema.type === 'object') {
    return { box: <JsonOnly value={props.value} />, hasInput: false }
  }
  if (schema.enum !== undefined || schema.type === 'boolean') return { box: <ChoiceBox {...props} />, hasInput: false }
  if (schema.type === 'integer') return { box: <NumberBox {...props} />, hasInput: true }
  if (longNames.has(name)) return { box: <LongBox {...props} />, hasInput: true }
  return { box: <TextBox {...props} />, hasInput: true }
}

/** A field with its name, its box by the schema, and what is wrong below it. */
export function FormField(props: FieldProps) {
  const inputId = useId()
  const { name, required, description, error } = props
  const noteId = error === null ? undefined : `${inputId}-note`
  const { box, hasInput } = boxOf({ ...props, inputId, noteId })
  const label = (
    <>
      {name}
      {required ? (
        <>
          <span className="bad" aria-hidden="true">
            {' *'}
          </span>
          <span className="unseen"> required</span>
        </>
      ) : null}
    </>
  )
  return (
    <div className="form-row" data-wrong={error === null ? undefined : 'true'}>
      {hasInput ? (
        <label className="form-label mono mono-small" htmlFor={inputId} title={description}>
          {label}
        </label>
      ) : (
        <span className="form-label mono mono-small" title={description}>
          {label}
        </span>
      )}
      <div className="form-box">
        {box}
        {error === null ? null : (
          <p id={noteId} className="hint bad">
            {error}
          </p>
        )}
      </div>
    </div>
  )
}
