/** What the tests of the transformer share: clicks, events, and real servers that can misbehave. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { FirehoseRecord, FirehoseTransformationEvent } from '../../../infra/lambda/firehose-event.ts'
import type { Item } from '../../../infra/lambda/items.ts'
import { pack } from '../../../infra/lambda/unpack.ts'
import { TABLE } from '../../../infra/pipeline.ts'
import type { StoredClick } from '../../../service/click.ts'

export const TABLE_NAME = 'clicks'
export const ARRIVAL = Date.UTC(2026, 0, 31, 23, 59, 58)

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 }

export function click(requestid: string, more: Partial<StoredClick> = {}): StoredClick {
  return {
    requestid,
    contextid: 'session',
    callerid: 'shop',
    component: 'button',
    action: 'click',
    type: 'webpage',
    userid: 'GUEST',
    createdtime: '2026-01-31T23:59:50.000Z',
    receivedat: '2026-01-31T23:59:51.000Z',
    client: 'SHOP',
    ...more,
  }
}

/** The longest click that the schema takes: every character is the given one. */
export function longest(character: string): StoredClick {
  const of = (length: number) => character.repeat(length)
  const required = { contextid: of(256), callerid: of(256), component: of(256), action: of(256), type: of(256) }
  const optional = { userid: of(256), itemid: of(256), url: of(2048), referrer: of(2048) }
  const arrival = { client: of(256), clientip: of(64), useragent: of(512) }
  const names = Array.from({ length: 40 }, (_, index) => `a${index}`.padEnd(64, '_'))
  const attributes = Object.fromEntries(names.map((name) => [name, of(1024)]))
  return click(of(256), { ...required, ...optional, ...arrival, attributes })
}

export const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64')

export function record(recordId: string, content: string | Uint8Array | readonly StoredClick[]): FirehoseRecord {
  const bytes = typeof content === 'string' || content instanceof Uint8Array ? content : pack(content)
  return { recordId, approximateArrivalTimestamp: ARRIVAL, data: base64(bytes) }
}

export function event(...records: FirehoseRecord[]): FirehoseTransformationEvent {
  return {
    invocationId: 'invocation',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clicks',
    region: 'us-east-1',
    records,
  }
}

/** Clicks, or whatever is there, of a record that the transformer gave back. */
export function contents({ data }: { readonly data: string }): unknown[] {
  const lines = Buffer.from(data, 'base64').toString()
  return lines === ''
    ? []
    : lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

async function listen(t: Test, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const serve = (t: Test, listener: RequestListener) => listen(t, createServer(listener))

type Dynalite = (options: { createTableMs: number }) => Server

/** An empty clicks table in a DynamoDB of its own. */
export async function dynamo(t: Test): Promise<DynamoDBClient> {
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite
  const client = dynamoAt(t, await listen(t, dynalite({ createTableMs: 0 })))
  await client.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: TABLE.hash, KeyType: 'HASH' },
        { AttributeName: TABLE.range, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [TABLE.hash, TABLE.range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  )
  return client
}

export function dynamoAt(t: Test, endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({ ...AWS, endpoint })
  t.teardown(() => client.destroy())
  return client
}

export interface Fault {
  readonly status: number
  readonly body: object
}

/** What a DynamoDB of requests in front of the table answers instead of it: per call, from its items and number. */
export type FaultFor = (requestids: string[], call: number) => Fault | undefined

/** An error as DynamoDB's JSON protocol has it. */
export function fault(type: string, status = 400): Fault {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type } }
}

/** Stands between a client and the table, speaks the wire protocol, and counts calls. */
export async function faulty(t: Test, table: DynamoDBClient, faultFor: FaultFor) {
  const real = await table.config.endpoint?.()
  const calls: string[][] = []
  const url = await serve(t, async (request, response) => {
    const body = await text(request)
    const { RequestItems = {} } = JSON.parse(body)
    const requestids = (RequestItems[TABLE_NAME] ?? []).map(
      ({ PutRequest }: { PutRequest: { Item: Item } }) => PutRequest.Item[TABLE.range]?.S,
    )
    calls.push(requestids)
    const instead = faultFor(requestids, calls.length)
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    if (instead !== undefined) return response.writeHead(instead.status).end(JSON.stringify(instead.body))
    const signed = ['x-amz-target', 'x-amz-date', 'authorization', 'content-type']
    const headers = Object.fromEntries(signed.map((name) => [name, String(request.headers[name])]))
    const answer = await fetch(`http://${real?.hostname}:${real?.port}`, { method: 'POST', headers, body })
    return response.writeHead(answer.status).end(await answer.text())
  })
  return { dynamo: dynamoAt(t, url), calls }
}

/** Every item of the table, by requestid. */
export async function items(client: DynamoDBClient): Promise<Record<string, Item>> {
  const all: Record<string, Item> = {}
  for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLE_NAME })) {
    for (const item of Items) all[item[TABLE.range]?.S ?? ''] = item
  }
  return all
}

/** An S3 that takes objects, or answers every put with a status of 400 and above. */
export async function bucket(t: Test, status = 200) {
  const objects = new Map<string, string>()
  let puts = 0
  const endpoint = await serve(t, async (request, response) => {
    const body = await text(request)
    puts += 1
    if (status === 200) objects.set(decodeURIComponent(request.url?.split('?')[0] ?? ''), body)
    response.writeHead(status).end()
  })
  const s3 = new S3Client({ ...AWS, endpoint, forcePathStyle: true })
  t.teardown(() => s3.destroy())
  return { s3, objects, puts: () => puts }
}
