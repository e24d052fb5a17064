import { fork } from 'node:child_process'
import { once } from 'node:events'
import { access, appendFile, copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose'
import t from 'tap'
import type { FirehoseTransformationEvent } from '../../../../infra/lambda/firehose-event.ts'
import { startFirehose } from '../../../../infra/local/firehose/firehose.ts'
import { client, data, decode, errors, files, recorder, rows, STREAM, silent, start, unchanged } from './support.ts'

const put = (...records: unknown[]) =>
  new PutRecordBatchCommand({ DeliveryStreamName: 'clicks', Records: records.map(data) })

const CLICK = {
  requestid: 'r-1',
  contextid: 'c-1',
  createdtime: '2026-01-31T12:00:00.123Z',
  receivedat: '2026-01-31 12:00:01',
  attributes: { a: '1', b: 'ü' },
}

t.test('delivery – documents become one Parquet file with the columns, in order and typed', async (t) => {
  const { client, flush, lakeDir } = await start(t)
  const before = new Date()
  await client.send(put(`${JSON.stringify(CLICK)}\n${JSON.stringify({ requestid: 'r-2', attributes: {} })}\n`))
  await client.send(put({ requestid: 'r-3', userid: 'lone \ud800 and \0', unknown: 1 }))
  await flush()

  const found = await rows(lakeDir)
  t.strictSame(
    Object.keys(found[0] ?? {}),
    STREAM.columns.map(({ name }) => name),
  )
  t.match(found, [
    {
      requestid: 'r-1',
      contextid: 'c-1',
      userid: undefined,
      createdtime: new Date('2026-01-31T12:00:00.123Z'),
      receivedat: new Date('2026-01-31T12:00:01.000Z'),
      attributes: { a: '1', b: 'ü' },
    },
    { requestid: 'r-2', createdtime: undefined, attributes: {} },
    { requestid: 'r-3', userid: 'lone \ufffd and \0', attributes: undefined },
  ])
  const hour = before.toISOString()
  t.match(
    await files(lakeDir),
    [
      new RegExp(
        `^clicks/dt=${hour.slice(0, 10)}/hour=\\d\\d/clicks-1-${hour.slice(0, 10)}-\\d\\d-\\d\\d-\\d\\d-[0-9a-f-]{36}\\.parquet$`,
      ),
    ],
    'and nothing else, no temporary file either',
  )
})

t.test('delivery – a record that cannot be converted is set aside whole, its neighbours are delivered', async (t) => {
  const { client, flush, lakeDir } = await start(t)
  await client.send(put({ requestid: 'r-1' }, '{"requestid":"r-2"}\n{"requestid":7}', 'no JSON', { requestid: 'r-4' }))
  await flush()
  t.match(await rows(lakeDir), [{ requestid: 'r-1' }, { requestid: 'r-4' }])
  const found = await errors(lakeDir, 'format-conversion-failed')
  t.strictSame(
    found.map(({ rawData }) => decode(rawData)),
    ['{"requestid":"r-2"}\n{"requestid":7}', 'no JSON'],
  )
  t.match(found, [
    {
      attemptsMade: 1,
      arrivalTimestamp: Number,
      lastErrorCode: 'DataFormatConversion.MalformedData',
      lastErrorMessage: /requestid must be a string/,
      attemptEndingTimestamp: Number,
      dataCatalogTable: { catalogId: '000000000000', tableName: 'clicks_raw', region: 'us-east-1' },
    },
    { lastErrorCode: 'DataFormatConversion.ParseError' },
  ])
})

t.test('delivery – only failures make no Parquet file', async (t) => {
  const { client, flush, lakeDir } = await start(t)
  await client.send(put('no JSON'))
  await flush()
  t.match(await files(lakeDir), [/^errors\/format-conversion-failed\/dt=.*\/clicks-1-[0-9a-f-]+$/])
})

t.test('delivery – what the transformer answers is delivered, dropped or set aside', async (t) => {
  const invoke = async (event: FirehoseTransformationEvent) => ({
    records: event.records.map(({ recordId, data }) => {
      const { requestid } = JSON.parse(decode(data))
      if (requestid === 'drop') return { recordId, result: 'Dropped' }
      if (requestid === 'fail') return { recordId, result: 'ProcessingFailed', data }
      const text = JSON.stringify({ requestid, userid: 'enriched' })
      return { recordId, result: 'Ok', data: Buffer.from(`${text}\n${text}`).toString('base64') }
    }),
  })
  const { lines, log } = recorder()
  const stream = { processor: { invoke, arn: 'arn:aws:lambda:f', bufferBytes: 20, retries: 3, concurrency: 2 } }
  const { client, flush, lakeDir } = await start(t, { stream, logger: log })
  await client.send(put({ requestid: 'r-1' }, { requestid: 'drop' }, { requestid: 'fail' }, { requestid: 'r-2' }))
  await flush()
  t.strictSame(
    (await rows(lakeDir)).map(({ requestid, userid }) => [requestid, userid]),
    ['r-1', 'r-1', 'r-2', 'r-2'].map((requestid) => [requestid, 'enriched']),
  )
  const [failure, ...others] = await errors(lakeDir, 'processing-failed')
  t.strictSame(others, [])
  t.match(failure, {
    attemptsMade: 1,
    arrivalTimestamp: Number,
    errorCode: 'Lambda.ProcessingFailedStatus',
    errorMessage: 'ProcessingFailed status set for record',
    attemptEndingTimestamp: Number,
    lambdaArn: 'arn:aws:lambda:f',
  })
  t.strictSame(JSON.parse(decode(failure?.rawData)), { requestid: 'fail' })
  const delivered = lines.filter(({ msg }) => String(msg).startsWith('delivered'))
  t.match(delivered, [
    { level: 30, records: 4, clicks: 4, dropped: 1, failed: 1, bytes: 78, ms: Number, file: /\.parquet$/ },
  ])
  t.notMatch(JSON.stringify(lines), /r-1/, 'no record is logged')
})

t.test('delivery – records of a transformer that keeps failing are set aside after its retries', async (t) => {
  let calls = 0
  const invoke = async () => {
    calls += 1
    throw new Error('boom')
  }
  const stream = { processor: { invoke, arn: 'arn:aws:lambda:f', bufferBytes: 1024, retries: 2 } }
  const { client, flush, lakeDir } = await start(t, { stream })
  await client.send(put({ requestid: 'r-1' }))
  await flush()
  t.equal(calls, 3)
  t.match(await errors(lakeDir, 'processing-failed'), [{ attemptsMade: 3, errorCode: 'Lambda.FunctionError' }])
})

t.test('delivery – a buffer is delivered when it is large enough', async (t) => {
  const delivered = Promise.withResolvers<void>()
  const invoke = async (event: FirehoseTransformationEvent) => {
    delivered.resolve()
    return unchanged(event)
  }
  const stream = { bufferBytes: 10, processor: { invoke, arn: 'arn', bufferBytes: 1024, retries: 0 } }
  const { client, close } = await start(t, { stream })
  await client.send(put({ requestid: 'r-1' }))
  await delivered.promise
  await close()
})

t.test('delivery – outputs that cannot be written keep the records, and are tried again', async (t) => {
  const { lines, log } = recorder('error')
  const dir = t.testdir({ lake: { clicks: 'a file where the folder should be' } })
  const { client, flush, lakeDir, dataDir } = await start(t, { dir, logger: log, stream: { bufferBytes: 1 } })
  const failed = Promise.withResolvers<void>()
  const { error } = log
  log.error = (...args: Parameters<typeof error>) => {
    error.apply(log, args)
    failed.resolve()
  }
  await client.send(put({ requestid: 'r-1' }))
  await failed.promise
  t.match(lines, [
    { msg: 'cannot deliver; the records are kept and tried again', err: { code: 'ENOTDIR' }, retryMs: 1000 },
  ])
  t.equal((await readdir(dataDir)).length, 1)
  await rm(join(lakeDir, 'clicks'))
  await flush()
  t.match(await rows(lakeDir), [{ requestid: 'r-1' }])
  t.strictSame(await readdir(dataDir), [])
})

t.test('close – what cannot be delivered is kept for the next start', async (t) => {
  const dir = t.testdir({ lake: { clicks: 'a file where the folder should be' } })
  const first = await start(t, { dir })
  await first.client.send(put({ requestid: 'r-1' }))
  await first.close()
  await rm(join(dir, 'lake', 'clicks'))
  const second = await start(t, { dir })
  await second.flush()
  t.match(await rows(second.lakeDir), [{ requestid: 'r-1' }])
})

t.test('close – it delivers what was accepted, and soon', async (t) => {
  const { client, close, lakeDir, dataDir } = await start(t)
  await client.send(put({ requestid: 'r-1' }))
  const started = performance.now()
  await close()
  t.ok(performance.now() - started < 3000)
  t.match(await rows(lakeDir), [{ requestid: 'r-1' }])
  t.strictSame(await readdir(dataDir), [])
})

t.test('write-ahead – records that were accepted survive kill -9, a torn line is ignored', async (t) => {
  const dir = t.testdir({})
  const child = fork(join(import.meta.dirname, 'child.ts'), [dir])
  t.teardown(() => child.kill('SIGKILL'))
  const [url] = await once(child, 'message')
  const firehose = client(t, url)
  await firehose.send(new PutRecordCommand({ DeliveryStreamName: 'clicks', Record: data({ requestid: 'r-1' }) }))
  await firehose.send(put({ requestid: 'r-2' }, { requestid: 'r-3' }))
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited

  const [segment, ...others] = await readdir(join(dir, 'firehose'))
  t.strictSame(others, [])
  await appendFile(join(dir, 'firehose', String(segment)), `${Date.now()} eyJyZXF1ZXN0aWQiOiJ0b3JuIn0=`)
  const { flush, lakeDir } = await start(t, { dir })
  await flush()
  t.strictSame(
    (await rows(lakeDir)).map(({ requestid }) => requestid),
    ['r-1', 'r-2', 'r-3'],
  )
})

t.test('write-ahead – a crash between the outputs and the removal of the segment makes no second file', async (t) => {
  const dir = t.testdir({ kept: {} })
  const first = await start(t, { dir })
  await first.client.send(put({ requestid: 'r-1' }, 'no JSON'))
  const [segment = ''] = await readdir(first.dataDir)
  await copyFile(join(first.dataDir, segment), join(dir, 'kept', segment))
  await first.close()
  const delivered = await files(first.lakeDir)
  t.equal(delivered.length, 2)

  await copyFile(join(dir, 'kept', segment), join(first.dataDir, segment))
  const second = await start(t, { dir })
  await second.flush()
  t.strictSame(await files(second.lakeDir), delivered)
  t.match(await rows(second.lakeDir), [{ requestid: 'r-1' }])
})

t.test('write-ahead – a segment with a damaged line is delivered and kept aside', async (t) => {
  const dir = t.testdir({ firehose: {} })
  const name = '001700000000000-000000000-00000000-0000-4000-8000-000000000000.wal'
  await writeFile(
    join(dir, 'firehose', name),
    `damaged\n1700000000000 ${Buffer.from('{"requestid":"r-1"}').toString('base64')}\n`,
  )
  const { flush, lakeDir, dataDir } = await start(t, { dir })
  await flush()
  t.match(await files(lakeDir), [
    /^clicks\/dt=2023-11-14\/hour=22\/clicks-1-2023-11-14-22-13-20-00000000-0000-4000-8000-000000000000.parquet$/,
  ])
  t.strictSame(await readdir(dataDir), [`${name}.damaged`])
})

t.test('start – a prefix that Firehose would refuse is an error', async (t) => {
  await t.rejects(start(t, { stream: { prefix: 'clicks/!{timestamp:YYYY}/' } }), { message: /unknown time field YYYY/ })
})

t.test('start – a port that is taken is an error, and what is left is not touched', async (t) => {
  const first = await start(t)
  await first.client.send(put({ requestid: 'r-1' }))
  const { dataDir, lakeDir, port } = first
  await t.rejects(startFirehose({ stream: STREAM, dataDir, lakeDir, host: '127.0.0.1', port, logger: silent }), {
    code: 'EADDRINUSE',
  })
  t.equal((await readdir(dataDir)).length, 1)
  await t.rejects(access(lakeDir), { code: 'ENOENT' })
  await first.close()
})
