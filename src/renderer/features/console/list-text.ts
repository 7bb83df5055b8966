/** Texts with commas between. A comma within quotes belongs to a name, as in `"Doe, Jane" <jane@example.com>`. */
export function splitList(text: string): string[] {
  const items = text.match(/(?:"[^"]*"|[^,])+/g) ?? []
  return items.map((item) => item.trim()).filter((item) => item !== '')
}

/** A text or a list of texts as it is typed. */
export function joinList(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(String).join(', ') : ''
}
