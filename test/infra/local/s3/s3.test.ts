import { readdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { pino } from 'pino'
import t from 'tap'
import { startS3 } from '../../../../infra/local/s3/s3.ts'
import { BUCKET, createTestS3 } from './support.ts'

const Bucket = BUCKET
const KEY = 'clicks/dt=2026-01-01/a b+ü%&<"😀.gz'
const MD5_OF_HELLO = '"5d41402abc4b2a76b9719d911017c592"'

t.test('objects – put, head, get and delete', async (t) => {
  const { client, dir } = await createTestS3(t)
  const put = await client.send(
    new PutObjectCommand({
      Bucket,
      Key: KEY,
      Body: Buffer.from('hello'),
      ContentType: 'application/x-ndjson',
      ContentEncoding: 'gzip',
      Metadata: { reason: 'test' },
    }),
  )
  t.equal(put.ETag, MD5_OF_HELLO)
  t.equal(await readFile(join(dir, KEY), 'utf8'), 'hello', 'the object is the file')

  const expected = {
    ETag: MD5_OF_HELLO,
    ContentLength: 5,
    ContentType: 'application/x-ndjson',
    ContentEncoding: 'gzip',
    Metadata: { reason: 'test' },
  }
  t.match(await client.send(new HeadObjectCommand({ Bucket, Key: KEY })), expected)
  const got = await client.send(new GetObjectCommand({ Bucket, Key: KEY }))
  t.match(got, expected)
  t.equal(await got.Body?.transformToString(), 'hello')

  for (const time of ['first', 'second'])
    t.equal((await client.send(new DeleteObjectCommand({ Bucket, Key: KEY }))).$metadata.httpStatusCode, 204, time)
  await t.rejects(client.send(new GetObjectCommand({ Bucket, Key: KEY })), { name: 'NoSuchKey' })
  t.same(await readdir(join(dir, '.s3', 'headers')), [], 'nothing is left')
})

t.test('bodies – whatever the SDK sends arrives whole', async (t) => {
  const { client, dir, bucketUrl } = await createTestS3(t)
  const large = Buffer.alloc(3_000_000, 'abcdefghijk')
  const pieces = () => Readable.from([large.subarray(0, 1), large.subarray(1, 70_000), large.subarray(70_000)])
  for (const [name, input, expected] of [
    ['empty', { Body: '' }, Buffer.alloc(0)],
    ['string', { Body: 'é' }, Buffer.from('é')],
    ['large', { Body: large }, large],
    ['stream of known length', { Body: pieces(), ContentLength: large.length }, large],
    ['SHA-256', { Body: large, ChecksumAlgorithm: 'SHA256' }, large],
    ['stream and SHA-1', { Body: pieces(), ContentLength: large.length, ChecksumAlgorithm: 'SHA1' }, large],
    ['stream and CRC-32C', { Body: pieces(), ContentLength: large.length, ChecksumAlgorithm: 'CRC32C' }, large],
  ] as const) {
    await client.send(new PutObjectCommand({ Bucket, Key: name, ...input }))
    t.ok((await readFile(join(dir, name))).equals(expected), name)
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key: name }))
    t.equal(ContentLength, expected.length)
    t.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(expected), `${name}, read back`)
  }

  // The SDK itself refuses a stream of unknown length.
  const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }
  for (const [name, init, expected] of [
    ['transfer-encoding: chunked', { body: new Blob([large]).stream() }, large],
    [
      'aws-chunked as well',
      { body: new Blob(['2;chunk-signature=x\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n']).stream(), headers },
      'hello',
    ],
  ] as const) {
    const response = await fetch(`${bucketUrl}/${name}`, { method: 'PUT', duplex: 'half', ...init })
    t.equal(response.status, 200)
    t.ok((await readFile(join(dir, name))).equals(Buffer.from(expected)), name)
  }
})

t.test('get – ranges', async (t) => {
  const { client } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }))
  for (const [Range, body, ContentRange] of [
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=4-2', '0123456789', undefined],
    ['bytes=0-1,3-4', '0123456789', undefined],
  ] as const) {
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range }))
    t.equal(await got.Body?.transformToString(), body, Range)
    t.equal(got.ContentRange, ContentRange)
    t.equal(got.$metadata.httpStatusCode, ContentRange === undefined ? 200 : 206)
  }
  for (const Range of ['bytes=10-', 'bytes=-0'])
    await t.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'k', Range })), { name: 'InvalidRange' }, Range)
})

