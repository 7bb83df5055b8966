import { useEffect, useState } from 'react'
import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, SavedRequest } from '../../../shared/model/console.ts'
import { call } from '../../api/client.ts'
import { orTell } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import { desk } from './console.ts'
import { operationNames } from './operation-names.ts'

interface SavedMenuProps {
  readonly environmentId: string
  /** What is on screen; null while it cannot be kept. */
  readonly request: ConsoleRequest | null
  readonly suggestion: string
  readonly onImport: () => void
}

/** Keeps the request on screen under a name, and brings kept ones back; imports one from the clipboard. */
export function SavedMenu({ environmentId, request, suggestion, onImport }: SavedMenuProps) {
  const [saved, setSaved] = useState<readonly SavedRequest[] | null>(null)
  const [naming, setNaming] = useState<ConsoleRequest | null>(null)
  const [name, setName] = useState('')

  useEffect(() => {
    void orTell(call('console.saved', {})).then((list) => (list === null ? undefined : setSaved(list)))
  }, [])

  async function save(kept: ConsoleRequest): Promise<void> {
    const list = await orTell(call('console.save', { name, request: kept }))
    if (list === null) return
    setSaved(list)
    setNaming(null)
    showToast({ text: `Saved as ${name.trim()}` })
  }

  async function forget(gone: SavedRequest): Promise<void> {
    const list = await orTell(call('console.forget', { name: gone.name }))
    if (list === null) return
    setSaved(list)
    showToast({
      text: `Removed ${gone.name}`,
      undo: () =>
        void orTell(call('console.save', { name: gone.name, request: gone.request })).then((back) =>
          back === null ? undefined : setSaved(back),
        ),
    })
  }

  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button variant="quiet" icon="bookmark">
            Saved
          </Button>
        }
      >
        <MenuItem
          icon="plus"
          disabled={request === null}
          onSelect={() => {
            setName(suggestion)
            setNaming(request)
          }}
        >
          Save this request
        </MenuItem>
        <MenuItem icon="clipboard" onSelect={onImport}>
          Import cURL from the clipboard
        </MenuItem>
        {saved === null || saved.length === 0 ? null : <MenuSeparator />}
        {(saved ?? []).map((each) => (
          <MenuItem
            key={each.name}
            icon="play"
            name={each.name}
            detail={operationNames[each.request.operation]}
            onSelect={() => desk.open(environmentId, each.request)}
          >
            {each.name}
          </MenuItem>
        ))}
        {saved === null || saved.length === 0 ? null : <MenuSeparator />}
        {(saved ?? []).map((each) => (
          <MenuItem key={each.name} icon="trash" danger name={`Remove ${each.name}`} onSelect={() => void forget(each)}>
            Remove {each.name}
          </MenuItem>
        ))}
      </Menu>
      <Dialog open={naming !== null} onClose={() => setNaming(null)} title="Save this request">
        <form
          className="saved-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (naming !== null && name.trim() !== '') void save(naming)
          }}
        >
          <TextField
            label="Name"
            value={name}
            maxLength={limits.savedNameCharsMax}
            hint="A request of the same name is replaced. No key is kept in it."
            onValueChange={setName}
          />
          <div className="saved-buttons">
            <Button onClick={() => setNaming(null)}>Cancel</Button>
            <Button variant="primary" type="submit" disabled={name.trim() === ''}>
              Save
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
