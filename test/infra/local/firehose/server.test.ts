import { request } from 'node:http'
import {
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose'
import t, { type Test } from 'tap'
import { Faults, THROTTLED_RECORDS_PER_SECOND } from '../../../../infra/local/firehose/faults.ts'
import { createServer } from '../../../../infra/local/firehose/server.ts'
import { client, data, decode, encode, STREAM, silent, unchanged } from './support.ts'

/** The wire alone: what is accepted goes to a list. */
async function wire(t: Test, accept?: () => Promise<void>, stream = STREAM, faults = new Faults()) {
  const accepted: string[] = []
  const server = createServer({
    stream,
    accept: async (records) => {
      await accept?.()
      accepted.push(...records)
    },
    logger: silent,
    faults,
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  return { url, accepted, faults, client: client(t, url) }
}

const records = (count: number, bytes = 1) => Array.from({ length: count }, () => data('x'.repeat(bytes)))

t.test('PutRecord – a record is accepted with a long id', async (t) => {
  const { client, accepted } = await wire(t)
  const answer = await client.send(new PutRecordCommand({ DeliveryStreamName: 'clicks', Record: data('hello') }))
  t.match(answer.RecordId, /^[A-Za-z0-9+/]{216}$/)
  t.equal(answer.Encrypted, false)
  t.match(answer.$metadata.requestId, /^[0-9a-f-]{36}$/)
  t.strictSame(accepted.map(decode), ['hello'])
})

t.test('PutRecordBatch – records are accepted in order, each with an id of its own', async (t) => {
  const { client, accepted } = await wire(t)
  const answer = await client.send(
    new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: [data('one'), data(''), data('ü\0')] }),
  )
  t.equal(answer.FailedPutCount, 0)
  t.equal(answer.Encrypted, false)
  t.equal(new Set(answer.RequestResponses?.map(({ RecordId }) => RecordId)).size, 3)
  t.strictSame(accepted.map(decode), ['one', '', 'ü\0'])
})

t.test('PutRecordBatch – what is exactly at the limits is accepted', async (t) => {
  const { client, accepted } = await wire(t)
  const put = (Records: ReturnType<typeof records>) =>
    client.send(new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records }))
  await put(records(500))
  await put(records(1, 1_024_000))
  await put([...records(4, 1_024_000), ...records(1, 4 * 1024 * 1024 - 4 * 1_024_000)])
  t.equal(accepted.length, 506)
})

for (const [name, Records, type, message] of [
  ['no records', [], 'ValidationException', /at 'records' .* greater than or equal to 1$/],
  ['501 records', records(501), 'ValidationException', /^1 validation error detected: .* less than or equal to 500$/],
  [
    'a record of 1,024,001 bytes',
    [...records(1), ...records(1, 1_024_001)],
    'ValidationException',
    /lim=1024001 .* at 'records.2.member.data' .* less than or equal to 1024000$/,
  ],
  [
    'one byte more than 4 MiB',
    [...records(4, 1_024_000), ...records(1, 4 * 1024 * 1024 - 4 * 1_024_000 + 1)],
    'InvalidArgumentException',
    /^Records size exceeds 4 MB limit$/,
  ],
] as const) {
  t.test(`PutRecordBatch – ${name}: ${type}, and nothing is accepted`, async (t) => {
    const { client, accepted } = await wire(t)
    await t.rejects(client.send(new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: [...Records] })), {
      name: type,
      message,
      $metadata: { httpStatusCode: 400 },
    })
    t.equal(accepted.length, 0)
  })
}

t.test('PutRecord – a record of 1,024,001 bytes: ValidationException', async (t) => {
  const { client } = await wire(t)
  const put = new PutRecordCommand({ DeliveryStreamName: 'clicks', Record: data('x'.repeat(1_024_001)) })
  await t.rejects(client.send(put), { name: 'ValidationException', message: /at 'record.data'/ })
})

t.test('streams – one that does not exist: ResourceNotFoundException', async (t) => {
  const { client } = await wire(t)
  const expected = {
    name: 'ResourceNotFoundException',
    message: 'Firehose other under account 000000000000 not found.',
    $metadata: { httpStatusCode: 400 },
  }
  const DeliveryStreamName = 'other'
  await t.rejects(client.send(new PutRecordCommand({ DeliveryStreamName, Record: data('x') })), expected)
  await t.rejects(client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [data('x')] })), expected)
  await t.rejects(client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName })), expected)
})

