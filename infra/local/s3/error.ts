/** S3's own errors, as far as this server answers them. */
const STATUS = {
  BadDigest: 400,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  NotModified: 304,
  PreconditionFailed: 412,
  SlowDown: 503,
} as const

export type S3ErrorCode = keyof typeof STATUS

/** Is answered as S3 answers it; the SDK makes an error of this name of it. */
export class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly code: S3ErrorCode
  readonly status: number

  constructor(code: S3ErrorCode, message: string) {
    super(message)
    this.code = code
    this.status = STATUS[code]
  }
}

/** Errors of the file system that are the disk's. Clients try these again. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'])

/** What the client is told; the reason of what is our fault stays in the log. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error
  const { code = '' } = error as NodeJS.ErrnoException
  if (FULL.has(code)) return new S3Error('SlowDown', 'The disk is full, or too many files are open. Try again later.')
  return new S3Error('InternalError', 'Something went wrong here. Try again later.')
}
