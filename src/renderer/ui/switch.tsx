import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { type ReactNode, useId } from 'react'

interface SwitchProps {
  readonly checked: boolean
  readonly onCheckedChange: (checked: boolean) => void
  /** What is on when it is on; stands beside it. */
  readonly children: ReactNode
  readonly disabled?: boolean
}

/** On or off, with its sentence beside it. */
export function Switch({ checked, onCheckedChange, children, disabled = false }: SwitchProps) {
  const id = useId()
  return (
    <div className="switch-line">
      <BaseSwitch.Root
        id={id}
        className="switch"
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
      >
        <BaseSwitch.Thumb className="switch-thumb" />
      </BaseSwitch.Root>
      <label htmlFor={id} className="soft">
        {children}
      </label>
    </div>
  )
}
