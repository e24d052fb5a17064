/** The wire: AWS JSON 1.1 over HTTP, with the operations that put records and describe the stream. */
import { randomBytes, randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from 'fastify'
import { AwsError, slowDown } from './aws-error.ts'
import type { Faults } from './faults.ts'
import type { StreamObserver } from './observer.ts'
import { decodedBytes, type Members, type Put, parseBody, readPut, readPutBatch, readStreamName } from './requests.ts'
import { ACCOUNT, describe, type StreamSettings } from './stream.ts'

/** 4 MiB of data are 5.6 MiB in base64; the rest is room for names and white space. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

const CONTENT_TYPE = 'application/x-amz-json-1.1'
const TARGET = 'Firehose_20150804.'

/** Of a public record id: 216 characters, like the real ones. */
const RECORD_ID_BYTES = 162

export interface ServerOptions {
  readonly stream: StreamSettings
  /** Keeps base64 records, `bytes` before base64; it rejects when it cannot. */
  readonly accept: (data: readonly string[], bytes: number) => Promise<void>
  readonly logger: FastifyBaseLogger
  readonly faults: Faults
  readonly observer?: StreamObserver | undefined
}

/** Creates the server of one stream; it does not listen yet. */
export function createServer({ stream, accept, logger, faults, observer }: ServerOptions) {
  const created = new Date()
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => randomUUID(),
  })

  const known = (name: string) => {
    if (name === stream.name) return
    throw new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${ACCOUNT} not found.`)
  }

  /** @returns ids of the records that were accepted: all, or the first ones while the stream is throttled; never none */
  const put = async (request: Put): Promise<string[]> => {
    known(request.stream)
    const records = faults.admit(request.data.length)
    const slowedDown = request.data.length - records
    const data = slowedDown === 0 ? request.data : request.data.slice(0, records)
    const bytes = slowedDown === 0 ? request.bytes : data.reduce((total, each) => total + decodedBytes(each), 0)
    try {
      if (records > 0) await accept(data, bytes)
    } catch {
      // Whoever keeps the records has logged why.
      throw slowDown()
    }
    observer?.put({ records, bytes, slowedDown })
    if (records === 0) throw slowDown()
    return recordIds(records)
  }

  const operations: Readonly<Record<string, (body: Members) => unknown>> = {
    PutRecord: async (body) => {
      const [RecordId] = await put(readPut(body))
      return { RecordId, Encrypted: false }
    },
    PutRecordBatch: async (body) => {
      const request = readPutBatch(body)
      const ids = await put(request)
      return {
        FailedPutCount: request.data.length - ids.length,
        Encrypted: false,
        RequestResponses: request.data.map((_, n) => (n < ids.length ? { RecordId: ids[n] } : SLOWED_DOWN)),
      }
    },
    DescribeDeliveryStream: (body) => {
      known(readStreamName(body))
      return { DeliveryStreamDescription: describe(stream, created) }
    },
    ListDeliveryStreams: ({ DeliveryStreamType = 'DirectPut', ExclusiveStartDeliveryStreamName = '' }) => ({
      DeliveryStreamNames:
        DeliveryStreamType === 'DirectPut' && stream.name > String(ExclusiveStartDeliveryStreamName)
          ? [stream.name]
          : [],
      HasMoreDeliveryStreams: false,
    }),
  }

  // The body is parsed by us whatever it says it is, so that its errors are AWS's.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-amzn-RequestId', request.id)
  })

  server.post('/', async (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '')
    const name = target.startsWith(TARGET) ? target.slice(TARGET.length) : ''
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (operation === undefined) throw unknownOperation()
    if (faults.current === 'down') throw internalFailure()
    const answer = await operation(parseBody(request.body))
    return reply.header('content-type', CONTENT_TYPE).send(encode(answer))
  })

  server.setNotFoundHandler(() => {
    throw unknownOperation()
  })

  server.setErrorHandler((error: FastifyError, request, reply) => {
    const { type, status, message } = awsError(error)
    if (status >= 500 && !(error instanceof AwsError)) request.log.error({ err: error }, 'a request failed')
    return reply
      .code(status)
      .header('content-type', CONTENT_TYPE)
      .send(encode({ __type: type, message }))
  })

  return server
}

/** Bytes, because Fastify adds a charset to the content type of JSON text. */
const encode = (value: unknown) => Buffer.from(JSON.stringify(value))

const unknownOperation = () => new AwsError('UnknownOperationException', 'The operation is not known')

function awsError(error: FastifyError): AwsError {
  if (error instanceof AwsError) return error
  if (error.statusCode === 413) {
    return new AwsError('RequestEntityTooLargeException', `The body is larger than ${MAX_BODY_BYTES} bytes`, 413)
  }
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new AwsError('SerializationException', error.message)
  return internalFailure()
}

const internalFailure = () => new AwsError('InternalFailure', 'The request failed because of an unknown error', 500)

/** What a record gets that the call was too much for. */
const SLOWED_DOWN = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }

function recordIds(count: number): string[] {
  const random = randomBytes(RECORD_ID_BYTES * count)
  return Array.from({ length: count }, (_, index) =>
    random.toString('base64', index * RECORD_ID_BYTES, (index + 1) * RECORD_ID_BYTES),
  )
}