t.test('operations – one that is not here: UnknownOperationException', async (t) => {
  const { client } = await wire(t)
  await t.rejects(client.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: 'clicks' })), {
    name: 'UnknownOperationException',
    $metadata: { httpStatusCode: 400 },
  })
})

t.test('PutRecord – records that cannot be kept: ServiceUnavailableException, to be tried again', async (t) => {
  const { client, accepted } = await wire(t, () => Promise.reject(new Error('disk full')))
  await t.rejects(client.send(new PutRecordCommand({ DeliveryStreamName: 'clicks', Record: data('x') })), {
    name: 'ServiceUnavailableException',
    message: 'Slow down.',
    $metadata: { httpStatusCode: 500 },
  })
  t.equal(accepted.length, 0)
})

t.test('DescribeDeliveryStream – it tells the settings', async (t) => {
  const processor = { invoke: unchanged, arn: 'arn:aws:lambda:f', bufferBytes: 1024 * 1024, retries: 3 }
  const { client } = await wire(t, undefined, { ...STREAM, processor })
  const before = Date.now()
  const { DeliveryStreamDescription: found } = await client.send(
    new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'clicks' }),
  )
  t.match(found, {
    DeliveryStreamName: 'clicks',
    DeliveryStreamARN: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/clicks',
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: 'DirectPut',
    HasMoreDestinations: false,
    Destinations: [
      {
        ExtendedS3DestinationDescription: {
          Prefix: STREAM.prefix,
          ErrorOutputPrefix: STREAM.errorPrefix,
          BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 600 },
          ProcessingConfiguration: {
            Enabled: true,
            Processors: [{ Type: 'Lambda', Parameters: [{ ParameterValue: 'arn:aws:lambda:f' }] }],
          },
          DataFormatConversionConfiguration: { Enabled: true },
        },
      },
    ],
  })
  t.ok(Math.abs(before - (found?.CreateTimestamp?.getTime() ?? 0)) < 60_000, 'times are seconds')
})

t.test('ListDeliveryStreams – the stream is listed once', async (t) => {
  const { client } = await wire(t)
  const list = (input: { ExclusiveStartDeliveryStreamName?: string }) =>
    client.send(new ListDeliveryStreamsCommand(input))
  t.match(await list({}), { DeliveryStreamNames: ['clicks'], HasMoreDeliveryStreams: false })
  t.match(await list({ ExclusiveStartDeliveryStreamName: 'clicks' }), { DeliveryStreamNames: [] })
})

const PUT = 'Firehose_20150804.PutRecord'
const BATCH = 'Firehose_20150804.PutRecordBatch'

for (const [name, target, body, type, message] of [
  ['no JSON', PUT, '{', 'SerializationException', /not JSON/],
  ['no body', PUT, '', 'SerializationException', /not JSON/],
  ['a list', PUT, '[]', 'SerializationException', /must be an object/],
  [
    'no members',
    BATCH,
    '{}',
    'ValidationException',
    /^2 validation errors detected: Value null at 'deliveryStreamName'/,
  ],
  [
    'a record without data',
    PUT,
    '{"DeliveryStreamName":"clicks","Record":{}}',
    'ValidationException',
    /at 'record.data'/,
  ],
  [
    'a null record',
    BATCH,
    '{"DeliveryStreamName":"clicks","Records":[null]}',
    'ValidationException',
    /at 'records.1.member'/,
  ],
  ['records that are no list', BATCH, '{"DeliveryStreamName":"clicks","Records":{}}', 'SerializationException', /list/],
  [
    'a name that is no string',
    PUT,
    '{"DeliveryStreamName":7,"Record":{"Data":""}}',
    'SerializationException',
    /string/,
  ],
  ['a name with a blank', PUT, '{"DeliveryStreamName":"a b","Record":{"Data":""}}', 'ValidationException', /pattern/],
  [
    'data that is no base64',
    PUT,
    '{"DeliveryStreamName":"clicks","Record":{"Data":"no!!"}}',
    'SerializationException',
    /base64/,
  ],
  [
    'base64 without padding',
    PUT,
    '{"DeliveryStreamName":"clicks","Record":{"Data":"YQ"}}',
    'SerializationException',
    /base64/,
  ],
  [
    'data that is a number',
    PUT,
    '{"DeliveryStreamName":"clicks","Record":{"Data":7}}',
    'SerializationException',
    /base64/,
  ],
  ['another service’s target', 'Kinesis_20131202.PutRecord', '{}', 'UnknownOperationException', /not known/],
  ['a target of every object', 'Firehose_20150804.toString', '{}', 'UnknownOperationException', /not known/],
  ['no target', undefined, '{}', 'UnknownOperationException', /not known/],
] as const) {
  t.test(`requests – ${name}: ${type}`, async (t) => {
    const { url, accepted } = await wire(t)
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-amz-json-1.1', ...(target && { 'x-amz-target': target }) },
    })
    t.equal(answer.status, 400)
    t.equal(answer.headers.get('content-type'), 'application/x-amz-json-1.1')
    t.match(answer.headers.get('x-amzn-requestid'), /^[0-9a-f-]{36}$/)
    t.match(await answer.json(), { __type: type, message })
    t.equal(accepted.length, 0)
  })
}

