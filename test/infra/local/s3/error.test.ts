import t from 'tap'
import { S3Error, toS3Error } from '../../../../infra/local/s3/error.ts'

t.test('toS3Error – what a client is told', async (t) => {
  for (const [error, code, status] of [
    [new S3Error('NoSuchKey', 'x'), 'NoSuchKey', 404],
    [Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }), 'SlowDown', 503],
    [Object.assign(new Error('EIO: /secret/path'), { code: 'EIO' }), 'InternalError', 500],
    [new TypeError('/secret/path'), 'InternalError', 500],
  ] as const) {
    const answered = toS3Error(error)
    t.match(answered, { code, status })
    t.notMatch(answered.message, '/secret/path')
  }
})
