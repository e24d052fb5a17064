import t, { type Test } from 'tap'
import { createPut } from '../../../service/delivery/firehose.ts'
import { contents } from '../../../service/delivery/pack.ts'
import { BufferPool } from '../../../service/delivery/pool.ts'
import { answer, type Behave, startFirehoseStub } from '../../helpers/firehose-stub.ts'

const texts = ['a\n', 'b\n', 'c\n', 'd 🦆\n']
const records = texts.map((text) => ({ buffer: Buffer.from(`${text}behind`), bytes: Buffer.byteLength(text) }))
const THROTTLED = 'ServiceUnavailableException'

/** Puts the four records against a Firehose that behaves so, with a deadline. */
async function put(t: Test, behave: Behave, deadlineMs = 10_000) {
  const stub = await startFirehoseStub(t, behave)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), deadlineMs)
  const accepted: string[] = []
  const failure = await createPut(stub.client(), 'clicks')(records, {
    signal: deadline.signal,
    accepted: (record) => accepted.push(contents(record).toString()),
  })
  clearTimeout(timer)
  return { stub, failure, accepted }
}

const all: Behave = (texts) => texts.map(() => undefined)

t.test('put – all accepted', async (t) => {
  const { stub, failure, accepted } = await put(t, all)
  t.equal(failure, undefined)
  t.same(accepted, texts)
  t.same(stub.calls, [texts])
})

t.test('put – only failed records are sent again, each accepted once', async (t) => {
  const { stub, failure, accepted } = await put(t, (sent, call) =>
    sent.map((text) => (call < 3 && (text === 'b\n' || (call === 1 && text === 'd 🦆\n')) ? THROTTLED : undefined)),
  )
  t.equal(failure, undefined)
  t.same(stub.calls, [texts, ['b\n', 'd 🦆\n'], ['b\n']])
  t.same(accepted, ['a\n', 'c\n', 'd 🦆\n', 'b\n'])
  t.same([...stub.accepted].sort(), [...texts].sort())
})

const fails: Record<string, Behave> = {
  'the whole call throttled': (_texts, _call, response) =>
    answer(response, 500, { __type: THROTTLED, message: 'Slow down.' }),
  'HTTP 500': (_texts, _call, response) => answer(response, 500, 'oh'),
  'HTTP 429': (_texts, _call, response) => answer(response, 429, { __type: 'ThrottlingException', message: 'x' }),
  'a connection reset': (_texts, _call, response) => {
    response.destroy()
    return 'answered'
  },
  'an answer cut short': (_texts, _call, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': 5000 })
    response.write('{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"')
    setImmediate(() => response.destroy())
    return 'answered'
  },
  'an answer that is no JSON': (_texts, _call, response) => answer(response, 200, '<html>'),
  'an answer with no records': (_texts, _call, response) => answer(response, 200, { FailedPutCount: 0 }),
  'an answer with too few records': (_texts, _call, response) =>
    answer(response, 200, { FailedPutCount: 0, RequestResponses: [{ RecordId: '1' }] }),
  'records that are neither accepted nor failed': (sent, _call, response) =>
    answer(response, 200, { FailedPutCount: 0, RequestResponses: sent.map(() => ({})) }),
}

t.test('put – tried again after', async (t) => {
  for (const [name, fail] of Object.entries(fails)) {
    const { stub, failure, accepted } = await put(t, (sent, call, response) =>
      call === 1 ? fail(sent, call, response) : all(sent, call, response),
    )
    t.equal(failure, undefined, name)
    t.same(accepted, texts, name)
    t.same(stub.calls, [texts, texts], name)
  }
})

t.test('put – at the deadline it gives back what was not accepted, whatever fails', async (t) => {
  for (const [name, fail] of Object.entries(fails)) {
    const { stub, failure, accepted } = await put(t, fail, 400)
    t.same(failure?.records, records, name)
    t.type(failure?.error, 'string')
    t.same(accepted, [], name)
    t.ok(stub.calls.length >= 1, name)
  }
})

t.test('put – an answer that never comes ends at the deadline', async (t) => {
  const { failure, accepted, stub } = await put(t, () => new Promise(() => {}), 500)
  t.same(failure?.records, records)
  t.same(accepted, [])
  t.equal(stub.calls.length, 1)
})

t.test('put – part of it accepted by the deadline', async (t) => {
  const { failure, accepted } = await put(
    t,
    (sent) => sent.map((text) => (text === 'c\n' ? THROTTLED : undefined)),
    150,
  )
  t.same(failure, { records: [records[2]], error: THROTTLED })
  t.same(accepted, ['a\n', 'b\n', 'd 🦆\n'])
})

t.test('put – not tried again where that is useless', async (t) => {
  for (const type of ['ResourceNotFoundException', 'AccessDeniedException', 'InvalidArgumentException']) {
    const { failure, stub } = await put(t, (_texts, _call, response) =>
      answer(response, 400, { __type: type, message: 'no' }),
    )
    t.equal(failure?.error, type)
    t.equal(stub.calls.length, 1, type)
  }
})

t.test('put – nothing is sent after the deadline', async (t) => {
  const stub = await startFirehoseStub(t)
  const failure = await createPut(stub.client(), 'clicks')(records, {
    signal: AbortSignal.abort(),
    accepted: () => t.fail(),
  })
  t.same(failure?.records, records)
  t.equal(stub.calls.length, 0)
})

t.test('put – puts at the same time, and after ones that got no answer, do not share bytes', async (t) => {
  const stub = await startFirehoseStub(t, (texts, call) =>
    call % 5 === 0 ? new Promise(() => {}) : texts.map(() => (call % 3 === 0 ? THROTTLED : undefined)),
  )
  const put = createPut(stub.client(), 'clicks')
  const accepted: string[] = []
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => {
        const text = `${round}-${n} ${'x'.repeat(1000 * n)}\n`
        return put([{ buffer: Buffer.from(text), bytes: text.length }], {
          signal: AbortSignal.timeout(1500),
          accepted: ({ buffer }) => accepted.push(buffer.toString()),
        })
      }),
    )
  }
  t.ok(accepted.length >= 8, 'most were accepted')
  for (const text of accepted) t.ok(stub.accepted.includes(text), text.slice(0, 10))
  t.equal(new Set(stub.accepted).size, stub.accepted.length, 'none came in place of another')
})

t.test('put – the buffer of a body is used again only when Firehose answered for all of it', async (t) => {
  const given = t.capture(BufferPool.prototype, 'give')
  for (const [name, fail] of Object.entries(fails)) {
    await put(t, (sent, call, response) => (call === 1 ? fail(sent, call, response) : all(sent, call, response)))
    const answered = name === 'records that are neither accepted nor failed' ? 2 : 1
    t.equal(given().length, answered, name)
  }
  await put(t, () => new Promise(() => {}), 300)
  t.equal(given().length, 0, 'no answer')
})
