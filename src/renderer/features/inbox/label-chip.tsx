import type { Label } from '../../../shared/model/message.ts'

/** A label with its colour. */
export function LabelChip({ label: { name, color } }: { label: Label }) {
  return (
    <span className="tag chip">
      <span className="sq" style={{ background: color }} />
      <bdi className="cut">{name}</bdi>
    </span>
  )
}
