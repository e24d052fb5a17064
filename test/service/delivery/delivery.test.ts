import { pino } from 'pino'
import t, { type Test } from 'tap'
import { PROBE_INTERVAL_MS } from '../../../service/delivery/breaker.ts'
import type { PutLines } from '../../../service/delivery/bucket.ts'
import { Delivery, type Refusal } from '../../../service/delivery/delivery.ts'
import { type PutFailure, type PutOptions, WINDOW } from '../../../service/delivery/firehose.ts'
import { Ledger } from '../../../service/delivery/ledger.ts'
import { contents, MAX_BATCH_BYTES, type PackedRecord, RECORD_BYTES } from '../../../service/delivery/pack.ts'

const line = (bytes = 100) => `${'x'.repeat(bytes - 1)}\n`

type Text = PackedRecord<unknown>

/** A put that waits to be told its end. */
interface Call extends PutOptions<Text> {
  readonly records: readonly Text[]
  /** Ends the put: these records were accepted, the others failed. */
  end(accept?: (record: Text) => boolean): void
}

function setup(options: { bufferBytes?: number; timeoutMs?: number; spill?: PutLines } = {}) {
  const ledger = new Ledger()
  const calls: Call[] = []
  const waiting: ((call: Call) => void)[] = []
  const delivery = new Delivery({
    ledger,
    log: pino({ enabled: false }),
    bufferBytes: 32 * 1024 * 1024,
    timeoutMs: 5000,
    ...options,
    put: (records, { accepted, signal }) =>
      new Promise<PutFailure<never> | undefined>((resolve) => {
        const call: Call = {
          records,
          signal,
          accepted: accepted as (record: Text) => void,
          end(accept = () => true) {
            const failed = records.filter((record) => !accept(record))
            for (const record of records) if (accept(record)) accepted(record)
            resolve(failed.length === 0 ? undefined : { records: failed as never[], error: 'Throttled' })
          },
        }
        calls.push(call)
        if (signal.aborted) call.end(() => false)
        signal.addEventListener('abort', () => call.end(() => false))
        waiting.shift()?.(call)
      }),
  })
  const receive = (count: number, bytes?: number) => {
    ledger.received += count
    return new Promise<readonly Refusal[]>((resolve) =>
      delivery.deliver(
        Array.from({ length: count }, () => line(bytes)),
        resolve,
      ),
    )
  }
  const balanced = (t: Test) => t.equal(ledger.mismatch(), 0, 'the ledger balances')
  /** The next put, when it comes. */
  const nextPut = () => new Promise<Call>((resolve) => waiting.push(resolve))
  return { delivery, ledger, calls, receive, balanced, nextPut }
}

t.test('deliver – clicks that come together leave together, and all are answered', async (t) => {
  const { receive, nextPut, ledger, balanced } = setup()
  const put = nextPut()
  const answers = [receive(1), receive(3), receive(1)]
  t.equal(ledger.inFlight, 5)
  balanced(t)
  const { records, end } = await put
  t.equal(records.length, 1)
  t.equal(records[0]?.clicks, 5)
  end()
  t.same(await Promise.all(answers), [[], [], []])
  t.equal(ledger.delivered, 5)
  t.equal(ledger.inFlight, 0)
  balanced(t)
})

t.test('deliver – is not answered before Firehose has it', async (t) => {
  const { receive, nextPut } = setup()
  const put = nextPut()
  let answered = false
  const answer = receive(1).then(() => {
    answered = true
  })
  const { end } = await put
  await new Promise(setImmediate)
  t.notOk(answered)
  end()
  await answer
  t.ok(answered)
})

t.test('deliver – a request that cannot be answered harms neither the put nor its neighbours', async (t) => {
  const { delivery, receive, nextPut, ledger, balanced } = setup()
  const put = nextPut()
  ledger.received += 1
  delivery.deliver([line()], () => {
    throw new Error('its connection is gone')
  })
  const neighbour = receive(1)
  const { end } = await put
  t.doesNotThrow(() => end())
  t.same(await neighbour, [])
  t.match(ledger, { delivered: 2, inFlight: 0 })
  balanced(t)
})

