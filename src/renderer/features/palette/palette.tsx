import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { useMemo, useRef, useState } from 'react'
import { setPaletteOpen } from '../../store/actions.ts'
import { listCommands, useCommandRegistry } from '../../store/commands.ts'
import { useStore } from '../../store/store.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { useFocusReturn } from '../../ui/focus-return.ts'
import { formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { type FoundCommand, type FoundGroup, searchCommands } from './command-search.ts'
import { splitByMatch } from './fuzzy-match.ts'
import './palette.css'

function CommandRow({ found, onRun }: { found: FoundCommand; onRun: () => void }) {
  const { command, letters } = found
  return (
    <Autocomplete.Item value={found} className="pal" onClick={onRun}>
      <Icon name={command.icon} />
      <span>
        {splitByMatch(command.title, letters).map(({ text, marked, at }) =>
          marked ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
        )}
      </span>
      <span className="pal-sub cut">
        {command.mark === undefined ? null : <EnvMark mark={command.mark} />}
        {command.detail}
      </span>
      <span className="grow" />
      {command.shortcut === undefined ? null : <Kbd shortcut={command.shortcut} />}
      <span className="pal-enter">↵</span>
    </Autocomplete.Item>
  )
}

function PaletteBody() {
  const registry = useCommandRegistry()
  const commands = useMemo(() => listCommands(registry).filter(({ id }) => id !== 'palette'), [registry])
  const [query, setQuery] = useState('')
  const groups = useMemo(() => searchCommands(commands, query), [commands, query])
  const count = groups.reduce((sum, { items }) => sum + items.length, 0)

  function run(found: FoundCommand): void {
    // Closed first: a command may open a dialog, and the focus goes there.
    setPaletteOpen(false)
    setTimeout(found.command.run)
  }

  return (
    <Autocomplete.Root
      inline
      open
      items={groups}
      filteredItems={groups}
      autoHighlight="always"
      keepHighlight
      value={query}
      onValueChange={(value, details) => {
        if (details.reason !== 'item-press') setQuery(value)
      }}
      itemToStringValue={(found: FoundCommand) => found.command.title}
    >
      <div className="pal-in">
        <Icon name="search" />
        <Autocomplete.Input className="pal-input" aria-label="Search or run" placeholder="Search or run" />
        <kbd>Esc</kbd>
      </div>
      <Autocomplete.List className="pal-list" aria-label="Commands">
        {(group: FoundGroup) => (
          <Autocomplete.Group key={group.value} items={group.items}>
            <Autocomplete.GroupLabel className="pal-group subhead">{group.value}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(found: FoundCommand) => <CommandRow key={found.command.id} found={found} onRun={() => run(found)} />}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      {count > 0 ? null : (
        <p className="pal-none">
          <span className="strong">No command matches “{query.trim()}”.</span>{' '}
          <span className="soft">Try the name of a screen, an environment or a key.</span>
        </p>
      )}
      <div className="pal-foot">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd>move
        </span>
        <span>
          <kbd>↵</kbd>run
        </span>
        <span className="grow" />
        <span role="status">
          {query.trim() === ''
            ? formatPlural(commands.length, 'command')
            : `${count} of ${formatPlural(commands.length, 'command')}`}
        </span>
      </div>
    </Autocomplete.Root>
  )
}

function PalettePopup() {
  const popup = useRef<HTMLDivElement>(null)
  const finalFocus = useFocusReturn()
  return (
    <BaseDialog.Popup
      ref={popup}
      className="palette"
      aria-label="Command palette"
      initialFocus={() => popup.current?.querySelector('input') ?? true}
      finalFocus={finalFocus}
    >
      <PaletteBody />
    </BaseDialog.Popup>
  )
}

/** Every action of the app in one list: Ctrl or Cmd and K, letters, Enter. */
export function Palette() {
  const open = useStore((state) => state.paletteOpen)
  return (
    <BaseDialog.Root open={open} onOpenChange={setPaletteOpen}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim layer-palette" />
        <BaseDialog.Viewport className="pal-stage layer-palette">
          <PalettePopup />
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}
