import { expect, test } from 'vitest'
import { formatHost, formatOrigin, formatPath } from './address.ts'

test('addresses in a path are readable', () => {
  expect(formatPath('/emails?account=a%40b.example&folder=A%2FB')).toBe('/emails?account=a@b.example&folder=A%2FB')
})

test('a base URL is told by its host or origin, anything else as it is', () => {
  expect(formatHost('https://api.jasni.ai/api/v1')).toBe('api.jasni.ai')
  expect(formatOrigin('http://127.0.0.1:4810/api/v1')).toBe('http://127.0.0.1:4810')
  expect([formatHost('no address'), formatOrigin('no address')]).toEqual(['no address', 'no address'])
})
