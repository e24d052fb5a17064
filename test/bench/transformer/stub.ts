/**
 * A DynamoDB, in a process of its own, that takes every item after a fixed time and counts keys. It speaks as much of
 * the JSON 1.0 protocol as writers of items need; `GET /` tells how many distinct keys it has.
 *
 * Its argument is the latency in milliseconds; it sends its port to the parent.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Item } from '../../../infra/lambda/items.ts'
import { TABLE } from '../../../infra/pipeline.ts'

const latency = Number(process.argv[2])
const keys = new Set<string>()

/** Items of a call, by operation. */
const OPERATIONS: Readonly<Record<string, (body: unknown) => readonly Item[]>> = {
  PutItem: (body) => [(body as { Item: Item }).Item],
  BatchWriteItem: (body) => {
    const { RequestItems } = body as { RequestItems: Record<string, { PutRequest: { Item: Item } }[]> }
    return Object.values(RequestItems).flatMap((requests) => requests.map(({ PutRequest }) => PutRequest.Item))
  },
}

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return response.end(String(keys.size))
  const operation = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '')
  const items = OPERATIONS[operation]?.(JSON.parse(await text(request)))
  await sleep(latency)
  response.setHeader('content-type', 'application/x-amz-json-1.0')
  if (items === undefined) return response.writeHead(400).end('{"__type":"UnknownOperationException"}')
  for (const item of items) keys.add(`${item[TABLE.hash]?.S} ${item[TABLE.range]?.S}`)
  response.end('{}')
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
