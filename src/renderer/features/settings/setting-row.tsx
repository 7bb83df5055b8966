import type { ReactNode } from 'react'

/** One setting: its name at the left, its control and hint at the right. */
export function SettingRow({ name, hint, children }: { name: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <div className="set">
      <span className="set-name" aria-hidden="true">
        {name}
      </span>
      <div>
        {children}
        {hint === undefined ? null : <p className="hint">{hint}</p>}
      </div>
    </div>
  )
}
