import { type ClipboardEvent, type KeyboardEvent, type ReactNode, type Ref, useId, useState } from 'react'
import { limits } from '../../../shared/limits.ts'
import { bareOf, isAddress, splitAddresses, uniteAddresses } from '../../../shared/mail/addresses.ts'
import { Icon } from '../../ui/icon.tsx'
import { numberItems } from '../inbox/message-text.ts'
import { nameRecipient } from './compose-text.ts'

interface AddressFieldProps {
  readonly label: string
  /** As typed, what is not finished last. */
  readonly addresses: readonly string[]
  readonly onChange: (addresses: string[]) => void
  readonly trailing?: ReactNode
  readonly ref?: Ref<HTMLInputElement>
}

/** Addresses as chips, with a line to type the next. Comma, semicolon and Enter finish one; what is none is marked. */
export function AddressField({ label, addresses, onChange, trailing, ref }: AddressFieldProps) {
  const [pending, setPending] = useState('')
  const id = useId()
  const chips = pending.trim() === '' ? addresses : addresses.slice(0, -1)
  const bad = chips.filter((text) => !isAddress(text))

  const put = (finished: readonly string[], typed: string) => {
    setPending(typed)
    const last = typed.trim().slice(0, limits.addressCharsMax)
    onChange([...uniteAddresses(finished), ...(last === '' ? [] : [last])].slice(0, limits.recipientsMax))
  }
  const finish = () => pending.trim() !== '' && put([...chips, ...splitAddresses(pending)], '')
  const remove = (index: number) =>
    put(
      chips.filter((_, at) => at !== index),
      pending,
    )

  function hearKey(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return
    const isEnter = event.key === 'Enter' && !event.ctrlKey && !event.metaKey
    if (isEnter || event.key === ',' || event.key === ';') {
      event.preventDefault()
      finish()
    } else if (event.key === 'Backspace' && pending === '' && chips.length > 0) {
      event.preventDefault()
      const last = chips.at(-1) ?? ''
      put(chips.slice(0, -1), last)
    }
  }

  function hearPaste(event: ClipboardEvent<HTMLInputElement>): void {
    const pasted = splitAddresses(event.clipboardData.getData('text/plain'))
    if (pasted.length < 2) return
    event.preventDefault()
    put([...chips, ...splitAddresses(pending), ...pasted], '')
  }

  return (
    <div className="compose-row">
      <label htmlFor={id} className="faint compose-label">
        {label}
      </label>
      <div className="address-box">
        {numberItems(chips).map(({ number, item }) => (
          <span key={number} className={`address-chip ${isAddress(item) ? '' : 'is-bad'}`} title={item}>
            {isAddress(item) ? null : <Icon name="alert" size={14} />}
            <bdi className="cut">{nameRecipient(item)}</bdi>
            <button
              type="button"
              aria-label={`Remove ${bareOf(item)} from ${label}`}
              onClick={() => remove(number - 1)}
            >
              <Icon name="x" size={14} />
            </button>
          </span>
        ))}
        <input
          ref={ref}
          id={id}
          type="text"
          spellCheck={false}
          autoComplete="off"
          maxLength={limits.addressCharsMax}
          value={pending}
          aria-invalid={bad.length > 0 || undefined}
          aria-describedby={bad.length > 0 ? `${id}-note` : undefined}
          onChange={({ currentTarget }) => put(chips, currentTarget.value)}
          onKeyDown={hearKey}
          onPaste={hearPaste}
          onBlur={finish}
        />
        {bad.length === 0 ? null : (
          <span id={`${id}-note`} className="hint bad address-note" role="status">
            {bad.length === 1 ? `${bad[0]} is no address` : `${bad.length} of these are no addresses`}
          </span>
        )}
      </div>
      {trailing}
    </div>
  )
}
