import type { ComponentProps } from 'react'

/**
 * A part of a list whose rows are placed by hand: such rows can't be those of a <table> or <select>, so each
 * part names its role. The keyboard acts on the whole, which names the row as its active descendant.
 */
export function Part({ role, ...rest }: ComponentProps<'div'>) {
  return <div role={role} {...rest} />
}
