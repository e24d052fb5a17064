/** Operations on one object: put, copy, get, head. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { readBody } from './body.ts'
import { S3Error } from './error.ts'
import { storedHeaders } from './headers.ts'
import type { ObjectInfo, Storage } from './storage.ts'
import { toXml } from './xml.ts'

/** S3 takes 5 GiB. Whatever is written here is far smaller. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024

/** Conditions that are not built. To ignore one would be to break a promise. */
const UNKNOWN_CONDITIONS = /^(if-(modified|unmodified)-since|x-amz-copy-source-if-.*)$/

export function refuseUnknownConditions(headers: IncomingHttpHeaders, more: readonly string[]): void {
  const name = Object.keys(headers).find((name) => UNKNOWN_CONDITIONS.test(name) || more.includes(name))
  if (name !== undefined) throw new S3Error('NotImplemented', `The condition ${name} is not implemented here.`)
}

/** PutObject. @returns the ETag */
export async function putObject(storage: Storage, key: string, request: IncomingMessage): Promise<string> {
  refuseUnknownConditions(request.headers, ['if-match'])
  const { etag } = await storage.put(key, readBody(request, MAX_OBJECT_BYTES), {
    headers: storedHeaders(request.headers),
    ifNoneMatch: readIfNoneMatch(request.headers['if-none-match']),
  })
  return quoted(etag)
}

function readIfNoneMatch(value: string | undefined): boolean {
  if (value === undefined || value === '*') return value === '*'
  throw new S3Error('NotImplemented', 'If-None-Match of a put can only be *.')
}

/** CopyObject. @returns its document */
export async function copyObject(
  storage: Storage,
  key: string,
  bucket: string,
  headers: IncomingHttpHeaders,
): Promise<string> {
  refuseUnknownConditions(headers, ['if-match', 'if-none-match'])
  const source = String(headers['x-amz-copy-source'])
  const [, sourceBucket, sourceKey] = /^\/?([^/]+)\/([^?]+)$/.exec(source) ?? []
  if (sourceBucket === undefined || sourceKey === undefined)
    throw new S3Error('InvalidArgument', 'x-amz-copy-source must be <bucket>/<key>; there are no versions here.')
  if (sourceBucket !== bucket) throw new S3Error('NoSuchBucket', 'The bucket of x-amz-copy-source does not exist.')

  const from = decode(sourceKey)
  const replace = headers['x-amz-metadata-directive'] === 'REPLACE'
  if (from === key && !replace)
    throw new S3Error('InvalidRequest', 'An object can be copied to itself only to replace its metadata.')
  const { etag, lastModified } = await storage.copy(from, key, replace ? storedHeaders(headers) : undefined)
  return toXml([
    'CopyObjectResult',
    [
      ['LastModified', lastModified.toISOString()],
      ['ETag', quoted(etag)],
    ],
  ])
}

/** GetObject and HeadObject. */
export async function getObject(
  storage: Storage,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method } = request
  refuseUnknownConditions(headers, [])
  const { info, headers: stored, file } = await storage.open(key)
  try {
    checkConditions(headers, info.etag)
    const range = method === 'HEAD' ? undefined : readRange(headers.range, info)
    const { start, end } = range ?? { start: 0, end: info.size - 1 }
    response.writeHead(range === undefined ? 200 : 206, {
      ...stored,
      etag: quoted(info.etag),
      'last-modified': info.lastModified.toUTCString(),
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      ...(range && { 'content-range': `bytes ${start}-${end}/${info.size}` }),
    })
    if (method === 'HEAD' || info.size === 0) response.end()
    else await pipeline(file.createReadStream({ start, end, autoClose: false }), response)
  } finally {
    await file.close()
  }
}

function checkConditions(headers: IncomingHttpHeaders, etag: string): void {
  const matches = (value: string) =>
    value.split(',').some((entry) => entry.trim() === '*' || entry.trim().replace(/^W\//, '') === quoted(etag))
  if (headers['if-match'] !== undefined && !matches(headers['if-match']))
    throw new S3Error('PreconditionFailed', 'The object is another one by now.')
  if (headers['if-none-match'] !== undefined && matches(headers['if-none-match']))
    throw new S3Error('NotModified', 'Not modified')
}

/** As S3: what is no single range of bytes is ignored, and the whole object is answered. */
function readRange(header: string | undefined, { size }: ObjectInfo): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start >= size || (first === '' && Number(last) === 0))
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable')
  return { start, end }
}

/** @throws S3Error InvalidURI */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}

const quoted = (etag: string) => `"${etag}"`
