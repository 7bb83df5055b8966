/** A path for reading: the `@` of addresses as itself. What was sent stays in the log. */
export function formatPath(path: string): string {
  return path.replaceAll('%40', '@')
}

/** Host and port of a base URL; the text itself when it is none. */
export function formatHost(baseUrl: string): string {
  try {
    return new URL(baseUrl).host
  } catch {
    return baseUrl
  }
}

/** Origin of a base URL, the only place its keys go to; the text itself when it is none. */
export function formatOrigin(baseUrl: string): string {
  try {
    return new URL(baseUrl).origin
  } catch {
    return baseUrl
  }
}
