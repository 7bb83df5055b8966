/**
 * Puts a text on the clipboard during a click or key press; false when it was refused. The asynchronous
 * clipboard asks for a permission that this window never gets; a copy by the person's own hand needs none.
 */
export function copyText(text: string): boolean {
  let written = false
  function write(event: ClipboardEvent): void {
    if (event.clipboardData === null) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', text)
    written = true
  }
  document.addEventListener('copy', write)
  document.execCommand('copy')
  document.removeEventListener('copy', write)
  return written
}
