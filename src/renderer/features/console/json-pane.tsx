import { useState } from 'react'
import type { Operation } from '../../../shared/model/operation.ts'
import type { RequestFault } from '../../../shared/request-check.ts'
import { Button } from '../../ui/button.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import type { Draft, Part } from './draft.ts'
import { JsonEditor } from './json-editor.tsx'

interface JsonPaneProps {
  readonly operation: Operation
  readonly draft: Draft
  /** All of them, shown or not. */
  readonly faults: readonly RequestFault[]
  readonly onText: (part: Part, text: string) => void
  readonly onFormat: (part: Part) => void
  readonly onExample: () => void
}

/** The request as JSON, in step with the form. */
export function JsonPane({ operation, draft, faults, onText, onFormat, onExample }: JsonPaneProps) {
  const hasBody = operation.body !== null
  const hasBoth = hasBody && operation.parameters.length > 0
  const [chosen, setChosen] = useState<Part>('body')
  const part: Part = !hasBody ? 'parameters' : hasBoth ? chosen : 'body'
  const side = draft[part]
  const count = faults.filter(({ path }) => path[0] === part).length
  return (
    <section className="pane json-pane" aria-label="Request as JSON">
      <div className="strip tabs-strip">
        {hasBoth ? (
          <Segments
            label="Part of the request"
            value={part}
            options={[
              { value: 'body', label: 'Body' },
              { value: 'parameters', label: 'Parameters' },
            ]}
            onValueChange={setChosen}
          />
        ) : (
          <span className="strong">JSON</span>
        )}
        {side?.fault !== null && side !== null ? (
          <span className="bad-ink json-state">no JSON yet</span>
        ) : count === 0 ? (
          <span className="ok json-state">
            <Icon name="check" size={14} />
            matches the schema
          </span>
        ) : (
          <span className="soft json-state">{formatPlural(count, 'field')} to mend</span>
        )}
        <span className="grow" />
        {part === 'body' && operation.body?.example !== null ? (
          <Button small variant="quiet" onClick={onExample}>
            Example
          </Button>
        ) : null}
        <Button small variant="quiet" icon="code" disabled={side?.fault !== null} onClick={() => onFormat(part)}>
          Format
        </Button>
      </div>
      {side?.fault === null || side === null ? null : (
        <p className="hint bad json-fault" role="status">
          {side.fault}
        </p>
      )}
      <JsonEditor
        text={side?.text ?? ''}
        label={part === 'body' ? 'Body as JSON' : 'Parameters as JSON'}
        onChange={(text) => onText(part, text)}
      />
    </section>
  )
}
