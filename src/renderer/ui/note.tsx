import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

interface NoteProps {
  readonly tone?: 'plain' | 'warned' | 'refused'
  readonly icon?: IconName
  /** What happened. */
  readonly title: ReactNode
  /** What it means and what to do. */
  readonly detail?: ReactNode
  /** One button, two at most. */
  readonly actions?: ReactNode
  readonly onClose?: () => void
  /** Title and detail in one line instead of two. */
  readonly inline?: boolean
}

/** A note across a pane: what happened, then a button. */
export function Note({ tone = 'plain', icon, title, detail, actions, onClose, inline = false }: NoteProps) {
  return (
    <div
      className={`note ${tone === 'plain' ? '' : tone} ${inline ? 'inline' : ''}`}
      role={tone === 'refused' ? 'alert' : 'status'}
    >
      <Icon name={icon ?? (tone === 'plain' ? 'box' : 'alert')} className={tone === 'plain' ? 'faint' : ''} />
      <div className="grow">
        {inline ? (
          <p>
            <span className="strong">{title}</span> <span className="soft">{detail}</span>
          </p>
        ) : (
          <>
            <p className="strong">{title}</p>
            {detail === undefined ? null : <div className="small soft">{detail}</div>}
          </>
        )}
      </div>
      <span className="acts">
        {actions}
        {onClose === undefined ? null : <IconButton icon="x" size={14} label="Close this note" onClick={onClose} />}
      </span>
    </div>
  )
}
