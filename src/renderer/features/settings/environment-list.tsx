import { type DragEvent, type KeyboardEvent, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import { call } from '../../api/client.ts'
import { orTell } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { formatHost } from '../../ui/address.ts'
import { IconButton } from '../../ui/button.tsx'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { formatShortcut, isMac } from '../../ui/shortcut.ts'
import { newId, useDrafts } from './drafts.ts'
import { moveId } from './environment-draft.ts'

interface RowProps {
  readonly environment: Environment
  readonly index: number
  readonly open: boolean
  readonly dropping: boolean
  readonly onOpen: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onDragStart: () => void
  readonly onDragOver: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
  readonly onDragEnd: () => void
}

function EnvironmentRow({ environment, index, open, dropping, onOpen, ...handlers }: RowProps) {
  const unsaved = useDrafts((state) => state.byId[environment.id] !== undefined)
  return (
    <li>
      <button
        type="button"
        draggable
        className={`env-row ${open ? 'row-on' : ''} ${dropping ? 'dropping' : ''}`}
        aria-current={open ? 'true' : undefined}
        data-environment-id={environment.id}
        onClick={onOpen}
        {...handlers}
      >
        <EnvMark mark={environment.mark} />
        <span className="env-row-name">
          <span className="strong cut">{environment.name}</span>
          {environment.protected ? <Icon name="lock" size={14} className="faint" /> : null}
          {unsaved ? <span className="env-row-unsaved micro soft">edited</span> : null}
        </span>
        <span className="env-row-side small faint num">
          {formatCount(environment.plan.perMinute)}/min
          {index < 9 ? <Kbd shortcut={`Mod+${index + 1}`} /> : null}
        </span>
        <span className="env-row-host mono mono-small faint cut">{formatHost(environment.baseUrl)}</span>
      </button>
    </li>
  )
}

/** The environments in their order; Alt and an arrow move one, so does dragging. */
export function EnvironmentList({ openId, onOpen }: { openId: string; onOpen: (id: string) => void }) {
  const environments = useStore((state) => state.environments)
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const ids = environments.map(({ id }) => id)

  async function reorder(next: readonly string[]): Promise<void> {
    if (next !== ids) await orTell(call('environments.reorder', { ids: [...next] }))
  }

  function move(id: string, step: number): void {
    void reorder(moveId(ids, id, step))
  }

  function press(event: KeyboardEvent, id: string): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (step === 0) return
    event.preventDefault()
    if (event.altKey) {
      move(id, step)
      return
    }
    const next = ids[ids.indexOf(id) + step]
    if (next !== undefined) document.querySelector<HTMLElement>(`[data-environment-id="${next}"]`)?.focus()
  }

  const at = ids.indexOf(openId)
  const mac = isMac()
  return (
    <section className="pane" aria-label="Environments">
      <div className="head narrow">
        <h2 className="title grow">Environments</h2>
        <IconButton icon="plus" label="Add environment" onClick={() => onOpen(newId)} />
      </div>
      <div className="scroll">
        <ul>
          {environments.map((environment, index) => (
            <EnvironmentRow
              key={environment.id}
              environment={environment}
              index={index}
              open={environment.id === openId}
              dropping={over === environment.id && dragged !== environment.id}
              onOpen={() => onOpen(environment.id)}
              onKeyDown={(event) => press(event, environment.id)}
              onDragStart={() => setDragged(environment.id)}
              onDragOver={(event) => {
                event.preventDefault()
                setOver(environment.id)
              }}
              onDrop={(event) => {
                event.preventDefault()
                if (dragged !== null) move(dragged, index - ids.indexOf(dragged))
              }}
              onDragEnd={() => {
                setDragged(null)
                setOver(null)
              }}
            />
          ))}
          {openId === newId ? (
            <li>
              <button type="button" className="env-row row-on" aria-current="true" onClick={() => onOpen(newId)}>
                <Icon name="plus" size={14} className="faint" />
                <span className="strong">New environment</span>
              </button>
            </li>
          ) : null}
        </ul>
        <div className="env-order">
          <p className="small faint grow">
            {formatShortcut('Mod+1', mac)[0]} to {formatShortcut('Mod+9', mac)[0]} switch in this order. Drag to
            reorder, or press {formatShortcut('Alt+ArrowUp', mac)[0]} and {formatShortcut('Alt+ArrowDown', mac)[0]}.
          </p>
          <IconButton icon="up" size={14} label="Move up" disabled={at <= 0} onClick={() => move(openId, -1)} />
          <IconButton
            icon="down"
            size={14}
            label="Move down"
            disabled={at < 0 || at === ids.length - 1}
            onClick={() => move(openId, 1)}
          />
        </div>
      </div>
    </section>
  )
}
