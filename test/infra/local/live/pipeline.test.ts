import t from 'tap'
import { PipelineWatch, SHOWN_CLICKS } from '../../../../infra/local/live/pipeline.ts'
import { encode } from '../firehose/support.ts'

const record = (...ids: string[]) =>
  encode(ids.map((requestid) => `${JSON.stringify({ requestid, clientip: '10.0.0.0', useragent: 'x' })}\n`).join(''))
const ok = (data: string) => ({ recordId: '1', result: 'Ok' as const, data })
const ids = (watch: PipelineWatch) => watch.lastClicks().map(({ requestid }) => requestid)

t.test('pipeline watch – the last clicks, the newest first, without address and browser', async (t) => {
  const watch = new PipelineWatch()
  t.same(watch.lastClicks(), [])
  watch.answered({ records: [ok(record('a', 'b')), ok(record('c'))] })
  watch.answered({ records: [ok(record('d'))] })
  t.same(ids(watch), ['d', 'c', 'b', 'a'])
  t.notMatch(JSON.stringify(watch.lastClicks()), /clientip|useragent|10\.0/)
})

t.test('pipeline watch – no more clicks than are shown, whatever comes', async (t) => {
  const watch = new PipelineWatch()
  for (let n = 0; n < 100; n += 1) watch.answered({ records: [ok(record(`${n}`)), ok(record(`${n}b`))] })
  t.equal(ids(watch).length, SHOWN_CLICKS)
  watch.answered({ records: [ok(record(...Array.from({ length: 500 }, (_, n) => `last-${n}`)))] })
  t.same(ids(watch).slice(0, 2), ['last-499', 'last-498'])
  t.equal(ids(watch).length, SHOWN_CLICKS)
})

t.test('pipeline watch – records that failed or were dropped show nothing', async (t) => {
  const watch = new PipelineWatch()
  const data = record('a')
  watch.answered({
    records: [
      { recordId: '1', result: 'ProcessingFailed', data },
      { recordId: '2', result: 'Dropped', data: '' },
    ],
  })
  t.same(watch.lastClicks(), [])
  t.equal(watch.revision, 0)
})

t.test('pipeline watch – counts what is delivered, and remembers the last objects', async (t) => {
  const watch = new PipelineWatch()
  for (let n = 0; n < 60; n += 1) watch.delivered({ records: 1, clicks: 2, failed: 1, file: `${n}.parquet` })
  watch.delivered({ records: 1, clicks: 0, failed: 1, file: undefined })
  t.same(watch.lake, { files: 60, clicks: 120, failedRecords: 61 })
  t.equal(watch.clicksOf.get('59.parquet'), 2)
  t.equal(watch.clicksOf.size, 50)
})
