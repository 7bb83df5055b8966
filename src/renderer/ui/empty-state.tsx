import type { ReactNode } from 'react'

/** Stands in an empty list or pane: what is absent, and what to do next. */
export function EmptyState({ title, detail, action }: { title: ReactNode; detail?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="strong">{title}</p>
      {detail === undefined ? null : <p className="soft small empty-detail">{detail}</p>}
      {action === undefined ? null : <div className="empty-action">{action}</div>}
    </div>
  )
}
