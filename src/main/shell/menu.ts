import type { MenuItemConstructorOptions } from 'electron'

/** The menu: what copy and paste need, and no way to reload or inspect a packaged window. */
export function menuTemplate(packaged: boolean, isMac: boolean): MenuItemConstructorOptions[] {
  const appMenu: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  const development: MenuItemConstructorOptions[] = packaged ? [] : [{ type: 'separator' }, { role: 'toggleDevTools' }]
  return [
    ...appMenu,
    { role: 'editMenu' },
    { label: 'View', submenu: [...view, ...development] },
    { role: 'windowMenu' },
  ]
}
