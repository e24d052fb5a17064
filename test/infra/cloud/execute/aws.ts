/**
 * The endpoint of all AWS APIs. Who calls is told by the credentials, as in AWS; what is called, by the request. A call
 * that the caller's role may not make is answered AccessDenied; any other goes to the stand-in of its service.
 */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type Answer, forward, type LocalServer, serve } from './http.ts'
import { arn, REGION } from './names.ts'
import { AccessDenied, type Permissions } from './permissions.ts'

export type Service = 'dynamodb' | 'firehose' | 's3' | 'secretsmanager'

export interface AwsEndpoint extends LocalServer {
  /** The environment of a process that has assumed a role: what ECS and Lambda set, and where AWS is. */
  environment(role: string): Record<string, string>
  /** Keys of objects that were put through it. */
  readonly objects: readonly string[]
}

/** AWS JSON protocols name the operation in X-Amz-Target. */
const TARGETS: Readonly<Record<string, Service>> = {
  DynamoDB_20120810: 'dynamodb',
  Firehose_20150804: 'firehose',
  secretsmanager: 'secretsmanager',
}

/** Starts it over the stand-ins' addresses. */
export async function startAws(
  permissions: Permissions,
  backends: Readonly<Record<Service, string>>,
  onError: (error: unknown) => void,
): Promise<AwsEndpoint> {
  const roles = new Map<string, string>()
  const objects: string[] = []

  async function answer({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    try {
      const { role, service, action, resources } = read(method, url, headers, body)
      for (const resource of resources) permissions.demand(role, `${service}:${action}`, resource)
      const answered = await forward(new URL(url, backends[service]).href, method, headers, body)
      if (action === 'PutObject' && answered.status === 200) objects.push(keyOf(url))
      return answered
    } catch (error) {
      // Nothing that another try would mend.
      const denied = error instanceof AccessDenied
      if (!denied) onError(error)
      const [status, code] = denied ? ([403, 'AccessDenied'] as const) : ([400, 'Validation'] as const)
      return headers['x-amz-target'] === undefined ? errorXml(status, code) : errorJson(`${code}Exception`)
    }
  }

  function read(method: string, url: string, headers: IncomingHttpHeaders, body: Buffer) {
    const [, accessKey = '', region, signed] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? []
    const role = roles.get(accessKey)
    if (role === undefined) throw new Error(`${method} ${url} comes from nobody: ${headers.authorization}`)
    if (region !== REGION) throw new Error(`${method} ${url} is for ${region}`)
    const [, target = '', operation = ''] = /^([^.]+)\.(.+)$/.exec(String(headers['x-amz-target'] ?? '')) ?? []
    const service = TARGETS[target] ?? 's3'
    if (signed !== service) throw new Error(`${method} ${url} is signed for ${signed}, which is not played`)
    return service === 's3'
      ? { role, service, ...readS3(method, url) }
      : { role, service, action: operation, resources: resourcesOf(operation, JSON.parse(body.toString())) }
  }

  const server = await serve(answer, onError)
  return {
    ...server,
    objects,
    environment(role) {
      const accessKey = `ASIA${createHash('sha256').update(role).digest('hex').slice(0, 16).toUpperCase()}`
      roles.set(accessKey, role)
      return {
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        AWS_ACCESS_KEY_ID: accessKey,
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
        AWS_ENDPOINT_URL: server.url,
      }
    },
  }
}

/** The resources that IAM checks: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
function resourcesOf(operation: string, input: Record<string, unknown>): string[] {
  switch (operation) {
    case 'PutRecord':
    case 'PutRecordBatch':
      return [arn('firehose', `deliverystream/${input.DeliveryStreamName}`)]
    case 'BatchWriteItem':
      return Object.keys(input.RequestItems as object).map((table) => arn('dynamodb', `table/${table}`))
    case 'GetSecretValue':
      return [String(input.SecretId)]
    default:
      throw new Error(`${operation} is not played`)
  }
}

function readS3(method: string, url: string) {
  if (method !== 'PUT') throw new Error(`${method} of an object is not played`)
  const { pathname } = new URL(url, 'http://s3')
  return { action: 'PutObject', resources: [`arn:aws:s3:::${decodeURIComponent(pathname.slice(1))}`] }
}

const keyOf = (url: string) => decodeURIComponent(new URL(url, 'http://s3').pathname).split('/').slice(2).join('/')

const errorJson = (__type: string): Answer => ({
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type, message: 'See the harness' }),
})

const errorXml = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>See the harness</Message></Error>`,
})
