import { useMemo } from 'react'
import { listCommands, useCommandRegistry } from '../../store/commands.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { Kbd } from '../../ui/kbd.tsx'

const fixedRows: readonly { readonly title: string; readonly shortcuts: readonly string[] }[] = [
  { title: 'Move in a list', shortcuts: ['ArrowUp', 'ArrowDown', 'J', 'K'] },
  { title: 'Go back, close', shortcuts: ['Escape'] },
  { title: 'Filter the list', shortcuts: ['/'] },
  { title: 'Write a message, send it', shortcuts: ['C', 'Mod+Enter'] },
  { title: 'Reply, reply to all, forward', shortcuts: ['R', 'A', 'F'] },
  { title: 'Go to notifications', shortcuts: ['F6'] },
]

/** Every shortcut of this version. */
export function ShortcutSettings() {
  const registry = useCommandRegistry()
  const commands = useMemo(
    () =>
      listCommands(registry).flatMap((command) =>
        command.shortcut === undefined ? [] : [{ ...command, shortcut: command.shortcut }],
      ),
    [registry],
  )
  return (
    <section className="pane" aria-label="Shortcuts">
      <div className="head settings-head">
        <h2 className="title">Shortcuts</h2>
      </div>
      <div className="scroll">
        <table className="table shortcut-table" aria-label="Shortcuts">
          <thead>
            <tr>
              <th scope="col">Action</th>
              <th scope="col">Keys</th>
            </tr>
          </thead>
          <tbody>
            {commands.map((command) => (
              <tr key={command.id}>
                <td>
                  <span className="group-line">
                    {command.mark === undefined ? null : <EnvMark mark={command.mark} />}
                    {command.group === 'Go to' && command.id !== 'palette' ? `Go to ${command.title}` : command.title}
                  </span>
                </td>
                <td>
                  <Kbd shortcut={command.shortcut} />
                </td>
              </tr>
            ))}
            {fixedRows.map(({ title, shortcuts }) => (
              <tr key={title}>
                <td>{title}</td>
                <td>
                  <span className="group-line">
                    {shortcuts.map((shortcut) => (
                      <Kbd key={shortcut} shortcut={shortcut} />
                    ))}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
