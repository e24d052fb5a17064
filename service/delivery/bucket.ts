import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { partition } from '../prefixes.ts'

/** Longest time for one object, its tries included, milliseconds: with the delivery's it stays below the gateway's 30 s. */
export const PUT_OBJECT_TIMEOUT_MS = 5000

const compress = promisify(gzip)

/** One kept-alive client for the whole process. */
export function createS3Client(overrides: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    ...overrides,
  })
}

/**
 * Writes lines as one object, `<prefix>dt=…/hour=…/<uuid>.ndjson.gz`.
 *
 * @param lines newline-delimited JSON, UTF-8
 * @returns when S3 has it; rejects with the SDK's error when it is not known to have it
 */
export type PutLines = (prefix: string, lines: string | Buffer) => Promise<void>

/** @param bucket of the lake */
export function createPutLines(s3: S3Client, bucket: string): PutLines {
  return async (prefix, lines) => {
    const body = await compress(lines)
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${prefix}${partition(new Date())}${randomUUID()}.ndjson.gz`,
        Body: body,
        ContentType: 'application/gzip',
      }),
      { abortSignal: AbortSignal.timeout(PUT_OBJECT_TIMEOUT_MS) },
    )
  }
}
