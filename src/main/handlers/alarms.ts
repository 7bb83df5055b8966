import { succeed } from '../../shared/result.ts'
import type { Alarms } from '../core/alarms/alarms.ts'
import type { HandlerGroup } from './group.ts'

/** Alarms that were raised. */
export function createAlarmHandlers({ alarms }: { readonly alarms: Alarms }): HandlerGroup<'alarms'> {
  return {
    'alarms.list': () => succeed([...alarms.list()]),
    'alarms.dismiss'({ id }) {
      alarms.dismiss(id)
      return succeed(null)
    },
  }
}
