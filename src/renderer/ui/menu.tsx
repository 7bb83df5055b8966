import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { Kbd } from './kbd.tsx'

interface MenuProps {
  /** The button that opens it; gets the attributes of a menu button. */
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
  readonly className?: string
}

/** A menu under a button: arrows move, letters jump, Enter chooses, Esc closes. */
export function Menu({ trigger, children, align = 'start', className = '' }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className="layer-pop" align={align} sideOffset={5}>
          <BaseMenu.Popup className={`menu ${className}`}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

interface MenuItemProps {
  readonly icon?: IconName
  /** Stands in place of the icon. */
  readonly leading?: ReactNode
  readonly children: ReactNode
  /** Faint text at the right. */
  readonly detail?: ReactNode
  readonly shortcut?: string
  readonly danger?: boolean
  readonly disabled?: boolean
  /** Text that letters jump to, where the children are more than text. */
  readonly name?: string
  readonly onSelect: () => void
}

/** A choice of a menu. */
export function MenuItem({
  icon,
  leading,
  children,
  detail,
  shortcut,
  danger,
  disabled,
  name,
  onSelect,
}: MenuItemProps) {
  return (
    <BaseMenu.Item
      className={`menu-item ${danger === true ? 'danger' : ''}`}
      onClick={onSelect}
      {...(name === undefined ? {} : { label: name })}
      {...(disabled === undefined ? {} : { disabled })}
    >
      <span className="menu-lead">{leading ?? (icon === undefined ? null : <Icon name={icon} size={14} />)}</span>
      <span className="cut">{children}</span>
      <span className="faint small num">{detail}</span>
      {shortcut === undefined ? <span /> : <Kbd shortcut={shortcut} />}
    </BaseMenu.Item>
  )
}

interface MenuCheckProps {
  readonly checked: boolean
  readonly onCheckedChange: (checked: boolean) => void
  readonly children: ReactNode
  /** Faint text at the right. */
  readonly detail?: ReactNode
}

/** A choice of a menu that is on or off; the menu stays open. */
export function MenuCheck({ checked, onCheckedChange, children, detail }: MenuCheckProps) {
  return (
    <BaseMenu.CheckboxItem className="menu-item" checked={checked} onCheckedChange={onCheckedChange}>
      <span className="menu-lead">
        <BaseMenu.CheckboxItemIndicator>
          <Icon name="check" size={14} />
        </BaseMenu.CheckboxItemIndicator>
      </span>
      <span className="cut">{children}</span>
      <span className="faint small num">{detail}</span>
      <span />
    </BaseMenu.CheckboxItem>
  )
}

/** A line between groups of a menu. */
export function MenuSeparator() {
  return <BaseMenu.Separator className="menu-line" />
}
