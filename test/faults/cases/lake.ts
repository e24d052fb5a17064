/** What Firehose calls fails: the transformer itself, DynamoDB, the catalogue. Nothing may be lost behind the 200. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import type { FirehoseTransformationEvent } from '../../../infra/lambda/firehose-event.ts'
import { createTransformer, type TransformerOptions } from '../../../infra/lambda/transform.ts'
import type { Processor } from '../../../infra/local/firehose/firehose.ts'
import { ENRICHMENT_FIELDS } from '../../../infra/pipeline.ts'
import type { Case, Context, Outcome } from '../case.ts'
import { type FaultyTable, startTable } from '../dynamo-faults.ts'
import { startLake } from '../lake.ts'
import { type Expectations, finish, startPipeline } from '../pipeline.ts'
import { createRandom, integer, type Random } from '../random.ts'
import { Stored } from '../stored.ts'

type Invoke = Processor['invoke']

const unchanged: Invoke = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })),
})

/** A mapping bug, a loop without end, an answer above 6 MB, an answer that is none: two calls of three. */
function misbehaving(random: Random): Invoke {
  return async (event: FirehoseTransformationEvent) => {
    switch (integer(random, 0, 5)) {
      case 0:
        throw new Error('the transformer crashed')
      case 1:
        return sleep(60_000, undefined, { ref: false })
      case 2:
        return { records: event.records.map((record) => ({ ...record, result: 'Ok', data: 'QUJD'.repeat(1.6e6) })) }
      case 3:
        return 'no answer at all'
      default:
        return unchanged(event)
    }
  }
}

interface Through {
  readonly invoke: Invoke
  readonly timeoutMs?: number
  readonly clicks?: number
  /** What must be so, when all is in the lake or among the errors. */
  expect(seen: { lake: Stored; failed: Stored; ok: number }): Expectations | Promise<Expectations>
}

/** Drives clicks through service and local Firehose; they have to be in the lake or among the errors. */
async function through(
  context: Context,
  { invoke, timeoutMs = 60_000, clicks = 3000, expect }: Through,
): Promise<Outcome> {
  const local = await startLake(context.scope, { processor: { invoke, retries: 1, timeoutMs } })
  const pipeline = await startPipeline(context, { env: { AWS_ENDPOINT_URL_FIREHOSE: local.url } })
  await pipeline.drive({ clicks })
  const { lake, failed } = await local.contents()
  const { book } = pipeline
  const expected = await expect({ lake, failed, ok: book.ok })
  const outcome = await finish(pipeline, {
    ...expected,
    'every click is ok': book.ok === book.count(({ valid }) => valid),
    'none was spilled': (await pipeline.bucket.spilled()).counts.size === 0,
  })
  const stored = new Stored()
  stored.addAll(lake)
  stored.addAll(failed)
  return { ...outcome, stored, note: `${lake.counts.size} in the lake, ${failed.counts.size} in errors/` }
}

/** Takes nothing: there is nothing to reject in these cases. */
const s3 = new S3Client({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9', maxAttempts: 1 })

function transformer({ dynamo, tableName }: FaultyTable, more: Partial<TransformerOptions> = {}): Invoke {
  return createTransformer({ dynamo, tableName, s3, bucket: 'none', retentionDays: 90, ...more })
}

async function serve(scope: AsyncDisposableStack, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A catalogue that fails in every way that it can. */
function catalogue(random: Random): RequestListener {
  return (_request, response) => {
    const way = integer(random, 0, 4)
    if (way === 0) response.writeHead(200, { 'content-type': 'application/json' }).end('{"species":')
    else if (way === 1) response.writeHead(200).end('x'.repeat(1024 * 1024))
    else if (way === 2) response.writeHead(500).end()
    else if (way === 3) response.socket?.resetAndDestroy()
    // Else it never answers.
  }
}

function withCatalogue(name: string, start: (context: Context) => Promise<string>): Case {
  return {
    name,
    async run(context) {
      const table = await startTable(context.scope, createRandom(1), { throttled: 0, unprocessed: 0, denied: 0 })
      const url = `${await start(context)}/{itemid}`
      const invoke = transformer(table, { enrichment: { url, fields: ENRICHMENT_FIELDS.split(',') } })
      const expect: Through['expect'] = ({ failed, lake, ok }) => ({
        'no record fails': failed.counts.size === 0,
        'all are in the lake': lake.counts.size === ok,
      })
      return through(context, { invoke, expect, clicks: 1500 })
    },
  }
}

const withTable = (name: string, faults: { throttled: number; unprocessed: number; denied: number }): Case => ({
  name,
  async run(context) {
    const table = await startTable(context.scope, createRandom(context.seed), faults)
    const expect: Through['expect'] = async ({ lake, failed, ok }) => {
      const ids = await table.ids()
      const [inLake, inErrors] = [lake.counts.size, failed.counts.size]
      return {
        'DynamoDB failed': table.faults > 0,
        'what is in the lake is in the table': [...lake.counts.keys()].every((id) => ids.has(id)),
        'what passes costs no click its place in the lake': faults.denied > 0 || inLake === ok,
        'what does not pass is kept': faults.denied === 0 || inErrors > 0,
      }
    }
    return through(context, { invoke: transformer(table), expect, clicks: 1500 })
  },
})

export default [
  {
    name: 'the transformer crashes, hangs, answers too much or nonsense',
    async run(context) {
      return through(context, {
        invoke: misbehaving(createRandom(context.seed)),
        timeoutMs: 300,
        expect: ({ lake, failed }) => ({
          'some invocations failed for good': failed.counts.size > 0,
          'others did not': lake.counts.size > 0,
        }),
      })
    },
  },
  withTable('DynamoDB throttles 15 % of calls, leaves items of 20 %', { throttled: 0.15, unprocessed: 0.2, denied: 0 }),
  withTable('DynamoDB refuses 10 % of calls for good', { throttled: 0, unprocessed: 0.1, denied: 0.1 }),
  withCatalogue('the catalogue is down', async () => 'http://127.0.0.1:9'),
  withCatalogue('the catalogue is slow, broken, garbage', ({ scope, seed }) =>
    serve(scope, catalogue(createRandom(seed))),
  ),
] satisfies Case[]
