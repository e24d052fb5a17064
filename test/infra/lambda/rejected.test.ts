import t from 'tap'
import { MAX_REJECTED, putRejected, rejectedKey, rejectedLine } from '../../../infra/lambda/rejected.ts'
import { unpack } from '../../../infra/lambda/unpack.ts'
import { ARRIVAL, bucket, longest, record } from './support.ts'

const NOW = new Date('2026-02-01T00:01:00Z')
const rejectsOf = (content: string | Uint8Array) => unpack(record('1', content).data).rejects
const lineOf = (content: string | Uint8Array) =>
  rejectsOf(content).map((reject) => rejectedLine(record('1', content), reject, NOW))

t.test('rejected – a line says what it was, why and when', async (t) => {
  t.same(lineOf('no click ü'), [
    {
      reason: 'the line is not valid JSON',
      time: '2026-02-01T00:01:00.000Z',
      recordId: '1',
      arrival: new Date(ARRIVAL).toISOString(),
      bytes: 11,
      encoding: 'text',
      data: 'no click ü',
    },
  ])
})

t.test('rejected – what is no text is kept as base64', async (t) => {
  t.match(lineOf(Buffer.from([0xff, 0x00])), [{ encoding: 'base64', data: '/wA=', bytes: 2 }])
})

t.test('rejected – an endless line is cut, and its length told', async (t) => {
  const [line] = lineOf('x'.repeat(900_000))
  t.equal(line?.bytes, 900_000)
  t.equal(line?.data.length, MAX_REJECTED)
})

t.test('rejected – no line is cut that could be mended into a click', async (t) => {
  for (const character of ['\u0001', '😀']) {
    t.ok(Buffer.byteLength(JSON.stringify(longest(character))) < MAX_REJECTED)
  }
})

t.test('rejected – the key is that of the records, and below the hour of the first arrival', async (t) => {
  const records = [{ ...record('1', ''), approximateArrivalTimestamp: ARRIVAL + 5_000 }, record('2', '')]
  const key = rejectedKey(records)
  t.match(key, /^rejected\/dt=2026-01-31\/hour=23\/[0-9a-f]{32}\.ndjson$/)
  t.equal(rejectedKey(structuredClone(records)), key)
  t.not(rejectedKey([record('12', '')]), rejectedKey([record('1', ''), record('2', '')]))
})

t.test('rejected – one object holds an invocation’s lines', async (t) => {
  const { s3, objects, puts } = await bucket(t)
  const rejected = ['a', 'b\nc'].map((content, index) => {
    return { record: record(`${index}`, content), rejects: rejectsOf(content) }
  })
  const key = await putRejected(s3, 'lake', rejected)
  t.equal(puts(), 1)
  const lines = (objects.get(`/lake/${key}`) ?? '').trimEnd().split('\n')
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { recordId: '0', data: 'a' },
      { recordId: '1', data: 'b' },
      { recordId: '1', data: 'c' },
    ],
  )
})
