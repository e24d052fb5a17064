/** Operations on the bucket: list, delete many. */
import type { IncomingMessage } from 'node:http'
import pMap from 'p-map'
import { readText } from './body.ts'
import { S3Error, toS3Error } from './error.ts'
import { listPage } from './list.ts'
import type { Storage } from './storage.ts'
import { type Element, readDelete, toXml } from './xml.ts'

/** S3's own limit, of a list and of a delete. */
const MAX_KEYS = 1_000

/** Bytes of a DeleteObjects document: 1,000 keys of 1,024 bytes, escaped. */
const MAX_DOCUMENT = 8 * 1024 * 1024

/** Files that are looked at or deleted at the same time. */
const CONCURRENCY = 8

/** ListObjectsV2. */
export async function listObjects(storage: Storage, bucket: string, query: URLSearchParams): Promise<string> {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const startAfter = query.get('start-after') ?? ''
  const token = query.get('continuation-token')
  const maxKeys = readMaxKeys(query.get('max-keys'))
  const encode = readEncoding(query.get('encoding-type'))

  const after = token === null ? startAfter : Buffer.from(token, 'base64url').toString()
  const { keys, commonPrefixes, next } = await listPage(storage.dir, { prefix, delimiter, after, maxKeys })
  const found = await pMap(keys, (key) => storage.stat(key), { concurrency: CONCURRENCY })
  const objects = found.filter((info) => info !== undefined)

  return toXml([
    'ListBucketResult',
    [
      ['Name', bucket],
      ['Prefix', encode(prefix)],
      delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
      startAfter === '' ? undefined : ['StartAfter', encode(startAfter)],
      token === null ? undefined : ['ContinuationToken', token],
      next === undefined ? undefined : ['NextContinuationToken', Buffer.from(next).toString('base64url')],
      ['KeyCount', objects.length + commonPrefixes.length],
      ['MaxKeys', maxKeys],
      query.has('encoding-type') ? ['EncodingType', 'url'] : undefined,
      ['IsTruncated', next !== undefined],
      ...objects.map(
        ({ key, size, lastModified, etag }): Element => [
          'Contents',
          [
            ['Key', encode(key)],
            ['LastModified', lastModified.toISOString()],
            ['ETag', `"${etag}"`],
            ['Size', size],
            ['StorageClass', 'STANDARD'],
          ],
        ],
      ),
      ...commonPrefixes.map((prefix): Element => ['CommonPrefixes', [['Prefix', encode(prefix)]]]),
    ],
  ])
}

function readMaxKeys(value: string | null): number {
  if (value === null) return MAX_KEYS
  if (!/^\d{1,9}$/.test(value)) throw new S3Error('InvalidArgument', 'max-keys is not a number of keys.')
  return Math.min(Number(value), MAX_KEYS)
}

function readEncoding(value: string | null): (text: string) => string {
  if (value === null) return (text) => text
  if (value !== 'url') throw new S3Error('InvalidArgument', 'encoding-type can only be url.')
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/')
}

/**
 * DeleteObjects. S3 wants a checksum of the document. So do we: with it, a browser asks before it sends the request,
 * and no web page can empty the folder.
 */
export async function deleteObjects(storage: Storage, request: IncomingMessage): Promise<string> {
  if (!Object.keys(request.headers).some((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-')))
    throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
  const { keys, quiet } = readDelete(await readText(request, MAX_DOCUMENT))
  if (keys.length === 0 || keys.length > MAX_KEYS)
    throw new S3Error('MalformedXML', `Between 1 and ${MAX_KEYS} objects can be deleted at once.`)
  const results = await pMap(
    keys,
    async (key): Promise<Element | undefined> => {
      try {
        await storage.remove(key)
        return quiet ? undefined : ['Deleted', [['Key', key]]]
      } catch (error) {
        const { code, message } = toS3Error(error)
        return [
          'Error',
          [
            ['Key', key],
            ['Code', code],
            ['Message', message],
          ],
        ]
      }
    },
    { concurrency: CONCURRENCY },
  )
  return toXml(['DeleteResult', results])
}
