import { Toast as BaseToast } from '@base-ui/react/toast'
import { Icon } from './icon.tsx'

/** What a toast tells. */
export interface ToastText {
  readonly text: string
  readonly detail?: string
  readonly tone?: 'plain' | 'refused'
  /** Offers to take it back for as long as the toast is shown. */
  readonly undo?: () => void
  /** Offers another step instead. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

const manager = BaseToast.createToastManager()
const shownMs = 6000
// A failure stays long enough to be read twice.
const failureShownMs = 12_000

/** Tells something that happened, without stopping anybody. */
export function showToast({ text, detail, tone = 'plain', undo, action }: ToastText): void {
  const offer = undo === undefined ? action : { label: 'Undo', run: undo }
  const id: string = manager.add({
    title: text,
    ...(detail === undefined ? {} : { description: detail }),
    type: tone,
    timeout: tone === 'refused' ? failureShownMs : shownMs,
    ...(offer === undefined
      ? {}
      : {
          actionProps: {
            children: offer.label,
            onClick: () => {
              manager.close(id)
              offer.run()
            },
          },
        }),
  })
}

function ToastList() {
  const { toasts } = BaseToast.useToastManager()
  return toasts.map((toast) => (
    <BaseToast.Root key={toast.id} toast={toast} className="toast">
      <BaseToast.Content className="toast-content">
        {toast.type === 'refused' ? <Icon name="alert" className="bad" /> : null}
        <div className="toast-text">
          <BaseToast.Title className="toast-title" render={<p />} />
          <BaseToast.Description className="toast-detail soft small" render={<p />} />
        </div>
        {toast.actionProps === undefined ? null : <BaseToast.Action className="btn small quiet toast-action" />}
        <BaseToast.Close className="icon-btn" aria-label="Close">
          <Icon name="x" size={14} />
        </BaseToast.Close>
      </BaseToast.Content>
    </BaseToast.Root>
  ))
}

/** Where toasts appear; stands once in the frame. F6 moves the focus there. */
export function Toasts() {
  return (
    <BaseToast.Provider toastManager={manager} limit={3}>
      <BaseToast.Portal>
        <BaseToast.Viewport className="toasts">
          <ToastList />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  )
}
