import { Autocomplete } from '@base-ui/react/autocomplete'
import { useId } from 'react'
import { limits } from '../../../shared/limits.ts'
import { Icon } from '../../ui/icon.tsx'

interface RateGroupFieldProps {
  readonly value: string
  /** Names that other environments use. */
  readonly groups: readonly string[]
  readonly error: string | null
  readonly onValueChange: (value: string) => void
}

/** The name of a rate group: one that exists already, or a new one. */
export function RateGroupField({ value, groups, error, onValueChange }: RateGroupFieldProps) {
  const noteId = useId()
  return (
    <Autocomplete.Root
      items={[...groups]}
      openOnInputClick
      value={value}
      onValueChange={(next) => onValueChange(next)}
      {...(groups.length === 0 ? { open: false } : {})}
    >
      <div className="labelled group-field">
        <div className={`field ${error === null ? '' : 'is-bad'}`}>
          <Autocomplete.Input
            aria-label="Rate group"
            placeholder="Counts by itself"
            spellCheck={false}
            maxLength={limits.environmentNameCharsMax + 1}
            aria-invalid={error !== null || undefined}
            aria-describedby={error === null ? undefined : noteId}
          />
          {value === '' ? null : (
            <Autocomplete.Clear className="icon-btn" aria-label="Let it count by itself">
              <Icon name="x" size={14} />
            </Autocomplete.Clear>
          )}
        </div>
        {error === null ? null : (
          <p id={noteId} className="hint bad" role="status">
            {error}
          </p>
        )}
      </div>
      {/* Nothing to offer: no empty list opens. */}
      {groups.length === 0 ? null : (
        <Autocomplete.Portal>
          <Autocomplete.Positioner className="layer-pop" align="start" sideOffset={5}>
            <Autocomplete.Popup className="menu">
              <Autocomplete.List className="group-list" aria-label="Rate groups">
                {(group: string) => (
                  <Autocomplete.Item key={group} value={group} className="menu-item">
                    {group}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      )}
    </Autocomplete.Root>
  )
}
