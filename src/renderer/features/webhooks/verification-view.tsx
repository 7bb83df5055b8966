import type { Verification } from '../../../shared/model/webhook.ts'
import {
  describeAlteration,
  describeSignatureFault,
  describeTime,
  describeVerdict,
} from '../../../shared/webhook-text.ts'
import { Icon } from '../../ui/icon.tsx'
import { schemeNames, toneOfVerdict } from './webhook-words.ts'

/** What a delivery is worth: the verdict, each signature, the time. */
export function VerificationView({ verification, fits }: { verification: Verification; fits: string | null }) {
  const tone = toneOfVerdict(verification)
  return (
    <div className="verdict" role="status">
      <p className={`strong verdict-line ${tone === 'good' ? 'ok' : tone === 'bad' ? 'bad' : ''}`}>
        <Icon name={tone === 'good' ? 'check' : tone === 'bad' ? 'x' : 'alert'} size={14} />
        {describeVerdict(verification.verdict)}
      </p>
      <dl className="dl">
        {verification.checks.map(({ scheme, result, alteration, fault }) => (
          <div key={scheme} className="dl-pair">
            <dt>Signature</dt>
            <dd>
              {result === 'match' ? 'fits' : result === 'mismatch' ? 'does not fit' : 'unreadable'}
              <span className="faint">, {schemeNames[scheme]}.</span>
              {alteration === null ? null : <span className="soft"> {describeAlteration(alteration)}</span>}
              {fault === null ? null : <span className="soft"> {describeSignatureFault(fault)}</span>}
            </dd>
          </div>
        ))}
        {fits === null || verification.verdict === 'malformed' || verification.verdict === 'unsigned' ? null : (
          <div className="dl-pair">
            <dt>Secret</dt>
            <dd className="cut">of {fits}</dd>
          </div>
        )}
        <div className="dl-pair">
          <dt>Time</dt>
          <dd>{describeTime(verification.time)}</dd>
        </div>
      </dl>
    </div>
  )
}
