/** The bucket, as replay uses it: whole lists, objects in ranges, and moves. */
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import { PREFIX } from '../pipeline.ts'

export interface StoredObject {
  readonly key: string
  readonly size: number
  readonly lastModified: Date
  readonly etag: string
}

/**
 * Bytes that are read at once. Not one long answer: Firehose may be slow for minutes, and S3 closes a connection that
 * nobody reads from.
 */
const RANGE_BYTES = 4 * 1024 * 1024

const INFLATED_CHUNK_BYTES = 64 * 1024

export class Bucket {
  readonly #s3: S3Client
  readonly name: string

  constructor(s3: S3Client, name: string) {
    this.#s3 = s3
    this.name = name
  }

  /** Objects below a prefix, page by page. */
  async *list(prefix: string): AsyncGenerator<StoredObject> {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.name, Prefix: prefix },
    )) {
      for (const { Key = '', Size = 0, LastModified = new Date(0), ETag = '' } of Contents) {
        // Consoles make objects of folders.
        if (!Key.endsWith('/')) yield { key: Key, size: Size, lastModified: LastModified, etag: ETag }
      }
    }
  }

  /**
   * The bytes of an object, inflated where they are gzip's, whatever its name says.
   *
   * @param onRead told how many bytes were read, before they are inflated
   */
  async *read(object: StoredObject, onRead = (_bytes: number) => {}): AsyncGenerator<Buffer> {
    if (object.size === 0) return
    const first = await this.#range(object, 0)
    const compressed = first[0] === 0x1f && first[1] === 0x8b
    const chunks = this.#from(first, object, onRead)
    // Errors reach the reader: the pipeline destroys the stream that is read with them.
    if (compressed) yield* pipeline(Readable.from(chunks), createGunzip({ chunkSize: INFLATED_CHUNK_BYTES }), () => {})
    else yield* chunks
  }

  async *#from(first: Buffer, object: StoredObject, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
    for (let start = 0; start < object.size; start += RANGE_BYTES) {
      const range = start === 0 ? first : await this.#range(object, start)
      onRead(range.length)
      yield range
    }
  }

  async #range({ key, etag }: StoredObject, start: number): Promise<Buffer> {
    const { Body } = await this.#s3.send(
      new GetObjectCommand({
        Bucket: this.name,
        Key: key,
        Range: `bytes=${start}-${start + RANGE_BYTES - 1}`,
        // All ranges are of one object.
        IfMatch: etag,
      }),
    )
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  async put(key: string, body: string): Promise<void> {
    await this.#s3.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ContentType: 'application/x-ndjson' }),
    )
  }

  /** Copied first: at every moment the object is in one of the two places at least. */
  async moveToReplayed(key: string): Promise<void> {
    await this.#s3.send(
      new CopyObjectCommand({
        Bucket: this.name,
        Key: replayedKey(key),
        CopySource: `${this.name}/${key.split('/').map(encodeURIComponent).join('/')}`,
      }),
    )
    await this.remove(key)
  }

  async remove(key: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }))
  }
}

export const replayedKey = (key: string) => `${PREFIX.replayed}${key}`
