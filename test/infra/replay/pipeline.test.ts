/** With the Firehose of one machine: clicks fail as in the cloud, what keeps them failing is mended, and they are in the lake. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutRecordBatchCommand } from '@aws-sdk/client-firehose'
import t, { type Test } from 'tap'
import type { FirehoseTransformationEvent } from '../../../infra/lambda/firehose-event.ts'
import { createDeliver } from '../../../infra/replay/deliver.ts'
import { BUFFER_BYTES } from '../../../infra/replay/replay.ts'
import { data, rows, start, unchanged } from '../local/firehose/support.ts'
import { createTestBucket, lines, run } from './support.ts'

type Invoke = (event: FirehoseTransformationEvent) => Promise<unknown>

async function setUp(t: Test) {
  const machine = { invoke: unchanged as Invoke }
  const processor = {
    invoke: (event: FirehoseTransformationEvent) => machine.invoke(event),
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:transformer',
    bufferBytes: 1024 * 1024,
    retries: 0,
  }
  const firehose = await start(t, { stream: { processor } })
  const bucket = await createTestBucket(t, firehose.lakeDir)
  const deliver = createDeliver({ firehose: firehose.client, stream: 'clicks', bufferBytes: BUFFER_BYTES })
  return {
    ...bucket,
    machine,
    firehose,
    /** Puts records and has them delivered. */
    async send(...records: string[]) {
      await firehose.client.send(
        new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: records.map(data) }),
      )
      await firehose.flush()
    },
    async replay(prefix: string) {
      const summary = await run({ bucket: bucket.bucket, deliver, failed: t.fail, prefix })
      await firehose.flush()
      return summary
    },
    ids: async () => (await rows(firehose.lakeDir)).map(({ requestid }) => String(requestid)).sort(),
  }
}

t.test('pipeline – what a failing transformer left is in the lake once, after it is mended', async (t) => {
  const { machine, send, replay, ids, keys } = await setUp(t)
  machine.invoke = async () => {
    throw new Error('broken')
  }
  await send(lines('1', '2'), lines('3'))
  machine.invoke = async ({ records }) => ({
    records: records.map(({ recordId, data }) => ({ recordId, result: 'ProcessingFailed', data })),
  })
  await send(lines('4'))
  machine.invoke = unchanged
  await send(lines('5'))
  t.same(await ids(), ['5'])
  t.equal((await keys('errors/processing-failed/')).length, 2)

  t.match(await replay('errors/processing-failed/'), { objects: 2, replayed: 2, clicks: 4, rejected: 0, left: 0 })
  t.same(await ids(), ['1', '2', '3', '4', '5'])
  t.same(await keys('errors/'), [])
})

t.test('pipeline – what the transformer still fails comes back, and nothing is lost', async (t) => {
  const { machine, send, replay, ids, keys } = await setUp(t)
  machine.invoke = async () => {
    throw new Error('broken')
  }
  await send(lines('1', '2'))
  t.match(await replay('errors/processing-failed/'), { clicks: 2 })
  t.equal((await keys('errors/processing-failed/')).length, 1)
  machine.invoke = unchanged
  t.match(await replay('errors/processing-failed/'), { clicks: 2 })
  t.same(await ids(), ['1', '2'])
})

t.test('pipeline – what cannot be converted is tried once more, and then goes to rejected/', async (t) => {
  const { machine, send, replay, ids, keys, rejected, firehose } = await setUp(t)
  // A transformer of another release: what it hands back is a click, and no row of the table.
  const other: Invoke = async ({ records }) => ({
    records: records.map(({ recordId, data }) => {
      const text = Buffer.from(data, 'base64').toString().replaceAll('.000Z', '.000+00:00')
      return { recordId, result: 'Ok', data: Buffer.from(text).toString('base64') }
    }),
  })
  machine.invoke = other
  await send(lines('1', '2'))
  const [failed = ''] = await keys('errors/format-conversion-failed/')
  const before = await readFile(join(firehose.lakeDir, failed))
  t.match(await replay('errors/format-conversion-failed/'), { clicks: 2, rejected: 0 })
  t.same(await readFile(join(firehose.lakeDir, `replayed/${failed}`)), before)

  t.match(await replay('errors/format-conversion-failed/'), { objects: 1, clicks: 0, rejected: 2, left: 0 })
  t.same(await keys('errors/'), [], 'it does not go round')
  t.match(await rejected(), [
    { reason: /could not convert it again/, error: /must be a timestamp/ },
    { reason: /could not convert it again/ },
  ])
  t.same(await ids(), [])
})
