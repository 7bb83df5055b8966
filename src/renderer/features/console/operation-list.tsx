import { type KeyboardEvent, useMemo, useRef } from 'react'
import type { Effect, Operation } from '../../../shared/model/operation.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { desk, useConsole } from './console.ts'
import { effectIcons, effectWords, groupOperations, operationCount, operationNames } from './operation-names.ts'

function EffectMark({ effect }: { effect: Effect }) {
  const icon = effectIcons[effect]
  return icon === null ? (
    <span className="unseen">{effectWords[effect]}</span>
  ) : (
    <span title={effectWords[effect]}>
      <Icon name={icon} size={14} className={effect === 'destructive' ? 'bad' : 'faint'} />
      <span className="unseen">{effectWords[effect]}</span>
    </span>
  )
}

function OperationRow({ operation }: { operation: Operation }) {
  const on = useConsole((state) => state.operation === operation.id)
  return (
    <li>
      <button
        type="button"
        className={`op ${on ? 'on' : ''}`}
        aria-current={on ? 'true' : undefined}
        title={operation.summary}
        onClick={() => desk.select(operation.id)}
      >
        <span className="method">{operation.method === 'DELETE' ? 'DEL' : operation.method}</span>
        <span className="cut">{operationNames[operation.id]}</span>
        <EffectMark effect={operation.effect} />
      </button>
    </li>
  )
}

const legend: readonly Effect[] = ['write', 'outbound', 'destructive']

/** Every operation, found by a few letters; arrows move between them. */
export function OperationList({ searchRef }: { searchRef: React.RefObject<HTMLInputElement | null> }) {
  const search = useConsole((state) => state.search)
  const groups = useMemo(() => groupOperations(search), [search])
  const listRef = useRef<HTMLDivElement>(null)

  function focusRow(from: Element | null, by: 1 | -1): void {
    const rows: Element[] = [...(listRef.current?.querySelectorAll('.op') ?? [])]
    const at = from === null ? -1 : rows.indexOf(from)
    const next = at < 0 ? rows[0] : rows[at + by]
    if (next instanceof HTMLElement) next.focus()
    else if (by === -1) searchRef.current?.focus()
  }

  function hear(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    focusRow(document.activeElement, event.key === 'ArrowDown' ? 1 : -1)
  }

  return (
    <section className="pane" aria-label="Operations" onKeyDown={hear}>
      <div className="head narrow">
        <TextField
          ref={searchRef}
          className="grow"
          quiet
          label="Search operations"
          hideLabel
          icon="search"
          placeholder={`Search ${operationCount} operations`}
          value={search}
          maxLength={100}
          trailing={search === '' ? <Kbd shortcut="/" /> : null}
          onValueChange={desk.setSearch}
          onKeyDown={(event) => {
            const first = groups[0]?.operations[0]
            if (event.key === 'Enter' && first !== undefined) desk.select(first.id)
            if (event.key === 'Escape' && search !== '') {
              event.preventDefault()
              desk.setSearch('')
            }
          }}
        />
      </div>
      <div className="scroll" ref={listRef}>
        {groups.length === 0 ? (
          <EmptyState title="No operation matches" detail="Search by name, path, method or effect." />
        ) : null}
        {groups.map(({ title, operations }) => (
          <section key={title} aria-label={title}>
            <h2 className="op-group micro faint">{title}</h2>
            <ul>
              {operations.map((operation) => (
                <OperationRow key={operation.id} operation={operation} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="strip below op-legend" aria-hidden="true">
        {legend.map((effect) => (
          <span key={effect}>
            <EffectMark effect={effect} />
            {effect}
          </span>
        ))}
      </p>
    </section>
  )
}
