import { Writable } from 'node:stream'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { createApp } from '../../../service/app.ts'
import { loadConfig } from '../../../service/config.ts'
import { DIMENSION, METRICS, NAMESPACE } from '../../../service/metric-names.ts'
import { INTERVAL_MS } from '../../../service/plugins/embedded-metrics.ts'
import { click, JSON_TYPE, KEY } from '../../helpers/app.ts'
import { invalidEmbeddedMetrics } from '../../helpers/embedded-metrics.ts'
import { type Behave, startFirehoseStub } from '../../helpers/firehose-stub.ts'

interface Options {
  readonly logMetrics?: boolean
  readonly env?: NodeJS.ProcessEnv
  readonly behave?: Behave
}

/** The app with a minute that passes when the test says so, and the lines of metrics so far. */
async function start(t: Test, { logMetrics = true, env, behave }: Options = {}) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const stub = await startFirehoseStub(t, behave)
  const lines: Record<string, unknown>[] = []
  const logStream = new Writable({
    write(text, _encoding, done) {
      const line = JSON.parse(text)
      if (line.msg === 'metrics') lines.push(line)
      done()
    },
  })
  const config = loadConfig({ DELIVERY_STREAM: 'clicks-of-a-test', CLIENTS: '{"SHOP":"a-secret-key"}', ...env })
  const app = await createApp(config, { firehose: stub.client(), logStream, logMetrics })
  t.teardown(() => app.close())
  await app.ready()
  const send = (clicks: unknown, headers: Record<string, string> = KEY) => {
    const payload = JSON.stringify(clicks)
    return app.inject({ method: 'POST', url: '/clicklogger', headers: { ...JSON_TYPE, ...headers }, payload })
  }
  return { app, lines, send, minute: () => mock.timers.tick(INTERVAL_MS) }
}

t.test('embedded metrics – a line is what CloudWatch makes metrics from', async (t) => {
  const { lines, minute } = await start(t)
  minute()
  const [line] = lines
  t.same(invalidEmbeddedMetrics(line ?? {}), [])
  t.match(line, { [DIMENSION]: 'clicks-of-a-test', _aws: { CloudWatchMetrics: [{ Namespace: NAMESPACE }] } })
  t.ok(Math.abs(Date.now() - (line as { _aws: { Timestamp: number } })._aws.Timestamp) < 10_000, 'the time is now')
  const [directive] = (line as { _aws: { CloudWatchMetrics: { Metrics: { Name: string; Unit: string }[] }[] } })._aws
    .CloudWatchMetrics
  t.same(Object.fromEntries(directive?.Metrics.map(({ Name, Unit }) => [Name, Unit]) ?? []), METRICS)
})

t.test('embedded metrics – the rules find what is wrong with a line', async (t) => {
  const { lines, minute } = await start(t)
  minute()
  const line = lines[0] ?? {}
  t.same(invalidEmbeddedMetrics({ ...line, _aws: undefined }).slice(0, 1), ['_aws.Timestamp is an integer'])
  t.same(invalidEmbeddedMetrics({ ...line, Received: null }), ['metric Received is a number at the top'])
  t.same(invalidEmbeddedMetrics({ ...line, [DIMENSION]: 7 }), [`dimension ${DIMENSION} is a text at the top`])
})

t.test('embedded metrics – counters are the increase since the last line', async (t) => {
  const { lines, send, minute } = await start(t)
  await send([click({ requestid: 'a' }), click({ requestid: 'b' }), { no: 'click' }])
  minute()
  t.match(lines[0], { Received: 3, Delivered: 2, Rejected: 1, Refused: 0, Spilled: 0, Dropped: 0 })
  t.match(lines[0], { rejected: { schema: 1, malformed: 0 }, InFlight: 0, BufferBytes: 0, LedgerMismatch: 0 })

  await send(click({ requestid: 'c' }))
  minute()
  t.match(lines[1], { Received: 1, Delivered: 1, Rejected: 0, rejected: { schema: 0 } })

  minute()
  t.match(lines[2], { Received: 0, Delivered: 0 }, 'a quiet minute has a line too: its absence is an alarm')
})

t.test('embedded metrics – refused clicks have their reason', async (t) => {
  const refuse: Behave = (texts) => texts.map(() => 'ServiceUnavailableException')
  const { lines, send, minute } = await start(t, { env: { DELIVERY_TIMEOUT_MS: '100' }, behave: refuse })
  t.equal((await send(click())).statusCode, 503)
  minute()
  t.match(lines[0], { Received: 1, Delivered: 0, Refused: 1, refused: { timeout: 1, buffer_full: 0, firehose: 0 } })
})

t.test('embedded metrics – dropped clicks are counted', async (t) => {
  const { lines, send, minute } = await start(t, { env: { GPC_POLICY: 'drop' } })
  await send(click(), { ...KEY, 'sec-gpc': '1' })
  minute()
  t.match(lines[0], { Received: 1, Delivered: 0, Dropped: 1, LedgerMismatch: 0 })
})

t.test('embedded metrics – a mismatch of either sign is above 0', async (t) => {
  const { app, lines, minute } = await start(t)
  app.ledger.received += 2
  minute()
  app.ledger.delivered += 5
  minute()
  t.match(lines, [
    { LedgerMismatch: 2, mismatch: 2 },
    { LedgerMismatch: 3, mismatch: -3 },
  ])
  app.ledger.received += 3
})

t.test('embedded metrics – the last line is written at close, and none after it', async (t) => {
  const { app, lines, send, minute } = await start(t)
  minute()
  await send(click())
  await app.close()
  t.equal(lines.length, 2)
  t.match(lines[1], { Received: 1, Delivered: 1, InFlight: 0 })
  minute()
  t.equal(lines.length, 2)
})

t.test('embedded metrics – LOG_LEVEL does not silence them', async (t) => {
  const { lines, minute } = await start(t, { env: { LOG_LEVEL: 'error' } })
  minute()
  t.equal(lines.length, 1)
})

t.test('embedded metrics – there are none where nobody reads them', async (t) => {
  const { app, lines, minute } = await start(t, { logMetrics: false })
  minute()
  await app.close()
  t.same(lines, [])
})