t.test('conditions – kept, or refused', async (t) => {
  const { client, bucketUrl } = await createTestS3(t)
  const put = new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', IfNoneMatch: '*' })
  await client.send(put)
  await t.rejects(client.send(put), { name: 'PreconditionFailed' })
  const get = (conditions: object) => client.send(new GetObjectCommand({ Bucket, Key: 'k', ...conditions }))
  t.equal(await (await get({ IfMatch: MD5_OF_HELLO })).Body?.transformToString(), 'hello')
  await t.rejects(get({ IfMatch: '"other"' }), { name: 'PreconditionFailed' })
  const unchanged = await fetch(`${bucketUrl}/k`, { headers: { 'if-none-match': MD5_OF_HELLO } })
  t.equal(unchanged.status, 304)
  await t.rejects(get({ IfModifiedSince: new Date() }), { name: 'NotImplemented' })
  await t.rejects(client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '', IfMatch: MD5_OF_HELLO })), {
    name: 'NotImplemented',
  })
})

t.test('copy – bytes and headers, or other headers', async (t) => {
  const { client } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'hello', ContentType: 'text/plain' }))
  const CopySource = `${Bucket}/${encodeURIComponent(KEY)}`
  const copied = await client.send(new CopyObjectCommand({ Bucket, Key: 'replayed/x', CopySource }))
  t.equal(copied.CopyObjectResult?.ETag, MD5_OF_HELLO)
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'replayed/x' }))
  t.equal(await got.Body?.transformToString(), 'hello')
  t.equal(got.ContentType, 'text/plain')

  const REPLACE = { MetadataDirective: 'REPLACE', ContentType: 'text/html' } as const
  await client.send(new CopyObjectCommand({ Bucket, Key: KEY, CopySource, ...REPLACE }))
  t.match(await client.send(new HeadObjectCommand({ Bucket, Key: KEY })), {
    ContentType: 'text/html',
    ETag: MD5_OF_HELLO,
  })

  for (const [CopySource, name] of [
    [`${Bucket}/nothing`, 'NoSuchKey'],
    ['other/x', 'NoSuchBucket'],
    [Bucket, 'InvalidArgument'],
    [`${Bucket}/x?versionId=1`, 'InvalidArgument'],
    [`${Bucket}/%2e%2e/x`, 'InvalidArgument'],
    [`${Bucket}/y`, 'InvalidRequest'],
  ] as const)
    await t.rejects(client.send(new CopyObjectCommand({ Bucket, Key: 'y', CopySource })), { name }, CopySource)
})

t.test('delete many – those that are there, those that are not, and one that cannot be', async (t) => {
  const { client, bucketUrl } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'hello' }))
  const Objects = [KEY, 'nothing', '../x'].map((Key) => ({ Key }))
  const answer = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  t.same(answer.Deleted, [{ Key: KEY }, { Key: 'nothing' }])
  t.match(answer.Errors, [{ Key: '../x', Code: 'InvalidArgument' }])
  await t.rejects(client.send(new HeadObjectCommand({ Bucket, Key: KEY })), { name: 'NotFound' })
  const quiet = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
  t.equal(quiet.Deleted, undefined)
  t.equal(quiet.Errors?.length, 1)

  const body = '<Delete><Object><Key>x</Key></Object></Delete>'
  const bare = await fetch(`${bucketUrl}?delete`, { method: 'POST', body })
  t.equal(bare.status, 400, 'what a web page can send without asking first')
  t.match(await bare.text(), '<Code>InvalidRequest</Code>')
  for (const body of [
    '',
    '<Delete></Delete>',
    '<Delete><Object></Object></Delete>',
    '<Delete><Object><Key>&x;</Key></Object></Delete>',
  ]) {
    const headers = { 'x-amz-checksum-crc32c': 'not checked' }
    t.match(await (await fetch(`${bucketUrl}?delete`, { method: 'POST', body, headers })).text(), 'MalformedXML', body)
  }
})

