import { closeNotice } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Note } from '../../ui/note.tsx'
import { describeNotice } from './notice-text.ts'

/** The notices of this run that were not closed yet. */
export function NoticeNotes() {
  const notices = useStore((state) => state.notices)
  const closed = useStore((state) => state.closedNotices)
  return notices
    .filter(({ what }) => !closed.includes(what))
    .map((notice) => {
      const { tone, title, detail } = describeNotice(notice)
      return (
        <Note key={notice.what} tone={tone} title={title} detail={detail} onClose={() => closeNotice(notice.what)} />
      )
    })
}
