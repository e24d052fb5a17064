import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import type { Test } from 'tap'
import { startS3 } from '../../infra/local/s3/s3.ts'
import { createS3Client } from '../../service/delivery/bucket.ts'

export interface TestBucket {
  /** A client of the service for the bucket `lake`. */
  readonly s3: S3Client
  /** Its objects, which hold gzipped lines of JSON. */
  objects(): Promise<{ key: string; lines: Record<string, unknown>[] }[]>
}

/** The local S3 with an empty bucket `lake`. Stopped with the test. */
export async function startBucket(t: Test): Promise<TestBucket> {
  const dir = t.testdir()
  const server = await startS3({ dir, bucket: 'lake', host: '127.0.0.1', port: 0, logger: pino({ enabled: false }) })
  t.teardown(() => server.close())
  const options = {
    region: 'us-east-1',
    endpoint: server.url,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  const reader = createS3Client(options)
  t.teardown(() => reader.destroy())
  return {
    s3: createS3Client(options),
    async objects() {
      const { Contents = [] } = await reader.send(new ListObjectsV2Command({ Bucket: 'lake' }))
      return Promise.all(
        Contents.map(async ({ Key: key = '' }) => ({
          key,
          lines: gunzipSync(await readFile(`${dir}/${key}`))
            .toString()
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line)),
        })),
      )
    },
  }
}
