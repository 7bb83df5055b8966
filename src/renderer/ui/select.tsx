import { Select as BaseSelect } from '@base-ui/react/select'
import { Icon } from './icon.tsx'
import type { ChoiceProps } from './segments.tsx'

/** One of a list, always chosen: arrows move, letters jump, Enter chooses, Esc closes. */
export function Select<V extends string>({ label, value, options, onValueChange }: Omit<ChoiceProps<V>, 'look'>) {
  return (
    <BaseSelect.Root
      value={value}
      onValueChange={(chosen) => {
        const next = options.find((option) => option.value === chosen)
        if (next !== undefined) onValueChange(next.value)
      }}
    >
      <BaseSelect.Trigger className="select" aria-label={label}>
        <BaseSelect.Value className="select-value">
          {(chosen: V) => options.find((option) => option.value === chosen)?.label ?? null}
        </BaseSelect.Value>
        <Icon name="down" size={14} className="faint" />
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner className="layer-pop" align="end" sideOffset={5} alignItemWithTrigger={false}>
          <BaseSelect.Popup className="menu">
            <BaseSelect.List>
              {options.map((option) => (
                <BaseSelect.Item key={option.value} value={option.value} className="menu-item">
                  <span className="menu-lead">
                    <BaseSelect.ItemIndicator>
                      <Icon name="check" size={14} />
                    </BaseSelect.ItemIndicator>
                  </span>
                  <BaseSelect.ItemText className="select-value">{option.label}</BaseSelect.ItemText>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  )
}
