import { expect, test } from 'vitest'
import { parseArguments } from './arguments.ts'

const none = { profile: null, sandboxPort: null, webhookSpeed: 1, screenshot: null, logToStderr: false, theme: null }

test.each<[string[], object]>([
  [[], {}],
  [['.', '--inspect=0', '--no-sandbox'], {}],
  [['--profile=p'], { profile: '/home/p' }],
  [['--profile=/abs'], { profile: '/abs' }],
  [['--profile='], {}],
  [['--profile', '--log=stderr'], { logToStderr: true }],
  [['--screenshot', 'a.png'], { screenshot: '/home/a.png' }],
  [['--screenshot=a=b.png'], { screenshot: '/home/a=b.png' }],
  [['--screenshot'], {}],
  [['--sandbox-port=0'], { sandboxPort: 0 }],
  [['--sandbox-port', '65535'], { sandboxPort: 65535 }],
  [['--sandbox-port=65536'], {}],
  [['--sandbox-port=-1'], {}],
  [['--sandbox-port=4810x'], {}],
  [['--webhook-speed=100'], { webhookSpeed: 100 }],
  [['--webhook-speed=0'], {}],
  [['--theme=dark'], { theme: 'dark' }],
  [['--theme=blue'], {}],
  [['--log=file'], {}],
  [['--', '--profile=p'], {}],
  [['--theme=dark', '--', 'jasni-vault://open', '--log=stderr'], { theme: 'dark' }],
  [['--profiles=x', '--themes=dark'], {}],
])('%j', (argv, expected) => {
  expect(parseArguments(argv, '/home')).toEqual({ ...none, ...expected })
})
