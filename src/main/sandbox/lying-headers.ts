import { countSeconds, type Dialect, epochSeconds, formatHttpDate, type HeaderPair } from './rate-moment.ts'

const hourMs = 3_600_000
const tenYearsMs = 10 * 365 * 24 * hourMs
const longChars = 10 * 1024

const malformed: readonly (readonly HeaderPair[])[] = [
  [
    ['Retry-After', 'soon'],
    ['RateLimit-Policy', 'q=100'],
    ['RateLimit', '"default";r=;t=30'],
  ],
  [
    ['Retry-After', '-5'],
    ['RateLimit', '"default";r=-1;t=-1'],
    ['X-RateLimit-Limit', '0x64'],
    ['X-RateLimit-Remaining', 'many'],
    ['X-RateLimit-Reset', 'NaN'],
  ],
  [
    ['Retry-After', '1.5'],
    ['RateLimit', '"default;r=5;t=9'],
    ['RateLimit-Remaining', '1e3'],
    ['RateLimit-Reset', 'Infinity'],
  ],
  [
    ['Retry-After', '99999999999999999999'],
    ['RateLimit', '"default";r=99999999999999999999;t=1'],
    ['RateLimit-Limit', '-100'],
    ['X-RateLimit-Reset', 'Tue, 31 Feb 2026 25:61:61 GMT'],
  ],
  [
    ['Retry-After', ''],
    ['RateLimit', ''],
    ['RateLimit-Policy', ', ,'],
  ],
]

/** Ten kilobytes that are well-formed to the last character. */
function createLongField(): string {
  const items: string[] = []
  for (let chars = 0, index = 0; chars < longChars; index += 1) {
    const item = `"policy-${index}";r=1;t=1`
    items.push(item)
    chars += item.length + 2
  }
  return items.join(', ')
}

/**
 * Headers that are wrong. The window behind them is as right as ever: whoever believes them is
 * refused, stands still for years, or breaks. Bad input of the rate limits.
 */
export const lyingHeaders = {
  'liar-backwards': {
    about: 'counts and resets that go backwards with every second answer',
    format: ({ decision, earlier }) => {
      const lies = earlier % 2 === 1
      return [
        ['RateLimit-Limit', String(decision.limit)],
        ['RateLimit-Remaining', String(lies ? decision.limit : decision.remaining)],
        ['RateLimit-Reset', String(lies ? 0 : countSeconds(decision.nextSlotInMs))],
      ]
    },
  },
  'liar-past': {
    about: 'resets and Retry-After an hour ago',
    format: ({ decision, nowMs }) => [
      ['X-RateLimit-Limit', String(decision.limit)],
      ['X-RateLimit-Remaining', '0'],
      ['X-RateLimit-Reset', String(epochSeconds(nowMs - hourMs))],
      ...(decision.accepted ? [] : [['Retry-After', formatHttpDate(nowMs - hourMs)] satisfies HeaderPair]),
    ],
  },
  'liar-decade': {
    about: 'resets and Retry-After in ten years',
    format: ({ decision, nowMs }) => [
      ['X-RateLimit-Limit', String(decision.limit)],
      ['X-RateLimit-Remaining', String(decision.remaining)],
      ['X-RateLimit-Reset', String(epochSeconds(nowMs + tenYearsMs))],
      ['RateLimit', `"default";r=${decision.remaining};t=${countSeconds(tenYearsMs)}`],
      ...(decision.accepted ? [] : [['Retry-After', formatHttpDate(nowMs + tenYearsMs)] satisfies HeaderPair]),
    ],
  },
  'liar-long': {
    about: 'a RateLimit of ten kilobytes',
    format: () => [['RateLimit', createLongField()]],
  },
  'liar-malformed': {
    about: 'fields that mean nothing, in turn',
    format: ({ earlier }) => malformed[earlier % malformed.length] ?? [],
  },
  'liar-cached': {
    about: 'what a cache kept for two minutes (Age), with nothing remaining',
    format: ({ decision, windowMs }) =>
      decision.accepted
        ? [
            ['Age', '120'],
            ['RateLimit-Policy', `"default";q=${decision.limit};w=${countSeconds(windowMs)}`],
            ['RateLimit', '"default";r=0;t=600'],
          ]
        : [],
  },
} as const satisfies Record<string, Dialect>
