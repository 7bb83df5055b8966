import { limits } from '../../../shared/limits.ts'
import type { MessageList } from '../../../shared/model/message.ts'
import { formatCount, formatPlural } from '../../ui/format.ts'

/** Says that a list may not be all there is. API reference, section 6.1: the newest ones, and no way to older ones. */
export function ListFoot({ list, rowCount }: { list: MessageList; rowCount: number | null }) {
  const { total } = list
  const count = list.messages.length
  const cut = total > count || count >= limits.messageListMax
  const grouped = rowCount === null ? '' : ` in ${formatPlural(rowCount, 'conversation')}`
  if (!cut) return null
  return (
    <div
      className="strip below list-foot"
      title="The API gives the newest messages of a folder and no way to older ones."
    >
      <span className="cut">
        Newest {formatCount(count)}
        {total > count ? ` of ${formatCount(total)}` : ''}
        {grouped}; the API gives no older ones
      </span>
    </div>
  )
}
