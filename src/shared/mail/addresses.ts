import { limits } from '../limits.ts'

// What mail servers take: a local part without blanks and a domain of at least one label.
const bareAddress = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/

/** The address inside `Name <a@b>` or `a@b`, as it was written. */
export function bareOf(text: string): string {
  const open = text.lastIndexOf('<')
  return (open >= 0 && text.trimEnd().endsWith('>') ? text.trimEnd().slice(open + 1, -1) : text).trim()
}

/** The name before `<a@b>`, or an empty text. */
export function nameOf(text: string): string {
  const open = text.lastIndexOf('<')
  if (open < 0 || !text.trimEnd().endsWith('>')) return ''
  const name = text.slice(0, open).trim()
  return /^".*"$/.test(name) ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name
}

/** True for one address that can be written to. */
export function isAddress(text: string): boolean {
  if (text.length > limits.addressCharsMax) return false
  const bare = bareOf(text)
  const domain = bare.slice(bare.lastIndexOf('@') + 1)
  return bareAddress.test(bare) && !bare.includes('..') && !/^[.-]|[.-]$/.test(domain) && !bare.startsWith('.')
}

/** True for two texts that name the same address, whatever name and case they have. */
export function isSameAddress(one: string, other: string): boolean {
  return bareOf(one).toLowerCase() === bareOf(other).toLowerCase()
}

/** Writes an address with its name as it is typed and sent. A name that is no more than the address is left out. */
export function formatAddress(address: string, name: string | null): string {
  const clean = (name ?? '').replace(/[\p{Cc}<>]+/gu, ' ').trim()
  if (clean === '' || clean.toLowerCase() === address.toLowerCase()) return address
  const shown = /[",;@:()[\]\\]/.test(clean) ? `"${clean.replace(/["\\]/g, '\\$&')}"` : clean
  const whole = `${shown} <${address}>`
  return whole.length > limits.addressCharsMax ? address : whole
}

/** Splits what was typed or pasted at commas, semicolons and line ends that stand in no quotes and no brackets. */
export function splitAddresses(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  let bracketed = false
  let escaped = false
  for (const character of text) {
    if (character === '"' && !escaped) quoted = !quoted
    escaped = quoted && character === '\\' && !escaped
    if (!quoted && (character === '<' || character === '>')) bracketed = character === '<'
    if (/[,;\r\n]/.test(character) && !quoted && !bracketed) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part]
    .map((each) => each.replace(/\s+/g, ' ').trim().slice(0, limits.addressCharsMax))
    .filter((each) => each !== '')
}

/** The addresses in their order, each once. */
export function uniteAddresses(texts: readonly string[]): string[] {
  return texts.filter((text, index) => texts.findIndex((other) => isSameAddress(text, other)) === index)
}

/** True for two lists of the same addresses, in any order. */
export function isSameParty(one: readonly string[], other: readonly string[]): boolean {
  const unite = (texts: readonly string[]) =>
    [...new Set(texts.map((text) => bareOf(text).toLowerCase()))].sort().join('\n')
  return unite(one) === unite(other)
}
