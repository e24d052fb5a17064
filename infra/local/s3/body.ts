/** The bytes of an object out of a request: unwraps aws-chunked, counts, and checks the checksums that came along. */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { S3Error } from './error.ts'

/** Bytes of a line between chunks, which holds a size and perhaps a signature; and of a trailer. */
const MAX_LINE = 8_192

interface Digest {
  update(bytes: Uint8Array): void
  base64(): string
}

/** CRC-32C and CRC-64/NVME are taken and not checked: Node.js has neither. */
const DIGESTS: Readonly<Record<string, () => Digest>> = {
  'content-md5': () => hashed('md5'),
  'x-amz-checksum-crc32': () => {
    let crc = 0
    return {
      update: (bytes) => {
        crc = crc32(bytes, crc)
      },
      base64: () => {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(crc)
        return bytes.toString('base64')
      },
    }
  },
  'x-amz-checksum-sha1': () => hashed('sha1'),
  'x-amz-checksum-sha256': () => hashed('sha256'),
}

function hashed(algorithm: string): Digest {
  const hash = createHash(algorithm)
  return { update: (bytes) => hash.update(bytes), base64: () => hash.digest('base64') }
}

/**
 * Yields the bytes of the object. The last of them are good only when the generator has ended without an error.
 *
 * @param limit bytes at most
 * @throws S3Error EntityTooLarge, IncompleteBody, BadDigest, InvalidArgument
 */
export async function* readBody(request: IncomingMessage, limit: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { headers } = request
  const chunked = isAwsChunked(headers)
  const announced = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length']
  const tooLarge = () => new S3Error('EntityTooLarge', `An object here is at most ${limit} bytes.`)
  if (Number(announced) > limit) throw tooLarge()

  const expected = new Map(
    Object.keys(DIGESTS).flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  )
  const trailers = String(headers['x-amz-trailer'] ?? '').split(',')
  const digests = Object.entries(DIGESTS)
    .filter(([name]) => expected.has(name) || trailers.includes(name))
    .map(([name, create]) => ({ name, digest: create() }))

  let length = 0
  // Destroying the request would take the connection, and with it the answer that says what was wrong.
  const source: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false })
  for await (const bytes of chunked ? unwrap(source, expected) : source) {
    length += bytes.length
    if (length > limit) throw tooLarge()
    for (const { digest } of digests) digest.update(bytes)
    yield bytes
  }
  if (announced !== undefined && length !== Number(announced))
    throw new S3Error('IncompleteBody', `${announced} bytes were announced and ${length} were sent.`)
  for (const { name, digest } of digests)
    if (expected.get(name) !== digest.base64())
      throw new S3Error('BadDigest', `The ${name} that you sent does not match what was received.`)
}

/** Small bodies, whole. */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  return text(readBody(request, limit))
}

const isAwsChunked = (headers: IncomingHttpHeaders) =>
  String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') || encodings(headers).includes('aws-chunked')

/** Content encodings of the object itself: `aws-chunked` is of the request only. */
export const contentEncoding = (headers: IncomingHttpHeaders) =>
  encodings(headers)
    .filter((encoding) => encoding !== 'aws-chunked' && encoding !== '')
    .join(',')

const encodings = (headers: IncomingHttpHeaders) =>
  String(headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim())

/**
 * Takes off `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailer>:<value>\r\n\r\n`. Signatures are not checked.
 *
 * @param trailers gets the trailers, by name
 */
async function* unwrap(source: AsyncIterable<Uint8Array>, trailers: Map<string, string>): AsyncGenerator<Uint8Array> {
  const input = source[Symbol.asyncIterator]()
  let buffer: Buffer = Buffer.alloc(0)

  async function more(): Promise<void> {
    const { done, value } = await input.next()
    if (done) throw new S3Error('IncompleteBody', 'The body ended within a chunk.')
    buffer = buffer.length === 0 ? Buffer.from(value) : Buffer.concat([buffer, value])
  }

  async function readLine(): Promise<string> {
    let end = buffer.indexOf('\r\n')
    while (end === -1) {
      if (buffer.length > MAX_LINE) throw new S3Error('InvalidArgument', 'The body is not aws-chunked.')
      await more()
      end = buffer.indexOf('\r\n')
    }
    const line = buffer.toString('latin1', 0, end)
    buffer = buffer.subarray(end + 2)
    return line
  }

  for (;;) {
    const size = /^([\da-f]{1,8})(;.*)?$/i.exec(await readLine())?.[1]
    if (size === undefined) throw new S3Error('InvalidArgument', 'The body is not aws-chunked.')
    let left = Number.parseInt(size, 16)
    if (left === 0) break
    while (left > 0) {
      if (buffer.length === 0) await more()
      const bytes = buffer.subarray(0, left)
      buffer = buffer.subarray(bytes.length)
      left -= bytes.length
      yield bytes
    }
    if ((await readLine()) !== '') throw new S3Error('InvalidArgument', 'A chunk is longer than it says.')
  }
  for (let trailer = await readLine(); trailer !== ''; trailer = await readLine()) {
    const colon = trailer.indexOf(':')
    trailers.set(trailer.slice(0, colon).trim().toLowerCase(), trailer.slice(colon + 1).trim())
  }
}
