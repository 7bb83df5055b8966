import {
  countSeconds,
  type Dialect,
  epochSeconds,
  formatHttpDate,
  type HeaderPair,
  type RateMoment,
} from './rate-moment.ts'

const dayMs = 86_400_000
const daySeconds = 86_400

function formatLegacy({ decision }: RateMoment, reset: string): readonly HeaderPair[] {
  return [
    ['X-RateLimit-Limit', String(decision.limit)],
    ['X-RateLimit-Remaining', String(decision.remaining)],
    ['X-RateLimit-Reset', reset],
  ]
}

function freesAtMs({ decision, nowMs }: RateMoment): number {
  return nowMs + decision.nextSlotInMs
}

function formatRetryDate({ decision, nowMs }: RateMoment): readonly HeaderPair[] {
  // The date has whole seconds and is measured against this one: together they must not be too early.
  const date = Math.floor(nowMs / 1000) * 1000
  const dated: HeaderPair = ['Date', formatHttpDate(date)]
  return decision.accepted ? [dated] : [dated, ['Retry-After', formatHttpDate(nowMs + decision.nextSlotInMs)]]
}

/** A byte sequence of structured fields (RFC 9651, section 3.3.5). */
function formatBytes(text: string): string {
  return `:${Buffer.from(text, 'utf8').toString('base64')}:`
}

/**
 * Headers that tell the truth about the window, rounded so that who believes them is never too
 * early. Their forms are those of services in the field; see "Rates and probes", rules 1 and 3.
 */
export const honestHeaders = {
  none: { about: 'no header at all', format: () => [] },
  legacy: {
    about: 'X-RateLimit-Limit, -Remaining, -Reset; the reset in Unix seconds',
    format: (moment) => formatLegacy(moment, String(epochSeconds(freesAtMs(moment)))),
  },
  'legacy-ms': {
    about: 'the same, the reset in Unix milliseconds',
    format: (moment) => formatLegacy(moment, String(Math.ceil(freesAtMs(moment)))),
  },
  'legacy-ms-left': {
    about: 'the same, the reset in milliseconds that are left',
    format: (moment) => formatLegacy(moment, String(Math.ceil(moment.decision.nextSlotInMs))),
  },
  'legacy-date': {
    about: 'the same, the reset as a date',
    format: (moment) => formatLegacy(moment, formatHttpDate(freesAtMs(moment))),
  },
  draft: {
    about: 'RateLimit-Limit, -Remaining, -Reset; the reset in seconds that are left',
    format: ({ decision }) => [
      ['RateLimit-Limit', String(decision.limit)],
      ['RateLimit-Remaining', String(decision.remaining)],
      ['RateLimit-Reset', String(countSeconds(decision.nextSlotInMs))],
    ],
  },
  gitlab: {
    about: 'as GitLab: RateLimit-Reset in Unix seconds, -ResetTime as a date, Retry-After when refused',
    format: (moment) => [
      ['RateLimit-Name', 'throttle_authenticated_api'],
      ['RateLimit-Limit', String(moment.decision.limit)],
      ['RateLimit-Observed', String(moment.decision.limit - moment.decision.remaining)],
      ['RateLimit-Remaining', String(moment.decision.remaining)],
      ['RateLimit-Reset', String(epochSeconds(freesAtMs(moment)))],
      ['RateLimit-ResetTime', formatHttpDate(freesAtMs(moment))],
      ...(moment.decision.accepted
        ? []
        : [['Retry-After', String(countSeconds(moment.decision.nextSlotInMs))] satisfies HeaderPair]),
    ],
  },
  ietf: {
    about: 'RateLimit-Policy and RateLimit as structured fields',
    format: ({ decision, windowMs }) => [
      ['RateLimit-Policy', `"default";q=${decision.limit};w=${countSeconds(windowMs)}`],
      ['RateLimit', `"default";r=${decision.remaining};t=${countSeconds(decision.nextSlotInMs)}`],
    ],
  },
  'ietf-list': {
    about: 'the same with three policies, one of them in bytes',
    format: ({ decision, windowMs, earlier }) => {
      const perDay = decision.limit * 1000
      const leftToday = Math.max(0, perDay - earlier - 1)
      return [
        [
          'RateLimit-Policy',
          `"daily";q=${perDay};w=${daySeconds}, "bytes";q=1048576;w=60;qu="content-bytes", "burst";q=${decision.limit};w=${countSeconds(windowMs)}`,
        ],
        [
          'RateLimit',
          `"burst";r=${decision.remaining};t=${countSeconds(decision.nextSlotInMs)}, "bytes";r=12;t=30, "daily";r=${leftToday};t=${daySeconds / 2}`,
        ],
      ]
    },
  },
  'ietf-partition': {
    about: 'the same with two partitions of one policy, told apart by their keys only',
    format: ({ decision, windowMs, partition }) => {
      const own = formatBytes(partition)
      const team = formatBytes('team')
      return [
        [
          'RateLimit-Policy',
          `"default";q=${decision.limit};w=${countSeconds(windowMs)};pk=${own}, "default";q=${decision.limit * 100};w=3600;pk=${team}`,
        ],
        [
          'RateLimit',
          `"default";r=${decision.limit * 90};t=1800;pk=${team}, "default";r=${decision.remaining};t=${countSeconds(decision.nextSlotInMs)};pk=${own}`,
        ],
      ]
    },
  },
  'retry-after': {
    about: 'Retry-After in seconds, when refused',
    format: ({ decision }) => (decision.accepted ? [] : [['Retry-After', String(countSeconds(decision.nextSlotInMs))]]),
  },
  'retry-after-date': {
    about: 'Retry-After as a date, when refused',
    format: formatRetryDate,
  },
  'retry-after-skewed': {
    about: 'the same by a clock that is a day behind, in Date too',
    format: (moment) => formatRetryDate({ ...moment, nowMs: moment.nowMs - dayMs }),
  },
  contradicting: {
    about: 'Retry-After is right when refused and RateLimit when accepted; all else is too early or too late',
    format: ({ decision, windowMs, nowMs }) =>
      decision.accepted
        ? [
            ['RateLimit-Policy', `"default";q=${decision.limit};w=${countSeconds(windowMs)}`],
            ['RateLimit', `"default";r=${decision.remaining};t=${countSeconds(decision.nextSlotInMs)}`],
            ['X-RateLimit-Limit', '1'],
            ['X-RateLimit-Remaining', '0'],
            ['X-RateLimit-Reset', String(epochSeconds(nowMs + dayMs))],
          ]
        : [
            ['Retry-After', String(countSeconds(decision.nextSlotInMs))],
            ['RateLimit', `"default";r=${decision.limit};t=0`],
            ['X-RateLimit-Remaining', String(decision.limit)],
            ['X-RateLimit-Reset', String(epochSeconds(nowMs))],
          ],
  },
} as const satisfies Record<string, Dialect>