t.test('deliver – a record that fails refuses its own clicks only', async (t) => {
  const { receive, nextPut, ledger, balanced } = setup()
  const put = nextPut()
  const inFirst = receive(1)
  const spanning = receive(3, RECORD_BYTES - 50)
  const inLast = receive(1, 200)
  const { records, end } = await put
  t.same(
    records.map(({ clicks }) => clicks),
    [1, 1, 1, 1, 1],
  )
  end((record) => record !== records[2])
  t.same(await inFirst, [])
  t.same(await spanning, [{ from: 1, count: 1, reason: 'firehose' }])
  t.same(await inLast, [])
  t.equal(ledger.delivered, 4)
  t.equal(ledger.refused.firehose, 1)
  balanced(t)
})

t.test('deliver – while puts are in flight, later clicks gather; a full batch does not wait', async (t) => {
  const { receive, calls, nextPut, delivery } = setup()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < WINDOW; n += 1) {
    const put = nextPut()
    answers.push(receive(1))
    await put
  }
  t.equal(delivery.puts, WINDOW)
  for (let n = 0; n < 50; n += 1) answers.push(receive(10))
  t.equal(calls.length, WINDOW, 'no more puts than the window')
  const gathered = nextPut()
  calls[0]?.end()
  const { records, end } = await gathered
  t.equal(
    records.reduce((sum, { clicks }) => sum + clicks, 0),
    500,
    'what gathered leaves as one batch',
  )
  end()
  for (const call of calls) call.end()
  await Promise.all(answers)
})

t.test('deliver – more than one batch holds goes in several', async (t) => {
  const { receive, calls, nextPut } = setup()
  const put = nextPut()
  const answer = receive(90, RECORD_BYTES)
  await put
  t.equal(calls.length, 1, 'the full batch left at once')
  const second = nextPut()
  await second
  for (const { records } of calls)
    t.ok(records.reduce((sum, record) => sum + contents(record).length, 0) <= MAX_BATCH_BYTES)
  t.equal(calls.flatMap(({ records }) => records).length, 90)
  for (const call of calls) call.end()
  t.same(await answer, [])
})

t.test('deliver – a full buffer refuses at once, and takes again when there is room', async (t) => {
  const { receive, nextPut, ledger, delivery, balanced } = setup({ bufferBytes: 1000 })
  const put = nextPut()
  const first = receive(9)
  t.same(await receive(2), [{ from: 0, count: 2, reason: 'buffer_full' }])
  t.equal(ledger.refused.buffer_full, 2)
  balanced(t)
  ;(await put).end()
  t.same(await first, [])
  t.equal(delivery.bufferedBytes, 0)
  const again = nextPut()
  const third = receive(2)
  ;(await again).end()
  t.same(await third, [])
})

t.test('deliver – a passed deadline refuses what waits and what is in flight', async (t) => {
  const { receive, ledger, delivery, balanced, calls } = setup({ timeoutMs: 100, bufferBytes: 64 * 1024 * 1024 })
  const answers: Promise<readonly { reason: string }[]>[] = []
  for (let n = 0; n < WINDOW + 3; n += 1) answers.push(receive(80, 60_000))
  const refusals = (await Promise.all(answers)).flat()
  t.ok(refusals.length >= WINDOW + 3)
  t.equal(ledger.refused.timeout, WINDOW * 69, 'what was in flight waited for its whole deadline')
  t.equal(ledger.refused.timeout + ledger.refused.firehose, (WINDOW + 3) * 80, 'the rest did not')
  t.equal(ledger.inFlight, 0)
  t.equal(delivery.bufferedBytes, 0)
  t.ok(calls.length >= WINDOW)
  balanced(t)
})

t.test('deliver – clicks do not join a batch that is about to be refused', async (t) => {
  const { receive, nextPut, calls } = setup({ timeoutMs: 3000 })
  for (let n = 0; n < WINDOW; n += 1) {
    const put = nextPut()
    void receive(1)
    await put
  }
  const early = receive(1)
  await new Promise((resolve) => setTimeout(resolve, 1550))
  const late = receive(1)
  const [first, second] = [nextPut(), nextPut()]
  for (const call of [...calls]) call.end()
  const { records, end } = await first
  t.equal(records[0]?.clicks, 1, 'what came early leaves by itself')
  end()
  t.same(await early, [])
  ;(await second).end()
  t.same(await late, [])
})

