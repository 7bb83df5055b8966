import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as z from 'zod/mini'
import { listCauses } from '../../shared/filter/evaluation.ts'
import {
  Attempt,
  type CallDetail,
  CallPiece,
  CallSummary,
  LoggedBody,
  StopReason,
  Wait,
  WaitCause,
} from '../../shared/model/call.ts'
import { listPieces } from '../../shared/model/call-pieces.ts'
import { redactKeys, redactText } from '../core/log/redaction.ts'
import { readShape } from './shape-check.ts'
import type { SqlValue } from './sqlite-database.ts'

/** Length of a body's text above which it is compressed: for a shorter one that takes longer than the write it saves. */
const packAboveChars = 8192
const inflatedBytesMax = 8 * 1024 * 1024

/** Columns of a row of the list, for `SummaryRow`. */
export const summaryColumns = `call.id AS id, started_at_ms AS startedAtMs, environment_id AS environmentId,
  key_id AS keyId, operation, method, path, status, outcome, call.attempts AS attempts, waited_ms AS waitedMs,
  took_ms AS tookMs, source, pieces AS piecesJson`

/** Columns of a call's detail, for `DetailRow`. Without bodies their texts are left empty. */
export function listDetailColumns(bodies: boolean): string {
  // Left out here, a long text is not even handed over.
  const body = (column: string) => (bodies ? column : `json_set(${column}, '$.text', '')`)
  const packed = (column: string) => (bodies ? column : 'NULL')
  return `origin, key_mask AS keyMask, call_detail.attempts AS attemptsJson, waits AS waitsJson, stop,
    ${body('request_body')} AS requestBody, ${body('response_body')} AS responseBody,
    ${packed('request_packed')} AS requestPacked, ${packed('response_packed')} AS responsePacked`
}

const Summary = z.extend(z.omit(CallSummary, { pieces: true }), { piecesJson: z.nullable(z.string()) })
// The library gives bytes as an ArrayBuffer, whatever was written.
const Bytes = z.nullable(z.instanceof(ArrayBuffer))
const Detail = z.extend(Summary, {
  origin: z.string(),
  keyMask: z.nullable(z.string()),
  attemptsJson: z.string(),
  waitsJson: z.nullable(z.string()),
  stop: z.nullable(StopReason),
  requestBody: z.nullable(z.string()),
  responseBody: z.nullable(z.string()),
  requestPacked: Bytes,
  responsePacked: Bytes,
})

// Made once: to make one takes longer than to read with it.
const Attempts = z.array(Attempt)
const Waits = z.array(Wait)
const Pieces = z.array(CallPiece)

/** Reads rows of a known shape; those that are of another are left out. */
export function readRows<T>(schema: z.ZodMiniType<T>, rows: readonly unknown[]): T[] {
  const read: T[] = []
  for (const row of rows) {
    const shaped = readShape(schema, row)
    if (shaped !== null) read.push(shaped)
  }
  return read
}

/** Reads JSON of a known shape; null for any other text. */
export function parseJson<T>(schema: z.ZodMiniType<T>, text: string | null): T | null {
  if (text === null) return null
  try {
    return readShape(schema, JSON.parse(text))
  } catch {
    return null
  }
}

function addPieces(summary: CallSummary, pieces: CallSummary['pieces'] | null): CallSummary {
  return pieces === null || pieces === undefined ? summary : { ...summary, pieces }
}

/** Reads rows of the list. */
export function readSummaries(rows: readonly unknown[]): CallSummary[] {
  return readRows(Summary, rows).map(({ piecesJson, ...summary }) => addPieces(summary, parseJson(Pieces, piecesJson)))
}

function unpackBody(json: string | null, packed: ArrayBuffer | null): CallDetail['requestBody'] {
  const body = parseJson(LoggedBody, json)
  if (body === null || packed === null) return body
  try {
    return { ...body, text: inflateRawSync(packed, { maxOutputLength: inflatedBytesMax }).toString('utf8') }
  } catch {
    return { ...body, truncated: true }
  }
}

