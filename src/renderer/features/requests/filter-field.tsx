import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { completeFilter } from '../../../shared/filter/completion.ts'
import type { FilterVocabulary } from '../../../shared/filter/filter.ts'
import { highlightFilter } from '../../../shared/filter/highlight.ts'
import { describeFilterProblem } from '../../../shared/filter/problem-text.ts'
import { limits } from '../../../shared/limits.ts'
import { useStore } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Part } from '../inbox/part.tsx'
import { acceptOffer, isUnfinished, listOffers, type Offer } from './filter-offers.ts'
import { requests, useRequests } from './requests.ts'
import './filter-field.css'

function useVocabulary(): FilterVocabulary {
  const environments = useStore((state) => state.environments)
  const keys = useStore((state) => state.keys)
  return useMemo(() => ({ environments, keys, operations: [] }), [environments, keys])
}

/** The text of the field in its colours, exactly below the letters of the input. */
function Coloured({ text, shiftPx }: { text: string; shiftPx: number }) {
  const problems = useRequests((state) => state.problems)
  const stretches = useMemo(() => highlightFilter(text, problems), [text, problems])
  return (
    <span className="query-mirror mono" aria-hidden="true">
      <span style={{ transform: `translateX(${-shiftPx}px)` }}>
        {stretches.map(({ kind, wrong, from, to }) => (
          <span key={from} className={`query-${kind} ${wrong ? 'query-wrong' : ''}`} data-from={from} data-to={to}>
            {text.slice(from, to)}
          </span>
        ))}
        {/* A fault at the very end points at what is missing. */}
        {problems.some(({ from }) => from >= text.length) ? (
          <span className="query-wrong query-end">&nbsp;</span>
        ) : null}
      </span>
    </span>
  )
}

