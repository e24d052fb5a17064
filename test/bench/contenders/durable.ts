/**
 * The least that a safe answer costs on Node.js: the service's own check, stamp and delivery, on a bare server. It knows
 * no sender, no bad request, no limit and no metric.
 */
import { createServer, type ServerResponse } from 'node:http'
import { pino } from 'pino'
import { Click } from '../../../service/click.ts'
import { Delivery } from '../../../service/delivery/delivery.ts'
import { createFirehoseClient, createPut } from '../../../service/delivery/firehose.ts'
import { Ledger } from '../../../service/delivery/ledger.ts'
import { createStamp } from '../../../service/stamp.ts'
import { compile } from '../../../service/validate.ts'

const check = compile(Click)
const firehose = createFirehoseClient()
const delivery = new Delivery({
  put: createPut(firehose, process.env.DELIVERY_STREAM as string),
  ledger: new Ledger(),
  log: pino({ level: 'silent' }),
  bufferBytes: 32 * 2 ** 20,
  timeoutMs: 8000,
})

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'POST') take(Buffer.concat(chunks), response)
    else response.end()
  })
})

function take(body: Buffer, response: ServerResponse): void {
  const click = JSON.parse(body.toString())
  const reason = check(click)
  if (reason !== undefined) throw new Error(reason)
  const stamp = createStamp({ receivedat: new Date().toISOString(), client: 'BENCH', anonymise: false })
  delivery.deliver([stamp(click)], (refusals) => {
    response.writeHead(refusals.length === 0 ? 200 : 503, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': 15,
    })
    response.end('{"status":"OK"}')
  })
}

server.listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', async () => {
  server.closeAllConnections()
  server.close()
  await delivery.close()
  firehose.destroy()
})
