/** DynamoDB of one machine, behind a proxy that throttles and leaves items unprocessed. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { ensureTable, startDynamoDB } from '../../infra/local/dynamodb.ts'
import { TABLE } from '../../infra/pipeline.ts'
import { temporaryFolder } from './bucket.ts'
import type { Random } from './random.ts'

const TABLE_NAME = 'clicks'
const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 }
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' }

export interface FaultyTable {
  /** Goes through the faults. */
  readonly dynamo: DynamoDBClient
  readonly tableName: string
  /** Calls that met a fault. */
  readonly faults: number
  /** Ids in the table, read past the faults. */
  ids(): Promise<Set<string>>
}

export interface TableFaults {
  /** Share of calls that are throttled whole. */
  readonly throttled: number
  /** Share of calls of which one half of the items is left unprocessed. */
  readonly unprocessed: number
  /** Share of calls that fail for good. */
  readonly denied: number
}

type Request = { RequestItems: Record<string, unknown[]> }

export async function startTable(
  scope: AsyncDisposableStack,
  random: Random,
  shares: TableFaults,
): Promise<FaultyTable> {
  const path = join(await temporaryFolder(scope), 'dynamodb')
  const dynamodb = await startDynamoDB({ path, host: '127.0.0.1', port: 0 })
  scope.defer(() => dynamodb.close())
  const direct = new DynamoDBClient({ ...AWS, endpoint: dynamodb.url })
  scope.defer(() => direct.destroy())
  await ensureTable(direct, TABLE_NAME)

  let faults = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const fail = (status: number, type: string) => {
      faults += 1
      response.writeHead(status, JSON_TYPE)
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type }))
    }
    const drawn = random()
    if (drawn < shares.throttled) return fail(400, 'ProvisionedThroughputExceededException')
    if (drawn < shares.throttled + shares.denied) return fail(400, 'AccessDeniedException')
    const forward = async (body: string) => {
      const names = ['x-amz-target', 'x-amz-date', 'authorization', 'content-type']
      const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
      return fetch(dynamodb.url, { method: 'POST', headers, body })
    }
    const { RequestItems } = JSON.parse(body) as Request
    const items = RequestItems[TABLE_NAME] ?? []
    const left = drawn < shares.throttled + shares.denied + shares.unprocessed ? items.slice(items.length >> 1) : []
    if (left.length === 0) {
      const answer = await forward(body)
      return response.writeHead(answer.status, JSON_TYPE).end(await answer.text())
    }
    faults += 1
    const taken = items.slice(0, items.length >> 1)
    if (taken.length > 0) await forward(JSON.stringify({ RequestItems: { [TABLE_NAME]: taken } }))
    return response.writeHead(200, JSON_TYPE).end(JSON.stringify({ UnprocessedItems: { [TABLE_NAME]: left } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const dynamo = new DynamoDBClient({ ...AWS, endpoint })
  scope.defer(() => dynamo.destroy())
  return {
    dynamo,
    tableName: TABLE_NAME,
    get faults() {
      return faults
    },
    async ids() {
      const found = new Set<string>()
      const pages = paginateScan({ client: direct }, { TableName: TABLE_NAME, ProjectionExpression: TABLE.range })
      for await (const { Items = [] } of pages) for (const item of Items) found.add(item[TABLE.range]?.S ?? '')
      return found
    },
  }
}
