import { useEffect, useRef, useState } from 'react'
import { Waiting } from '../../ui/waiting.tsx'
import type { JsonEditorView } from './json-editor-view.ts'

interface JsonEditorProps {
  readonly text: string
  readonly label: string
  readonly onChange: (text: string) => void
}

/** A JSON text with colours, line numbers and undo. Its code loads when it is first shown. */
export function JsonEditor({ text, label, onChange }: JsonEditorProps) {
  const hostRef = useRef<HTMLDivElement>(null)
  const viewRef = useRef<JsonEditorView | null>(null)
  const latest = useRef({ text, label, onChange })
  latest.current = { text, label, onChange }
  const [ready, setReady] = useState(false)

  useEffect(() => {
    let gone = false
    void import('./json-editor-view.ts').then(({ openJsonEditor }) => {
      if (gone || hostRef.current === null) return
      viewRef.current = openJsonEditor(hostRef.current, {
        text: latest.current.text,
        label: latest.current.label,
        onChange: (next) => latest.current.onChange(next),
      })
      setReady(true)
    })
    return () => {
      gone = true
      viewRef.current?.destroy()
      viewRef.current = null
    }
  }, [])

  useEffect(() => viewRef.current?.setText(text), [text])
  useEffect(() => viewRef.current?.setLabel(label), [label])

  return (
    <>
      {ready ? null : <Waiting what="Loading the editor" />}
      <div ref={hostRef} className={ready ? 'json-editor' : 'json-editor is-late'} />
    </>
  )
}
