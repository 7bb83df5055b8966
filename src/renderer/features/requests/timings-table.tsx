import type { CallDetail } from '../../../shared/model/call.ts'
import { formatBytes, formatClockMs } from '../../ui/format.ts'
import { StatusMark } from '../../ui/status-mark.tsx'
import { numberItems } from '../inbox/message-text.ts'

/** Where the time of each attempt went, in milliseconds. */
export function TimingsTable({ attempts }: { attempts: CallDetail['attempts'] }) {
  const ms = (value: number | null) => (value === null ? <span className="faint">none</span> : value.toFixed(1))
  return (
    <table className="table timings">
      <thead>
        <tr>
          <th scope="col">Attempt</th>
          <th scope="col">Sent</th>
          <th scope="col">Answer</th>
          <th scope="col" className="right">
            DNS, ms
          </th>
          <th scope="col" className="right">
            Connect, ms
          </th>
          <th scope="col" className="right">
            TLS, ms
          </th>
          <th scope="col" className="right">
            First byte, ms
          </th>
          <th scope="col" className="right">
            Body, ms
          </th>
          <th scope="col" className="right">
            Took, ms
          </th>
          <th scope="col" className="right">
            Received
          </th>
        </tr>
      </thead>
      <tbody>
        {numberItems(attempts).map(({ number, item: attempt }) => (
          <tr key={number}>
            <td className="num">{number}</td>
            <td className="mono num soft">{formatClockMs(attempt.startedAtMs)}</td>
            <td>
              <StatusMark status={attempt.status} />
            </td>
            <td className="num right">{ms(attempt.timings.dnsMs)}</td>
            <td className="num right">{ms(attempt.timings.connectMs)}</td>
            <td className="num right">{ms(attempt.timings.tlsMs)}</td>
            <td className="num right">{ms(attempt.timings.firstByteMs)}</td>
            <td className="num right">{ms(attempt.timings.bodyMs)}</td>
            <td className="num right">{ms(attempt.tookMs)}</td>
            <td className="num right">{formatBytes(attempt.responseBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
