/**
 * A Firehose that accepts everything after LATENCY_MS, and counts. `DELETE /counts` tells and forgets;
 * `PUT /latency/<ms>` and `PUT /down/<true or false>` set.
 */
import { createServer, type IncomingMessage } from 'node:http'

/** Firehose bills a record rounded up to this. */
const BILLING_BYTES = 5 * 1024

/** All since the last `DELETE /counts`. */
export interface Counts {
  puts: number
  records: number
  clicks: number
  bytes: number
  /** Bytes as they are billed. */
  billed: number
}

const none = (): Counts => ({ puts: 0, records: 0, clicks: 0, bytes: 0, billed: 0 })
let counts = none()
let latency = Number(process.env.LATENCY_MS)
let down = false

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function take(body: Buffer): string {
  const { Records } = JSON.parse(body.toString('latin1')) as { Records: { Data: string }[] }
  counts.puts += 1
  counts.records += Records.length
  for (const { Data } of Records) {
    const data = Buffer.from(Data, 'base64')
    counts.bytes += data.length
    counts.billed += Math.ceil(data.length / BILLING_BYTES) * BILLING_BYTES
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) counts.clicks += 1
  }
  return JSON.stringify({ FailedPutCount: 0, RequestResponses: Records.map((_, n) => ({ RecordId: `r${n}` })) })
}

const server = createServer(async (request, response) => {
  const [, what, value] = (request.url as string).split('/')
  const body = await read(request)
  if (what === 'counts') {
    response.end(JSON.stringify(counts))
    counts = none()
  } else if (what === 'latency') {
    latency = Number(value)
    response.end()
  } else if (what === 'down') {
    down = value === 'true'
    response.end()
  } else if (request.headers['x-amz-target'] === undefined) {
    response.end()
  } else if (down) {
    response.writeHead(500).end('{"__type":"InternalFailure"}')
  } else {
    const answer = take(body)
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(answer)
    }, latency)
  }
})
server.listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', () => {
  server.closeAllConnections()
  server.close()
})
