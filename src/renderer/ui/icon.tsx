const iconNames = [
  'up',
  'inbox',
  'requests',
  'keys',
  'settings',
  'webhooks',
  'search',
  'down',
  'next',
  'updown',
  'plus',
  'check',
  'x',
  'alert',
  'lock',
  'unlock',
  'clock',
  'unread',
  'reply',
  'reply-all',
  'forward',
  'trash',
  'clip',
  'dots',
  'refresh',
  'copy',
  'external',
  'shield',
  'image-off',
  'filter',
  'sent',
  'draft',
  'ban',
  'code',
  'console',
  'out',
  'gauge',
  'clipboard',
  'arrow',
  'keyboard',
  'box',
  'store',
  'half',
  'pulse',
  'file',
  'rotate',
  'stop',
  'undo',
  'pause',
  'play',
  'download',
  'bookmark',
  'expand',
  'minus',
] as const

/** Name of an icon of the sprite. */
export type IconName = (typeof iconNames)[number]

/** An icon in a 16 px or 14 px box, in the colour of the text around it. Decorative: a label stands beside it. */
export function Icon({ name, size = 16, className = '' }: { name: IconName; size?: 14 | 16; className?: string }) {
  return (
    <svg className={`i ${size === 14 ? 'i-14' : ''} ${className}`} viewBox="0 0 16 16" aria-hidden="true">
      <use href={`#icon-${name}`} />
    </svg>
  )
}