t.test('errors – S3’s own, by name', async (t) => {
  const { client, bucketUrl, dir } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'hello' }))
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  for (const [what, call, name] of [
    ['no key', () => client.send(new GetObjectCommand({ Bucket, Key: 'x' })), 'NoSuchKey'],
    ['a folder', () => client.send(new GetObjectCommand({ Bucket, Key: 'a' })), 'NoSuchKey'],
    ['below a file', () => client.send(new GetObjectCommand({ Bucket, Key: 'a/b/c' })), 'NoSuchKey'],
    ['head of no key', () => client.send(new HeadObjectCommand({ Bucket, Key: 'x' })), 'NotFound'],
    ['another bucket', () => client.send(new GetObjectCommand({ Bucket: 'other', Key: 'x' })), 'NoSuchBucket'],
    ['head of another bucket', () => client.send(new HeadBucketCommand({ Bucket: 'other' })), 'NotFound'],
    ['multipart', () => client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'x' })), 'NotImplemented'],
    ['list of version 1', () => client.send(new ListObjectsCommand({ Bucket })), 'NotImplemented'],
    ['a file below a file', () => put('a/b/c'), 'InvalidArgument'],
    ['a file in a folder’s place', () => put('a'), 'InvalidArgument'],
    ['a folder marker', () => put('a/'), 'InvalidArgument'],
    ['a long key', () => put('x'.repeat(1025)), 'KeyTooLongError'],
    ['a long part', () => put('x'.repeat(300)), 'KeyTooLongError'],
  ] as const)
    await t.rejects(call(), { name }, what)

  for (const [method, url, status, code] of [
    ['PATCH', `${bucketUrl}/a/b`, 405, 'MethodNotAllowed'],
    ['POST', `${bucketUrl}/a/b`, 405, 'MethodNotAllowed'],
    ['PUT', bucketUrl, 405, 'MethodNotAllowed'],
    ['GET', `${bucketUrl}/%ff`, 400, 'InvalidURI'],
    ['GET', `${bucketUrl}?list-type=2&max-keys=x`, 400, 'InvalidArgument'],
    ['GET', `${bucketUrl}?list-type=2&encoding-type=x`, 400, 'InvalidArgument'],
    ['GET', `${bucketUrl}/a/b?acl`, 501, 'NotImplemented'],
  ] as const) {
    const response = await fetch(url, { method })
    t.equal(response.status, status, `${method} ${url}`)
    t.equal(response.headers.get('content-type'), 'application/xml')
    t.match(await response.text(), `<Code>${code}</Code>`)
  }
  t.equal(await readFile(join(dir, 'a/b'), 'utf8'), 'hello', 'nothing of it changed what was there')
})

t.test('keys – none leaves the folder', async (t) => {
  const { s3, client, dir } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'hello' }))
  const before = await readdir(join(dir, '..'))
  for (const path of [
    '../x',
    'a/../../x',
    'a/..',
    './x',
    'a//x',
    '/etc/passwd',
    '.s3/tmp/x',
    '.hidden',
    'a/%00',
    '%2e%2e/x',
    '..%2fx',
  ]) {
    for (const method of ['PUT', 'GET', 'DELETE', 'HEAD']) {
      // Not fetch: it resolves the dots itself.
      const answer = await raw(s3.port, `${method} /${Bucket}/${path} HTTP/1.1`, method === 'PUT' ? 'x' : '')
      t.match(answer, /^HTTP\/1.1 400 /, `${method} ${path}`)
    }
  }
  t.same(await readdir(join(dir, '..')), before)
  t.same(await readdir(dir), ['.s3', 'a'])
})

