import { limits } from '../limits.ts'
import { assertNever } from '../result.ts'
import { featureHints } from './fields.ts'
import type { FilterField, FilterProblem } from './filter.ts'

function describeValue(field: FilterField | null): string {
  switch (field) {
    case 'status':
      return 'A status is a number as 429, a hundred as 4xx, a range as 400..499, or none.'
    case 'attempts':
      return 'Attempts are a number as 2, >1 or 2..3.'
    case 'waited':
    case 'took':
      return 'A duration is written as 250ms, 2s or 1m, with > or < before it, or as a range: 1s..5s.'
    case 'after':
    case 'before':
      return 'A time is written as -1h, -30m, today, 14:30, 2026-11-24 or 2026-11-24T14:30.'
    case 'has':
      return `A call can have ${Object.keys(featureHints).join(', ')} with a name.`
    case 'source':
      return 'A source is a part of the app, as Inbox or Console.'
    case 'outcome':
      return 'An outcome is ok or the kind of a failure, as timeout.'
    case 'cause':
      return 'A cause of waiting is one as pacing, retry-after or full-jitter.'
    case 'env':
    case 'key':
    case 'method':
    case 'op':
    case 'path':
    case null:
      return 'Write it in another way.'
    default:
      return assertNever(field)
  }
}

/** One sentence or two that say what is wrong with a filter and what to write instead. */
export function describeFilterProblem({ fault, field, word, closest }: FilterProblem): string {
  const meant = closest === null ? '' : ` Did you mean ${closest}?`
  switch (fault) {
    case 'unknown-field':
      return `There is no filter named ${word}.${meant} To search for the text itself, put it in quotes.`
    case 'no-value':
      return `A value is missing after ${field ?? 'the colon'}.`
    case 'bad-value':
      return `“${word}” is no value for ${field ?? 'this'}.${meant === '' ? ` ${describeValue(field)}` : meant}`
    case 'no-unit':
      return `“${word}” needs a unit, as ${/^\d/.test(word) ? word.replace(/[^\d.].*$/, '') : '2'}s or 250ms.`
    case 'range-reversed':
      return `The range ${word} ends before it begins.`
    case 'unclosed-quote':
      return 'This quote has no end.'
    case 'unclosed-group':
      return 'This parenthesis is not closed.'
    case 'stray-close':
      return 'This parenthesis was not opened.'
    case 'empty-group':
      return 'There is nothing between these parentheses.'
    case 'nothing-before-or':
      return `Something must stand before ${word}. To search for the word itself, put it in quotes.`
    case 'nothing-after-or':
      return `Something must follow ${word}. To search for the word itself, put it in quotes.`
    case 'nothing-after-not':
      return `Something must follow ${word}, which turns it around.`
    case 'too-deep':
      return 'Parentheses are nested too deeply.'
    case 'too-long':
      return `A filter has at most ${limits.filterCharsMax} characters.`
    default:
      return assertNever(fault)
  }
}
