import t from 'tap'
import type { FirehoseTransformationEvent } from '../../../../infra/lambda/firehose-event.ts'
import { gather, MAX_ANSWER_BYTES, transform } from '../../../../infra/local/firehose/transform.ts'
import { decode, encode, silent, unchanged } from './support.ts'

const ARN = 'arn:aws:firehose:us-east-1:000000000000:deliverystream/clicks'
const records = ['a', 'b'].map((text, index) => ({
  recordId: `id-${index}`,
  arrival: 1_700_000_000_000 + index,
  base64: encode(text),
  bytes: 1,
}))

const run = (invoke: (event: FirehoseTransformationEvent) => unknown, more = {}) =>
  transform(
    records,
    { invoke: async (event) => invoke(event), arn: 'arn:lambda', bufferBytes: 1, retries: 1, ...more },
    ARN,
    silent,
  )

t.test('transform – the function gets Firehose’s event', async (t) => {
  const events: FirehoseTransformationEvent[] = []
  const result = await run((event) => {
    events.push(event)
    return unchanged(event)
  })
  t.strictSame(
    result.transformed.map(({ base64 }) => decode(base64)),
    ['a', 'b'],
  )
  t.match(events, [
    {
      invocationId: /^[0-9a-f-]{36}$/,
      deliveryStreamArn: ARN,
      region: 'us-east-1',
      records: [
        { recordId: 'id-0', approximateArrivalTimestamp: 1_700_000_000_000, data: encode('a') },
        { recordId: 'id-1', approximateArrivalTimestamp: 1_700_000_000_001, data: encode('b') },
      ],
    },
  ])
})

t.test('transform – a try that fails is repeated with another invocation id and the same record ids', async (t) => {
  const events: FirehoseTransformationEvent[] = []
  const result = await run((event) => {
    events.push(event)
    if (events.length === 1) throw new Error('not yet')
    return unchanged(event)
  })
  t.equal(result.attempts, 2)
  t.equal(result.transformed.length, 2)
  t.not(events[0]?.invocationId, events[1]?.invocationId)
  t.strictSame(events[0]?.records, events[1]?.records)
})

const ok = (recordId: string, data: unknown = encode('new')) => ({ recordId, result: 'Ok', data })
const FUNCTION_ERROR = 'Lambda.FunctionError'

// What each record came to: its new text, `dropped`, or the code of its error.
for (const [name, answer, outcome, attempts] of [
  ['throws', () => Promise.reject(new Error('boom')), [FUNCTION_ERROR, FUNCTION_ERROR], 2],
  ['answers too late', () => new Promise(() => {}), [FUNCTION_ERROR, FUNCTION_ERROR], 2],
  [
    'answers over 6 MB',
    () => ({ records: [], padding: 'x'.repeat(MAX_ANSWER_BYTES) }),
    [FUNCTION_ERROR, FUNCTION_ERROR],
    2,
  ],
  ['answers what is no JSON', () => ({ records: 7n }), [FUNCTION_ERROR, FUNCTION_ERROR], 2],
  [
    'gives an unknown result',
    () => ({ records: [ok('id-0'), { recordId: 'id-1', result: 'ok' }] }),
    [FUNCTION_ERROR, FUNCTION_ERROR],
    2,
  ],
  [
    'gives data that is no base64',
    () => ({ records: [ok('id-0', 'n o'), ok('id-1')] }),
    [FUNCTION_ERROR, FUNCTION_ERROR],
    2,
  ],
  [
    'gives no data',
    () => ({ records: [ok('id-0'), { recordId: 'id-1', result: 'Ok' }] }),
    [FUNCTION_ERROR, FUNCTION_ERROR],
    2,
  ],
  ['gives null for a record', () => ({ records: [null, ok('id-1')] }), [FUNCTION_ERROR, FUNCTION_ERROR], 2],
  ['leaves a record out', () => ({ records: [ok('id-0')] }), ['new', 'Lambda.MissingRecordId'], 1],
  [
    'gives a record twice',
    () => ({ records: [ok('id-0'), ok('id-1'), ok('id-0')] }),
    ['Lambda.DuplicatedRecordId', 'new'],
    1,
  ],
  ['adds a record', () => ({ records: [ok('id-0'), ok('id-1'), ok('id-2')] }), ['new', 'new'], 1],
  ['answers nothing', () => undefined, ['Lambda.MissingRecordId', 'Lambda.MissingRecordId'], 1],
  ['answers no list', () => ({ statusCode: 200 }), ['Lambda.MissingRecordId', 'Lambda.MissingRecordId'], 1],
  [
    'drops and fails',
    () => ({
      records: [
        { recordId: 'id-0', result: 'Dropped' },
        { recordId: 'id-1', result: 'ProcessingFailed', data: '' },
      ],
    }),
    ['dropped', 'Lambda.ProcessingFailedStatus'],
    1,
  ],
] as const) {
  t.test(`transform – a function that ${name} is read as Firehose reads it`, async (t) => {
    const result = await run(answer, { timeoutMs: 200 })
    const found = records.map((record) => {
      const transformed = result.transformed.find((each) => each.record === record)
      if (transformed !== undefined) return decode(transformed.base64)
      return result.failed.find((each) => each.record === record)?.errorCode ?? 'dropped'
    })
    t.strictSame(found, outcome)
    t.equal(result.attempts, attempts)
    t.equal(result.transformed.length + result.failed.length + result.dropped, records.length, 'all are accounted for')
  })
}

t.test('gather – batches hold up to the limit, and one record at least', async (t) => {
  async function* source() {
    for (const [index, bytes] of [4, 6, 1, 20, 3].entries()) {
      yield { recordId: String(index), arrival: 0, base64: '', bytes }
    }
  }
  const batches: number[][] = []
  for await (const batch of gather(source(), 10)) batches.push(batch.map(({ bytes }) => bytes))
  t.strictSame(batches, [[4, 6], [1], [20], [3]])
})
