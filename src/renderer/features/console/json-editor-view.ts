import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json, jsonParseLinter } from '@codemirror/lang-json'
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import { Annotation, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** An editor in a part of the page. */
export interface JsonEditorView {
  /** Takes a text from outside without telling it back; the cursor stays where it can. */
  setText(text: string): void
  setLabel(label: string): void
  destroy(): void
}

const fromOutside = Annotation.define<boolean>()

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--ink)', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    fontFeatureSettings: '"calt" 0',
    lineHeight: '19px',
    overflow: 'auto',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink-strong)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink-strong)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-faint)', border: '0', paddingLeft: '10px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--env-chip)',
  },
  // Without the focus there is no cursor that a bracket could belong to.
  '.cm-matchingBracket': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--bg-selected)',
    outline: '1px solid var(--line-control)',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg-raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-2)',
  },
  '.cm-diagnostic-error': { borderLeft: '2px solid var(--bad)' },
})

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--syn-key)' },
  { tag: tags.string, color: 'var(--syn-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--syn-number)' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--syn-punct)' },
])

/** The engine gives what is typed over a selection the look of it by an inline style, which the page's policy refuses. */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event
    if (inputType !== 'insertText' || data === null || isComposing || view.state.selection.main.empty) return false
    event.preventDefault()
    view.dispatch(
      view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true }),
    )
    return true
  },
})

const labelOf = (label: string) => ({ 'aria-label': label })

/**
 * Opens a JSON editor inside `parent`, in a shadow tree: there its styles are constructed sheets, which the page's
 * policy allows, and not `<style>` elements, which it does not. Tab moves the focus on; Mod+Enter is left to the page.
 */
export function openJsonEditor(
  parent: HTMLElement,
  options: { readonly text: string; readonly label: string; readonly onChange: (text: string) => void },
): JsonEditorView {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' })
  let label = options.label
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        indentUnit.of('  '),
        EditorView.lineWrapping,
        json(),
        linter(jsonParseLinter(), { delay: 400 }),
        syntaxHighlighting(colours),
        theme,
        typeOverSelection,
        EditorView.contentAttributes.of(() => labelOf(label)),
        keymap.of([...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'), ...historyKeymap]),
        EditorView.updateListener.of((update) => {
          const ours = update.transactions.some((transaction) => transaction.annotation(fromOutside) === true)
          if (update.docChanged && !ours) options.onChange(update.state.doc.toString())
        }),
      ],
    }),
  })
  return {
    setText(text) {
      const before = view.state.doc.toString()
      if (before === text) return
      view.dispatch({
        changes: { from: 0, to: before.length, insert: text },
        selection: { anchor: Math.min(view.state.selection.main.head, text.length) },
        annotations: fromOutside.of(true),
      })
    },
    setLabel(next) {
      label = next
      view.dispatch({})
    },
    destroy: () => view.destroy(),
  }
}