t.test('spill – what Firehose does not take is parked, and then it is safe', async (t) => {
  const spilled: [string, string | Buffer][] = []
  const { receive, nextPut, ledger, balanced } = setup({ spill: async (...object) => void spilled.push(object) })
  const put = nextPut()
  const answer = receive(3, RECORD_BYTES)
  const { records, end } = await put
  end((record) => record === records[1])
  t.same(await answer, [], 'nothing is refused')
  t.same(
    spilled,
    [['spill/', Buffer.concat([records[0], records[2]].map((record) => contents(record as Text)))]],
    'one object for the batch',
  )
  t.match(ledger, { delivered: 1, spilled: 2, inFlight: 0 })
  balanced(t)
})

t.test('spill – not answered before the bucket has it; where it fails too, refused', async (t) => {
  let fail = (_error: Error) => {}
  const spill = () => new Promise<void>((_resolve, reject) => (fail = reject))
  const { receive, nextPut, ledger, delivery, balanced } = setup({ spill })
  const put = nextPut()
  let answered = false
  const answer = receive(2).finally(() => {
    answered = true
  })
  ;(await put).end(() => false)
  await new Promise(setImmediate)
  t.notOk(answered)
  t.equal(ledger.inFlight, 2)
  fail(new Error('SlowDown'))
  t.same(await answer, [{ from: 0, count: 2, reason: 'spill' }])
  t.match(ledger, { spilled: 0, refused: { spill: 2 }, inFlight: 0 })
  t.equal(delivery.bufferedBytes, 0)
  balanced(t)
})

t.test('breaker – while Firehose takes nothing, clicks are parked without a try, until a probe is taken', async (t) => {
  const now = performance.now.bind(performance)
  t.teardown(() => Object.assign(performance, { now }))
  const { receive, nextPut, calls, ledger } = setup({ spill: async () => {} })
  let put = nextPut()
  let answer = receive(1)
  ;(await put).end(() => false)
  await answer
  t.same(await receive(5), [])
  t.equal(calls.length, 1, 'not tried')
  t.equal(ledger.spilled, 6)

  Object.assign(performance, { now: () => now() + PROBE_INTERVAL_MS })
  put = nextPut()
  answer = receive(1)
  ;(await put).end(() => false)
  await answer
  t.same(await receive(1), [])
  t.equal(calls.length, 2, 'one probe')

  Object.assign(performance, { now: () => now() + 2 * PROBE_INTERVAL_MS })
  for (let n = 0; n < 2; n += 1) {
    put = nextPut()
    answer = receive(1)
    ;(await put).end()
    t.same(await answer, [])
  }
  t.match(ledger, { delivered: 2, spilled: 8 }, 'closed by itself')
})

t.test('retry-after – grows while Firehose fails, and is short again when it takes clicks', async (t) => {
  const { receive, nextPut, delivery } = setup()
  t.equal(delivery.retryAfter, 1)
  const now = performance.now.bind(performance)
  t.teardown(() => Object.assign(performance, { now }))
  let put = nextPut()
  let answer = receive(1)
  ;(await put).end(() => false)
  await answer
  t.equal(delivery.retryAfter, 1)
  Object.assign(performance, { now: () => now() + 20_000 })
  t.equal(delivery.retryAfter, 11)
  Object.assign(performance, { now: () => now() + 600_000 })
  t.equal(delivery.retryAfter, 30, 'bounded')
  put = nextPut()
  answer = receive(1)
  ;(await put).end()
  await answer
  t.equal(delivery.retryAfter, 1)
})

t.test('close – sends what waits at once and resolves when all is settled', async (t) => {
  const { receive, nextPut, delivery, ledger } = setup()
  const put = nextPut()
  const answer = receive(2)
  const closed = delivery.close()
  const { end } = await put
  t.equal(ledger.inFlight, 2)
  end()
  await closed
  t.equal(ledger.inFlight, 0)
  t.same(await answer, [])
})

t.test('deliver – nothing to deliver is delivered', async (t) => {
  const { receive } = setup()
  t.same(await receive(0), [])
})
