import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import { buildMailDocument, createMailFrames } from './mail-frames.ts'

function createFrames() {
  let count = 0
  return createMailFrames(() => `m-${++count}`)
}

describe('mail frames', () => {
  test('a kept document is found by the id of its address', () => {
    const frames = createFrames()
    expect(frames.keep('<p>Hello</p>')).toBe('app://mail/m-1')
    expect(frames.find('m-1')).toContain('<p>Hello</p>')
    expect(frames.find('m-2')).toBeNull()
    expect(frames.find('')).toBeNull()
  })

  test('the oldest gives way when there are too many', () => {
    const frames = createFrames()
    for (let index = 0; index <= limits.mailFramesKept; index += 1) frames.keep(`${index}`)
    expect(frames.find('m-1')).toBeNull()
    expect(frames.find('m-2')).not.toBeNull()
    expect(frames.find(`m-${limits.mailFramesKept + 1}`)).not.toBeNull()
  })

  test('what is too large in bytes is not kept', () => {
    const frames = createFrames()
    expect(frames.keep('é'.repeat(limits.mailHtmlBytesMax / 2 + 1))).toBeNull()
    expect(frames.keep('e'.repeat(limits.mailHtmlBytesMax))).not.toBeNull()
  })
})

describe('mail document', () => {
  test('begins with our head: character set, link target, paper', () => {
    expect(buildMailDocument('x')).toMatch(
      /^<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>/,
    )
  })

  test.each([
    '<link rel="dns-prefetch" href="//evil.example">',
    '<LINK/rel=preconnect href=//evil.example>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<lin<link>k rel=x>',
    '<base>',
    '<meta\nhttp-equiv="refresh">',
  ])('%j has no meaning left', (html) => {
    expect(buildMailDocument(html).split('</head>')[1]).not.toMatch(/<\/?(link|meta|base)[\s/>]/i)
  })

  test('no combination of pieces makes a working tag', () => {
    const piece = fc.constantFrom(
      '<',
      '</',
      '>',
      '/',
      'link',
      'meta',
      'base',
      'LINK',
      'x-',
      'l',
      'ink',
      ' ',
      '\n',
      '\t',
      '"',
      'href=x',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(buildMailDocument(pieces.join('')).split('</head>').slice(1).join('')).not.toMatch(
          /<\/?(link|meta|base)[\s/>]/i,
        )
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['<a target="_top" href="https://example.com/">', '<a x-target="_top" href="https://example.com/">'],
    ["<A HREF='x'TARGET = _self>", "<A HREF='x'x-target = _self>"],
    ['<area/target=_parent>', '<area/x-target=_parent>'],
    ['<p>our target = 5</p><a href="?target=1">a</a>', '<p>our target = 5</p><a href="?target=1">a</a>'],
  ])('the target of %j is dropped', (html, inert) => {
    expect(buildMailDocument(html)).toContain(inert)
  })

  test('words that only begin alike stay', () => {
    expect(buildMailDocument('<basefont><metadata><linkx>')).toContain('<basefont><metadata><linkx>')
  })

  // Quadratic work on five megabytes would run into the test's time limit.
  test.each(['<lin<link>k>', '<a ', '<a target', '<a target  '])(
    'five megabytes of %j are read in one pass',
    (piece) => {
      const html = piece.repeat(limits.mailHtmlBytesMax / piece.length)
      expect(buildMailDocument(html).length).toBeGreaterThan(html.length)
    },
  )
})
