import { type FormEvent, useState } from 'react'
import { limits } from '../../../shared/limits.ts'
import type { SavedFilter } from '../../../shared/model/log.ts'
import type { Result } from '../../../shared/result.ts'
import { call } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { requests, useRequests } from './requests.ts'

/** Filters that were kept under a name, one click each. The one in force is marked. */
export function SavedFilterBar() {
  const saved = useStore((state) => state.settings.savedFilters)
  const filter = useRequests((state) => state.filter)
  if (saved.length === 0) return null
  return (
    <fieldset className="saved-filters" aria-label="Saved filters">
      {saved.map(({ name, filter: text }) => (
        <button
          key={name}
          type="button"
          className="saved-item"
          title={text}
          aria-pressed={text === filter}
          data-pressed={text === filter ? '' : undefined}
          onClick={() => requests.setFilter(text)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  )
}

/** True for a success; a failure is told as a toast. */
async function succeeds(answer: Promise<Result<null>>): Promise<boolean> {
  const result = await answer
  if (!result.ok) tellError(result.error)
  return result.ok
}

const save = (saved: SavedFilter) => succeeds(call('requests.saveFilter', saved))

async function rename({ name, filter }: SavedFilter, next: string): Promise<boolean> {
  if (next === name) return true
  return (await save({ name: next, filter })) && succeeds(call('requests.removeFilter', { name }))
}

async function remove(saved: SavedFilter): Promise<void> {
  if (!(await succeeds(call('requests.removeFilter', { name: saved.name })))) return
  showToast({ text: `Deleted the filter ${saved.name}`, undo: () => void save(saved) })
}

function SavedRow({ saved, taken }: { saved: SavedFilter; taken: (name: string) => boolean }) {
  const [name, setName] = useState<string | null>(null)
  const wanted = (name ?? '').trim()
  const doubled = wanted !== saved.name && taken(wanted)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wanted === '' || doubled) return
    if (await rename(saved, wanted)) setName(null)
  }

  if (name !== null) {
    return (
      <form className="filter-row" onSubmit={(event) => void submit(event)}>
        <TextField
          label={`New name of ${saved.name}`}
          hideLabel
          value={name}
          maxLength={limits.labelCharsMax}
          error={doubled ? 'Taken' : null}
          autoFocus
          onValueChange={setName}
        />
        <span className="mono mono-small faint cut">{saved.filter}</span>
        <Button small type="submit" disabled={wanted === '' || doubled}>
          Rename
        </Button>
        <Button small variant="quiet" onClick={() => setName(null)}>
          Keep
        </Button>
      </form>
    )
  }
  return (
    <div className="filter-row">
      <span className="cut" title={saved.name}>
        {saved.name}
      </span>
      <span className="mono mono-small faint cut" title={saved.filter}>
        {saved.filter === '' ? 'everything' : saved.filter}
      </span>
      <Button small variant="quiet" aria-label={`Rename ${saved.name}`} onClick={() => setName(saved.name)}>
        Rename
      </Button>
      <Button small variant="quiet" aria-label={`Delete ${saved.name}`} onClick={() => void remove(saved)}>
        Delete
      </Button>
    </div>
  )
}

function SaveForm({ onDone }: { onDone: () => void }) {
  const filter = useRequests((state) => state.filter)
  const saved = useStore((state) => state.settings.savedFilters)
  const [name, setName] = useState(() => saved.find((each) => each.filter === filter)?.name ?? '')
  const taken = (wanted: string) => saved.some((each) => each.name === wanted)
  const wanted = name.trim()
  const replaced = saved.find((each) => each.name === wanted && each.filter !== filter)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wanted === '' || !(await save({ name: wanted, filter }))) return
    showToast({ text: `Saved the filter ${wanted}` })
    onDone()
  }

  return (
    <>
      <form className="filter-form" onSubmit={(event) => void submit(event)}>
        <p className="mono mono-small soft">{filter === '' ? 'Everything: type a filter first.' : filter}</p>
        <TextField
          label="Name"
          value={name}
          maxLength={limits.labelCharsMax}
          hint={replaced === undefined ? 'It stands above the list, one click away.' : `Takes the place of ${wanted}.`}
          onValueChange={setName}
        />
        <div className="dialog-actions">
          <Button onClick={onDone}>Close</Button>
          <Button variant="primary" type="submit" disabled={wanted === '' || filter === ''}>
            Save filter
          </Button>
        </div>
      </form>
      {saved.length === 0 ? null : (
        <section className="filter-rows" aria-label="Filters that are saved">
          {saved.map((each) => (
            <SavedRow key={each.name} saved={each} taken={taken} />
          ))}
        </section>
      )}
    </>
  )
}

/** Keeps the filter in force under a name, and tends those that are kept. */
export function SaveFilterDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Save this filter" width={520}>
      <SaveForm onDone={onClose} />
    </Dialog>
  )
}