t.test('requests – neither a signature nor a content type is needed', async (t) => {
  const { url, accepted } = await wire(t)
  const body = JSON.stringify({ DeliveryStreamName: 'clicks', Record: { Data: encode('hello') } })
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  request(url, { method: 'POST', headers: { 'x-amz-target': PUT } }, (answer) => {
    answer.resume()
    resolve(answer.statusCode)
  })
    .on('error', reject)
    .end(body)
  t.equal(await promise, 200)
  t.strictSame(accepted.map(decode), ['hello'])
})

t.test('requests – a body over 8 MiB gets an error of AWS’s shape', async (t) => {
  const { client } = await wire(t)
  const put = new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: records(9, 1_000_000) })
  await t.rejects(client.send(put), {
    name: 'RequestEntityTooLargeException',
    $metadata: { httpStatusCode: 413 },
  })
})

t.test('requests – another path or method gets an error of AWS’s shape', async (t) => {
  const { url } = await wire(t)
  for (const answer of [await fetch(url), await fetch(`${url}/path`, { method: 'POST' })]) {
    t.match(await answer.json(), { __type: 'UnknownOperationException' })
  }
})

t.test('throttled – the first records of a call are accepted, the others told to slow down one by one', async (t) => {
  const { client, accepted, faults } = await wire(t)
  faults.current = 'throttled'
  const Records = [data('one'), data('two'), data('three')]
  const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records }))
  t.equal(answer.FailedPutCount, 1)
  t.match(answer.RequestResponses, [
    { RecordId: String },
    { RecordId: String },
    { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
  ])
  t.equal(answer.RequestResponses?.[2]?.RecordId, undefined)
  t.strictSame(accepted.map(decode), ['one', 'two'])
})

t.test('throttled – a call of which nothing is accepted: ServiceUnavailableException', async (t) => {
  const { client, accepted } = await wire(t, undefined, STREAM, alwaysThrottled())
  const put = new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: records(1) })
  await t.rejects(client.send(put), { name: 'ServiceUnavailableException', $metadata: { httpStatusCode: 500 } })
  t.equal(accepted.length, 0)
})

t.test('down – every call fails, and works again after it', async (t) => {
  const { client, accepted, faults } = await wire(t)
  faults.current = 'down'
  const failure = { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }
  const put = () => client.send(new PutRecordCommand({ DeliveryStreamName: 'clicks', Record: data('x') }))
  await t.rejects(put(), failure)
  await t.rejects(client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'clicks' })), failure)
  t.equal(accepted.length, 0)
  faults.current = 'none'
  await put()
  t.equal(accepted.length, 1)
})

/** Its second never ends, and its quota is used up. */
function alwaysThrottled(): Faults {
  const faults = new Faults(() => 1000)
  faults.current = 'throttled'
  faults.admit(THROTTLED_RECORDS_PER_SECOND)
  return faults
}