t.test('a put that is wrong or is cut short – leaves nothing and harms nothing', async (t) => {
  const { s3, client, dir, bucketUrl } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }))
  const STREAMING = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  }
  for (const [what, headers, body, code] of [
    ['a wrong CRC-32', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'x', 'BadDigest'],
    ['a wrong MD5', { 'content-md5': 'AAAAAA==' }, 'x', 'BadDigest'],
    ['a wrong trailer', STREAMING, '1\r\nx\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'BadDigest'],
    ['no trailer', STREAMING, '1\r\nx\r\n0\r\n\r\n', 'BadDigest'],
    ['no chunks', STREAMING, 'hello', 'IncompleteBody'],
    ['no size', STREAMING, 'hello\r\n', 'InvalidArgument'],
    ['a chunk too long', STREAMING, '1\r\nxy\r\n0\r\n\r\n', 'InvalidArgument'],
    ['an end within a chunk', STREAMING, '5\r\nxy', 'IncompleteBody'],
    ['another length', { ...STREAMING, 'x-amz-decoded-content-length': '7' }, '1\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    [
      'a length over the limit',
      { ...STREAMING, 'x-amz-decoded-content-length': '67108865' },
      '0\r\n\r\n',
      'EntityTooLarge',
    ],
    ['bytes over the limit', {}, Buffer.alloc(67_108_865), 'EntityTooLarge'],
  ] as const) {
    const response = await fetch(`${bucketUrl}/k`, { method: 'PUT', headers, body })
    t.match(await response.text(), `<Code>${code}</Code>`, what)
  }

  await new Promise<void>((resolve) => {
    const socket = connect(s3.port, '127.0.0.1', () => {
      socket.end(`PUT /${Bucket}/k HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf`)
    })
    socket.resume().on('close', () => resolve())
  })
  await s3.close()
  t.equal(await readFile(join(dir, 'k'), 'utf8'), 'hello')
  t.same(await readdir(join(dir, '.s3', 'tmp')), [])
})

t.test('files of others – are objects too', async (t) => {
  const { client, dir } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'old', ContentType: 'text/plain' }))
  await writeFile(join(dir, 'k'), 'hello')
  t.match(await client.send(new HeadObjectCommand({ Bucket, Key: 'k' })), {
    ETag: MD5_OF_HELLO,
    ContentType: 'binary/octet-stream',
  })
  const response = await client.send(new ListBucketsCommand({}))
  t.match(response.Buckets, [{ Name: BUCKET }])
  t.type(response.Buckets?.[0]?.CreationDate, Date)
  t.equal((await client.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode, 200)
})

t.test('start – over the same folder, and on a taken port', async (t) => {
  const { s3, client, dir } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ContentType: 'text/plain' }))
  const options = { dir, bucket: BUCKET, host: '127.0.0.1', logger: pino({ level: 'silent' }) }
  await t.rejects(startS3({ ...options, port: s3.port }), { code: 'EADDRINUSE' })

  await s3.close()
  await writeFile(join(dir, '.s3', 'tmp', 'unfinished'), 'x')
  const again = await startS3({ ...options, port: s3.port })
  t.teardown(() => again.close())
  t.match(await client.send(new HeadObjectCommand({ Bucket, Key: 'k' })), { ContentType: 'text/plain' })
  t.same(await readdir(join(dir, '.s3', 'tmp')), [], 'what a killed process left is gone')
})

t.test('list – pages of more than 1,000', async (t) => {
  const keys = Array.from({ length: 1_203 }, (_, index) => `clicks/${index}`).sort()
  const dir = t.testdir({ clicks: Object.fromEntries(keys.map((key) => [key.slice(7), ''])) })
  const { client } = await createTestS3(t, dir)
  const pages = await collect(paginateListObjectsV2({ client }, { Bucket, Prefix: 'clicks/' }))
  t.same(
    pages.map(({ KeyCount, IsTruncated }) => [KeyCount, IsTruncated]),
    [
      [1_000, true],
      [203, false],
    ],
  )
  t.same(
    pages.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key)),
    keys,
  )
})

t.test('list – keys that are hard to write, plain and encoded', async (t) => {
  const { client } = await createTestS3(t)
  await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'hello' }))
  const [plain] = await collect(paginateListObjectsV2({ client }, { Bucket }))
  t.match(plain?.Contents, [{ Key: KEY, Size: 5, ETag: MD5_OF_HELLO, LastModified: Date }])
  const [encoded] = await collect(paginateListObjectsV2({ client }, { Bucket, EncodingType: 'url' }))
  t.equal(encoded?.EncodingType, 'url')
  t.equal(decodeURIComponent(encoded?.Contents?.[0]?.Key ?? ''), KEY)
})

/** One request as it is written here, on a connection of its own. */
function raw(port: number, requestLine: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      answer += bytes
    })
    socket.on('close', () => resolve(answer))
    socket.write(`${requestLine}\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  })
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of source) all.push(item)
  return all
}
