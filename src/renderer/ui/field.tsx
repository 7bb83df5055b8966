import { type ComponentProps, type ReactNode, useId } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface TextFieldOwnProps {
  /** Name of the field. Hidden fields keep it for assistive technology. */
  readonly label: string
  readonly hideLabel?: boolean
  readonly icon?: IconName
  /** What is wrong and what to do; replaces the hint. */
  readonly error?: string | null
  readonly hint?: ReactNode
  readonly mono?: boolean
  /** Lighter boundary, for filters inside a head. */
  readonly quiet?: boolean
  readonly width?: number
  /** Stands at the right end inside the field. */
  readonly trailing?: ReactNode
  readonly onValueChange?: (value: string) => void
}

/** A line of text with its label, hint and error. All attributes of a native input pass through. */
export function TextField({
  label,
  hideLabel = false,
  icon,
  error = null,
  hint,
  mono = false,
  quiet = false,
  width,
  trailing,
  onValueChange,
  className = '',
  id,
  ...rest
}: TextFieldOwnProps & ComponentProps<'input'>) {
  const ownId = useId()
  const inputId = id ?? ownId
  const noteId = `${inputId}-note`
  const note = error ?? hint
  const bad = error !== null || rest['aria-invalid'] === true
  return (
    <div className={`labelled ${className}`} style={width === undefined ? undefined : { width }}>
      <label htmlFor={inputId} className={hideLabel ? 'unseen' : 'label'}>
        {label}
      </label>
      <div className={`field ${bad ? 'is-bad' : ''} ${quiet ? 'quiet' : ''}`}>
        {icon === undefined ? null : <Icon name={icon} size={14} />}
        <input
          type="text"
          spellCheck={false}
          autoComplete="off"
          {...rest}
          id={inputId}
          className={mono ? 'mono' : ''}
          aria-invalid={bad || undefined}
          aria-describedby={note === undefined || note === null ? rest['aria-describedby'] : noteId}
          onChange={(event) => {
            rest.onChange?.(event)
            onValueChange?.(event.currentTarget.value)
          }}
        />
        {trailing}
      </div>
      {note === undefined || note === null ? null : (
        <p id={noteId} className={error === null ? 'hint' : 'hint bad'} role={error === null ? undefined : 'status'}>
          {note}
        </p>
      )}
    </div>
  )
}
