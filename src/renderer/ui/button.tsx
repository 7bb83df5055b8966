import { Tooltip } from '@base-ui/react/tooltip'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { Kbd } from './kbd.tsx'
import { describeShortcut, isMac } from './shortcut.ts'

/** Weight of a button: one `primary` or `act` (the environment's colour) in view. */
export type ButtonVariant = 'primary' | 'act' | 'plain' | 'quiet' | 'danger'

interface ButtonOwnProps {
  readonly variant?: ButtonVariant
  readonly small?: boolean
  readonly icon?: IconName
  /** Shows a wheel in place of the icon and takes no clicks; the label stays. */
  readonly busy?: boolean
  /** Printed inside the button; the binding itself comes from a command or the screen. */
  readonly shortcut?: string
  readonly children: ReactNode
}

/** A button with a verb on it. All attributes of a native button pass through. */
export function Button({
  variant = 'plain',
  small = false,
  icon,
  busy = false,
  shortcut,
  children,
  className = '',
  disabled = false,
  onClick,
  ...rest
}: ButtonOwnProps & ComponentProps<'button'>) {
  const off = busy || disabled
  return (
    <button
      type="button"
      {...rest}
      className={`btn ${variant === 'plain' ? '' : variant} ${small ? 'small' : ''} ${busy ? 'is-busy' : ''} ${className}`}
      aria-busy={busy || undefined}
      // Never the native attribute: a focused button that turns off would swallow every key press.
      aria-disabled={off || undefined}
      aria-keyshortcuts={shortcut === undefined ? undefined : describeShortcut(shortcut, isMac())}
      onClick={off ? preventDefault : onClick}
    >
      {busy ? <span className="spin" /> : icon === undefined ? null : <Icon name={icon} size={14} />}
      {children}
      {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
    </button>
  )
}

/** Keeps a button that is off from submitting its form. */
function preventDefault(event: MouseEvent): void {
  event.preventDefault()
}

interface IconButtonOwnProps {
  readonly icon: IconName
  /** What it does; the name for assistive technology and the text of the tooltip. */
  readonly label: string
  readonly size?: 14 | 16
  readonly busy?: boolean
  readonly shortcut?: string
}

/** A square button with an icon alone; its label and shortcut appear on hover and focus. */
export function IconButton({
  icon,
  label,
  size = 16,
  busy = false,
  shortcut,
  className = '',
  disabled = false,
  onClick,
  ...rest
}: IconButtonOwnProps & ComponentProps<'button'>) {
  const off = busy || disabled
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            {...rest}
            className={`icon-btn ${className}`}
            aria-label={label}
            aria-busy={busy || undefined}
            aria-disabled={off || undefined}
            aria-keyshortcuts={shortcut === undefined ? undefined : describeShortcut(shortcut, isMac())}
            onClick={off ? preventDefault : onClick}
          />
        }
      >
        {busy ? <span className="spin" /> : <Icon name={icon} size={size} />}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="layer-pop">
          <Tooltip.Popup className="tooltip">
            {label}
            {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
