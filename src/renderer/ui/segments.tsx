import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import type { ReactNode } from 'react'

/** One choice of a closed set. */
export interface Option<V extends string> {
  readonly value: V
  readonly label: ReactNode
  readonly disabled?: boolean
}

/** What every control for one of a closed set takes. */
export interface ChoiceProps<V extends string> {
  /** What is chosen, for assistive technology. */
  readonly label: string
  readonly value: V
  readonly options: readonly Option<V>[]
  readonly onValueChange: (value: V) => void
  /** Look of each choice: a segment in a box, or a free-standing swatch. */
  readonly look?: 'segments' | 'swatches' | 'saved'
}

/** One of a few, always chosen: arrows move, a second click on the same keeps it. */
export function Segments<V extends string>({
  label,
  value,
  options,
  onValueChange,
  look = 'segments',
}: ChoiceProps<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={look === 'segments' ? 'seg' : look}
      value={[value]}
      onValueChange={(chosen) => {
        const next = options.find((option) => option.value === chosen[0])
        if (next !== undefined) onValueChange(next.value)
      }}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className={look === 'segments' ? 'seg-item' : look === 'swatches' ? 'swatch' : 'saved-item'}
          {...(option.disabled === undefined ? {} : { disabled: option.disabled })}
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}

interface TabsProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly Option<V>[]
  readonly onValueChange: (value: V) => void
  /** The panel of the tab that is open. */
  readonly children: ReactNode
  /** Stands right of the tabs in the same strip. */
  readonly trailing?: ReactNode
}

/** Tabs in a strip with the panel of the open one below. */
export function Tabs<V extends string>({ label, value, options, onValueChange, children, trailing }: TabsProps<V>) {
  return (
    <BaseTabs.Root
      className="tabs-root"
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next)
        if (option !== undefined) onValueChange(option.value)
      }}
    >
      <div className="strip tabs-strip">
        <BaseTabs.List className="tabs" aria-label={label} activateOnFocus>
          {options.map((option) => (
            <BaseTabs.Tab key={option.value} value={option.value} className="tab">
              {option.label}
            </BaseTabs.Tab>
          ))}
        </BaseTabs.List>
        <span className="grow" />
        {trailing}
      </div>
      <BaseTabs.Panel value={value} className="tab-panel">
        {children}
      </BaseTabs.Panel>
    </BaseTabs.Root>
  )
}
