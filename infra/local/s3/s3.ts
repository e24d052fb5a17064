/**
 * S3 on one machine: a folder, served with S3's REST protocol, so that the AWS SDK and the AWS CLI work unmodified.
 * One bucket, path-style addresses. It has no authentication: signatures are not checked, and whoever reaches the port
 * reads and writes the folder. There are no versions, multipart uploads, ACLs, tags or encryption: those are refused
 * where they are operations, and ignored where they are headers of a put.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { deleteObjects, listObjects } from './bucket.ts'
import { S3Error, toS3Error } from './error.ts'
import { copyObject, decode, getObject, putObject, refuseUnknownConditions } from './object.ts'
import { Storage } from './storage.ts'
import { type Element, toXml } from './xml.ts'

export interface S3Options {
  /** The folder whose files are the objects. It is made if it is missing. Only one process may serve it. */
  readonly dir: string
  readonly bucket: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly logger: FastifyBaseLogger
}

export interface LocalS3 {
  /** What clients on this machine take as their endpoint. */
  readonly url: string
  readonly port: number
  /** Answers what has begun and frees the port. */
  close(): Promise<void>
}

/** Parameters that are no operation of their own: the SDK's name for it, and what a presigned address has. */
const HARMLESS = /^x-(id|amz-.*)$/i
const LIST = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type']

/** @throws Error with code `EADDRINUSE` if the port is taken */
export async function startS3({ dir, bucket, host, port, logger }: S3Options): Promise<LocalS3> {
  const storage = await Storage.open(dir)
  const running = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const handled = handle(request, response).finally(() => running.delete(handled))
    running.add(handled)
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Closing ends what is idle then; connections that were busy end here instead of waiting for their time-out.
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
    response.setHeader('x-amz-request-id', randomUUID())
    try {
      await answer(storage, bucket, request, response)
    } catch (error) {
      if (request.socket.destroyed) logger.debug({ err: error }, 's3: the client went away')
      else fail(request, response, error, logger)
    }
  }

  server.listen(port, host)
  await once(server, 'listening')

  const address = server.address() as AddressInfo
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return {
    url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`,
    port: address.port,
    async close() {
      server.close()
      await once(server, 'close')
      // A client that went away leaves a request that still tidies up.
      await Promise.all(running)
    },
  }
}

async function answer(storage: Storage, bucket: string, request: IncomingMessage, response: ServerResponse) {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  const [, named = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  if (named === '') return answerService(storage, bucket, request, response)
  if (decode(named) !== bucket)
    throw new S3Error('NoSuchBucket', `The bucket here is ${bucket}, in the path of the address.`)
  if (key === '') return answerBucket(storage, bucket, query, request, response)
  return answerObject(storage, bucket, decode(key), query, request, response)
}

async function answerService(storage: Storage, bucket: string, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'GET') throw notAllowed(request)
  const created = await storage.created()
  const buckets: Element[] = [
    [
      'Bucket',
      [
        ['Name', bucket],
        ['CreationDate', created.toISOString()],
      ],
    ],
  ]
  sendXml(response, 200, toXml(['ListAllMyBucketsResult', [['Buckets', buckets]]]))
}

async function answerBucket(
  storage: Storage,
  bucket: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request
  if (method === 'GET' && query.get('list-type') === '2') {
    refuseUnknownParameters(query, [...LIST, 'fetch-owner'])
    sendXml(response, 200, await listObjects(storage, bucket, query))
  } else if (method === 'POST' && query.has('delete')) {
    refuseUnknownParameters(query, ['delete'])
    sendXml(response, 200, await deleteObjects(storage, request))
  } else if (method === 'HEAD') {
    response.writeHead(200).end()
  } else if (method === 'GET') {
    throw new S3Error('NotImplemented', 'Of the operations that read a bucket, ListObjectsV2 and HeadBucket work here.')
  } else {
    throw notAllowed(request)
  }
}

async function answerObject(
  storage: Storage,
  bucket: string,
  key: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  refuseUnknownParameters(query, [])
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD') {
    await getObject(storage, key, request, response)
  } else if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) {
    sendXml(response, 200, await copyObject(storage, key, bucket, headers))
  } else if (method === 'PUT') {
    response.writeHead(200, { etag: await putObject(storage, key, request) }).end()
  } else if (method === 'DELETE') {
    refuseUnknownConditions(headers, ['if-match'])
    await storage.remove(key)
    response.writeHead(204).end()
  } else {
    throw notAllowed(request)
  }
}

function refuseUnknownParameters(query: URLSearchParams, known: readonly string[]): void {
  const name = [...query.keys()].find((name) => !known.includes(name) && !HARMLESS.test(name))
  if (name !== undefined) throw new S3Error('NotImplemented', `The operation or parameter ${name} does not work here.`)
}

const notAllowed = ({ method }: IncomingMessage) =>
  new S3Error('MethodNotAllowed', `${method} is not allowed against this resource.`)

function fail(request: IncomingMessage, response: ServerResponse, error: unknown, logger: FastifyBaseLogger): void {
  const { code, status, message } = toS3Error(error)
  const { method, url } = request
  if (status >= 500 && code !== 'NotImplemented') logger.error({ err: error, method, url }, 's3: the request failed')
  if (response.headersSent) {
    // Too late to say so: a body that is cut short is seen by the client, one that ends well is not.
    response.destroy()
    return
  }
  // What is still coming is let through, so that the client reads the answer.
  request.resume()
  const body = toXml(
    [
      'Error',
      [
        ['Code', code],
        ['Message', message],
        ['Resource', url ?? ''],
        ['RequestId', String(response.getHeader('x-amz-request-id'))],
      ],
    ],
    '',
  )
  if (method === 'HEAD' || status === 304) response.writeHead(status).end()
  else sendXml(response, status, body)
}

function sendXml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) }).end(body)
}
