import type { Emit } from '../../shared/contract.ts'
import type { Notice } from '../../shared/model/app.ts'
import type { Log } from '../core/ports.ts'

/** What the person must know of this run. */
export interface NoticeBoard {
  all(): Notice[]
  /** Puts a notice up, once for each cause and detail. */
  add(notice: Notice): void
  /** Takes down what is no longer so. */
  drop(what: Notice['what']): void
}

/** Makes an empty board that tells the window of each change. */
export function createNoticeBoard(parts: { readonly log: Log; readonly emit: Emit }): NoticeBoard {
  let notices: readonly Notice[] = []

  function put(next: readonly Notice[]): void {
    notices = next
    parts.emit('notices.changed', [...notices])
  }

  return {
    all: () => [...notices],
    add(notice) {
      if (notices.some(({ what, detail }) => what === notice.what && detail === notice.detail)) return
      parts.log.warn('notice', notice)
      put([...notices, notice])
    },
    drop(name) {
      const left = notices.filter(({ what }) => what !== name)
      if (left.length < notices.length) put(left)
    },
  }
}
