import type { Header } from '../../../shared/model/call.ts'
import { numberItems } from '../inbox/message-text.ts'

/** Headers as they were sent or came, one a row. */
export function HeaderList({ headers }: { headers: readonly Header[] }) {
  return (
    <dl className="header-list mono mono-small">
      {numberItems(headers).map(({ number, item: [name, value] }) => (
        <div key={number}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