function OfferList({
  id,
  offers,
  active,
  onTake,
  onHover,
}: {
  id: string
  offers: readonly Offer[]
  active: number
  onTake: (offer: Offer) => void
  onHover: (index: number) => void
}) {
  const activeRef = useRef<HTMLDivElement>(null)
  // Read for its change alone: the option in force comes into view.
  useEffect(() => {
    if (active >= 0) activeRef.current?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <Part id={id} className="menu query-offers" role="listbox" aria-label="Ways to go on">
      {offers.map((offer, index) => (
        <Part
          key={`${offer.kind} ${offer.text}`}
          id={`${id}-${index}`}
          {...(index === active ? { ref: activeRef } : {})}
          className="menu-item query-offer"
          role="option"
          aria-selected={index === active}
          data-highlighted={index === active ? '' : undefined}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onMouseMove={() => onHover(index)}
          onClick={() => onTake(offer)}
        >
          <span className="menu-lead">{offer.kind === 'past' ? <Icon name="clock" size={14} /> : null}</span>
          <span className="mono mono-small cut">{offer.text}</span>
          <span className="faint small cut">{offer.hint}</span>
        </Part>
      ))}
    </Part>
  )
}

/** What is wrong with the filter in the field, with the button that mends it; nothing while all is well. */
export function FilterFaults({ id }: { id: string }) {
  const problems = useRequests((state) => state.problems)
  const text = useRequests((state) => state.text)
  const [problem] = problems
  if (problem === undefined) return null
  const { from, to, word, closest } = problem
  const mended =
    closest !== null && text.slice(from, to).toLowerCase().includes(word.toLowerCase())
      ? text.slice(0, from) + text.slice(from, to).replace(word, closest) + text.slice(to)
      : null
  return (
    <p id={id} className="strip query-fault" role="status">
      <Icon name="alert" size={14} />
      <span className="cut">{describeFilterProblem(problem)}</span>
      <span className="grow" />
      {mended === null ? null : (
        <Button small variant="quiet" onClick={() => requests.setFilter(mended)}>
          Write {closest}
        </Button>
      )}
      <span className="faint">The list still shows the last filter.</span>
    </p>
  )
}

interface FilterFieldProps {
  readonly inputRef: RefObject<HTMLInputElement | null>
  /** Id of the element that tells what is wrong. */
  readonly faultId: string
  /** The person is done with the field. */
  readonly onLeave: () => void
}

/**
 * The filter in its language: coloured, completed, faults underlined where they are. Arrows choose, Enter or Tab takes,
 * Enter without a choice lists at once and leaves; Esc closes what is open, then clears, then leaves.
 */
export function FilterField({ inputRef, faultId, onLeave }: FilterFieldProps) {
  const text = useRequests((state) => state.text)
  const history = useRequests((state) => state.history)
  const wrong = useRequests((state) => state.problems.length > 0)
  const vocabulary = useVocabulary()
  const listId = useId()
  const [caret, setCaret] = useState(0)
  const [shownAt, setShownAt] = useState<'closed' | 'open'>('closed')
  const [active, setActive] = useState(-1)
  const [shiftPx, setShiftPx] = useState(0)
  const caretAfter = useRef<number | null>(null)

  const completion = useMemo(() => completeFilter(text, caret, vocabulary), [text, caret, vocabulary])
  const offers = useMemo(() => listOffers(text, completion, history), [text, completion, history])
  const expanded = shownAt === 'open' && offers.length > 0

  useLayoutEffect(() => {
    const input = inputRef.current
    if (input === null) return
    if (caretAfter.current !== null) {
      input.setSelectionRange(caretAfter.current, caretAfter.current)
      setCaret(caretAfter.current)
      caretAfter.current = null
    }
    setShiftPx(input.scrollLeft)
  })

  function close(): void {
    setShownAt('closed')
    setActive(-1)
  }

  function take(offer: Offer): void {
    const { text: next, caret: at } = acceptOffer(text, completion, offer)
    setActive(-1)
    caretAfter.current = at
    if (offer.kind === 'past') {
      close()
      requests.setFilter(next)
    } else requests.type(next)
  }

  function leave(): void {
    close()
    onLeave()
  }

  function move(by: number): void {
    if (!expanded) {
      setShownAt('open')
      setActive(by > 0 ? 0 : -1)
      return
    }
    // One more place than there are offers: none chosen.
    const places = offers.length + 1
    setActive(((active + 1 + by + places) % places) - 1)
  }

  function actOnKey(event: KeyboardEvent<HTMLInputElement>): boolean {
    const chosen = expanded ? offers[active] : undefined
    switch (event.key) {
      case 'ArrowDown':
        move(1)
        return true
      case 'ArrowUp':
        move(-1)
        return true
      case 'Tab':
        if (chosen === undefined || event.shiftKey) return false
        take(chosen)
        return true
      case 'Enter':
        if (chosen !== undefined) take(chosen)
        else if (requests.submit()) leave()
        return true
      case 'Escape':
        if (expanded) close()
        else if (text !== '') requests.setFilter('')
        else leave()
        return true
      case ' ':
        if (!event.ctrlKey) return false
        setShownAt('open')
        return true
      default:
        return false
    }
  }

  return (
    <div className="query-box">
      <div className={`field query ${wrong ? 'is-bad' : ''}`}>
        <Icon name="search" size={14} />
        <span className="query-line">
          <Coloured text={text} shiftPx={shiftPx} />
          <input
            ref={inputRef}
            type="text"
            className="mono query-input"
            role="combobox"
            aria-label="Filter calls"
            aria-autocomplete="list"
            aria-expanded={expanded}
            aria-controls={expanded ? listId : undefined}
            aria-activedescendant={expanded && active >= 0 ? `${listId}-${active}` : undefined}
            aria-invalid={wrong || undefined}
            aria-describedby={wrong ? faultId : undefined}
            placeholder="status: path: waited: env: or any text"
            spellCheck={false}
            autoComplete="off"
            value={text}
            maxLength={limits.filterCharsMax}
            onChange={(event) => {
              const { value, selectionStart } = event.currentTarget
              const at = selectionStart ?? value.length
              setCaret(at)
              setShownAt('open')
              setActive(-1)
              requests.type(value, isUnfinished(completeFilter(value, at, vocabulary), at))
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onScroll={(event) => setShiftPx(event.currentTarget.scrollLeft)}
            onClick={() => setShownAt('open')}
            onBlur={close}
            onKeyDown={(event) => {
              if (!event.nativeEvent.isComposing && actOnKey(event)) event.preventDefault()
            }}
          />
        </span>
        {text === '' ? (
          <Kbd shortcut="/" />
        ) : (
          <IconButton
            icon="x"
            size={14}
            className="query-clear"
            label="Clear the filter"
            onClick={() => {
              requests.setFilter('')
              inputRef.current?.focus()
            }}
          />
        )}
      </div>
      {expanded ? <OfferList id={listId} offers={offers} active={active} onTake={take} onHover={setActive} /> : null}
    </div>
  )
}