function readDetail(row: z.infer<typeof Detail>): CallDetail {
  const { piecesJson, origin, keyMask, stop, attemptsJson, waitsJson, ...rest } = row
  const { requestBody, requestPacked, responseBody, responsePacked, ...summary } = rest
  const attempts = parseJson(Attempts, attemptsJson) ?? []
  const waits = parseJson(Waits, waitsJson) ?? []
  return {
    // Rows of earlier versions have no pieces, and no waits to draw.
    summary: addPieces(summary, parseJson(Pieces, piecesJson) ?? listPieces({ summary, attempts, waits })),
    origin,
    keyMask,
    attempts,
    waits,
    stop,
    requestBody: unpackBody(requestBody, requestPacked),
    responseBody: unpackBody(responseBody, responsePacked),
  }
}

/** Reads rows that hold the columns of a summary and of a detail. */
export function readDetails(rows: readonly unknown[]): CallDetail[] {
  return readRows(Detail, rows).map(readDetail)
}

/** A set of closed words as the bits of a number. */
export function makeMask<Word extends string>(words: readonly Word[], chosen: readonly Word[]): number {
  return chosen.reduce((mask, word) => mask | (1 << words.indexOf(word)), 0)
}

// Redacted before it came here; once more, because this is a file that people hand on.
const writeJson = (value: unknown, redact: (text: string) => string) => redact(JSON.stringify(value))

function packBody(body: CallDetail['requestBody']): readonly [string | null, Uint8Array | null] {
  if (body === null) return [null, null]
  if (body.text.length <= packAboveChars) return [writeJson(body, redactKeys), null]
  const packed = deflateRawSync(redactKeys(body.text), { level: 1 })
  return [JSON.stringify({ ...body, text: '' }), packed]
}

const placesOf = (rows: number, columns: number) => {
  const row = `(${Array(columns).fill('?').join(', ')})`
  return Array(rows).fill(row).join(', ')
}

/** Statement that writes rows of the list; the values of each come from `listSummaryValues`. */
export function insertSummaries(rows: number): string {
  return `INSERT OR REPLACE INTO call (id, started_at_ms, environment_id, key_id, operation, method, path, status, outcome,
    attempts, waited_ms, took_ms, source, causes, bodies, pieces) VALUES ${placesOf(rows, 16)}`
}

/** Statement that writes details of calls; the values of each come from `listDetailValues`. */
export function insertDetails(rows: number): string {
  return `INSERT OR REPLACE INTO call_detail (id, origin, key_mask, attempts, waits, stop, request_body, request_packed,
    response_body, response_packed) VALUES ${placesOf(rows, 10)}`
}

/** Values of a row of the list, redacted once more. */
export function listSummaryValues({ summary, requestBody, responseBody }: CallDetail): readonly SqlValue[] {
  return [
    summary.id,
    summary.startedAtMs,
    summary.environmentId,
    summary.keyId,
    summary.operation,
    summary.method,
    redactText(summary.path),
    summary.status,
    summary.outcome,
    summary.attempts,
    summary.waitedMs,
    summary.tookMs,
    summary.source,
    makeMask(WaitCause.options, listCauses(summary)),
    requestBody === null && responseBody === null ? 0 : 1,
    summary.pieces === undefined ? null : JSON.stringify(summary.pieces),
  ]
}

/** Values of a call's detail, redacted once more, long bodies compressed. */
export function listDetailValues(call: CallDetail): readonly SqlValue[] {
  return [
    call.summary.id,
    redactText(call.origin),
    call.keyMask,
    writeJson(call.attempts, redactText),
    call.waits.length === 0 ? null : writeJson(call.waits, redactText),
    call.stop,
    ...packBody(call.requestBody),
    ...packBody(call.responseBody),
  ]
}
