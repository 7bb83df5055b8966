/** Each item with its place as text, for lists whose items have no identity of their own: bars, skeletons, presses. */
export function numberPlaces<T>(items: readonly T[]): { readonly place: string; readonly item: T }[] {
  return items.map((item, index) => ({ place: String(index), item }))
}
