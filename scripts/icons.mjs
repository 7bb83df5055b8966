// The app's icon, drawn once in build/icon.svg, in the form of each platform.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { root } from './command.mjs'

/** Sizes in pixels of the icon theme on Linux. */
export const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512]
const windowsSizes = [16, 24, 32, 48, 64, 128, 256]
// Types of Apple's icon container that hold a PNG, by its size.
const appleTypes = /** @type {const} */ ([
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
])

/** @type {Promise<void> | undefined} */
let ready

/** Draws build/icon.svg as PNG, `size` pixels wide and high. */
async function drawIcon(size) {
  const require = createRequire(import.meta.url)
  ready ??= initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')))
  await ready
  const drawing = new Resvg(readFileSync(join(root, 'build/icon.svg'), 'utf8'), {
    fitTo: { mode: 'width', value: size },
  })
  return Buffer.from(drawing.render().asPng())
}

/** Windows: a table of pictures, each a PNG. A size of 256 is written as 0. */
function packIco(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  for (const [index, { size, png }] of pictures.entries()) {
    const entry = 6 + 16 * index
    head.writeUInt8(size % 256, entry)
    head.writeUInt8(size % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(png.length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)])
}

/** macOS: type and length before each picture, and before the whole. */
function packIcns(pictures) {
  const block = (type, body) => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(body.length + 8, 4)
    return Buffer.concat([head, body])
  }
  return block('icns', Buffer.concat(pictures.map(({ type, png }) => block(type, png))))
}

/** Writes `icon.ico`, `icon.icns` and `<size>x<size>.png` for Linux into `folder`. */
export async function writeIcons(folder) {
  mkdirSync(folder, { recursive: true })
  const sizes = [...new Set([...iconSizes, ...windowsSizes, ...appleTypes.map(([, size]) => size)])]
  const drawn = new Map()
  for (const size of sizes) drawn.set(size, await drawIcon(size))
  for (const size of iconSizes) writeFileSync(join(folder, `${size}x${size}.png`), drawn.get(size))
  writeFileSync(join(folder, 'icon.ico'), packIco(windowsSizes.map((size) => ({ size, png: drawn.get(size) }))))
  writeFileSync(join(folder, 'icon.icns'), packIcns(appleTypes.map(([type, size]) => ({ type, png: drawn.get(size) }))))
}
