import { numberPlaces } from './places.ts'

interface BarsProps {
  readonly values: readonly number[]
  readonly width: number
  readonly height: number
  /** Value of a bar of full height. */
  readonly max: number
  readonly gap?: number
  readonly color?: string
  /** Colour of the last bar, when it is another. */
  readonly lastColor?: string
}

/** Bars of a chart inside an `<svg>`, 1 px at least where there is a value. */
export function Bars({
  values,
  width,
  height,
  max,
  gap = 1,
  color = 'var(--ink-faint)',
  lastColor = color,
}: BarsProps) {
  const step = width / Math.max(1, values.length)
  return numberPlaces(values).map(({ place, item }) => {
    if (item <= 0) return null
    const index = Number(place)
    const barHeight = Math.max(1, (item / Math.max(1, max)) * height)
    return (
      <rect
        key={place}
        x={index * step}
        y={height - barHeight}
        width={Math.max(0.5, step - gap)}
        height={barHeight}
        fill={index === values.length - 1 ? lastColor : color}
      />
    )
  })
}
