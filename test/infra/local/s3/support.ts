import { S3Client } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import type { Test } from 'tap'
import { startS3 } from '../../../../infra/local/s3/s3.ts'

export const BUCKET = 'clicklake'

/** A server over a folder of the test's own, and the SDK's client of it. */
export async function createTestS3(t: Test, dir = t.testdir()) {
  const s3 = await startS3({ dir, bucket: BUCKET, host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) })
  t.teardown(() => s3.close())
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  t.teardown(() => client.destroy())
  return { s3, client, dir, bucketUrl: `${s3.url}/${BUCKET}` }
}
