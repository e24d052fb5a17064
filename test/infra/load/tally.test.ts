import t from 'tap'
import { Tally } from '../../../infra/load/tally.ts'

const NONE = { accepted: 0, refused: 0, rejected: 0, failed: 0, lost: 0 }

const error = (statusCode: number, code: string, message = 'Something.') =>
  [statusCode, JSON.stringify({ statusCode, code, error: 'Error', message })] as const

const partial = (status: number, ...results: string[]) =>
  [
    status,
    JSON.stringify({
      status: 'PARTIAL',
      results: results.map((status) => ({ requestid: 'r', status, ...(status !== 'ok' && { reason: 'why' }) })),
    }),
  ] as const

t.test('tally – what an answer says of its clicks', async (t) => {
  for (const [[status, body], kind, clicks, message] of [
    [[200, '{"status":"OK"}'], '200 OK', { accepted: 3 }, undefined],
    [partial(200, 'ok', 'retry', 'rejected'), '200 PARTIAL', { accepted: 1, refused: 1, rejected: 1 }, 'why'],
    [partial(503, 'retry', 'retry', 'retry'), '503 PARTIAL', { refused: 3 }, 'why'],
    [partial(400, 'rejected', 'rejected', 'rejected'), '400 PARTIAL', { rejected: 3 }, 'why'],
    [error(503, 'CLK_NOT_DELIVERED', 'Later.'), '503 CLK_NOT_DELIVERED', { refused: 3 }, 'Later.'],
    [error(429, 'CLK_TOO_MANY_REQUESTS'), '429 CLK_TOO_MANY_REQUESTS', { refused: 3 }, 'Something.'],
    [error(401, 'CLK_UNKNOWN_KEY'), '401 CLK_UNKNOWN_KEY', { failed: 3 }, 'Something.'],
    [[429, '{"message":"Too Many Requests"}'], '429 of the gateway', { refused: 3 }, 'Too Many Requests'],
    [[403, '{"message":"Forbidden"}'], '403 of the gateway', { failed: 3 }, 'Forbidden'],
  ] as const) {
    const tally = new Tally(3)
    tally.answer(status, body, 1)
    t.same(tally.clicks, { ...NONE, ...clicks }, kind)
    t.match([...tally.kinds], [[kind, { requests: 1, message }]])
    t.equal(tally.foreign, 0)
  }
})

t.test('tally – what Clicklake never says is not its answer', async (t) => {
  for (const [status, body, outcome] of [
    [200, '<html>OK</html>', 'failed'],
    [200, '{"status":"ok"}', 'failed'],
    [200, 'null', 'failed'],
    [201, '{"status":"OK"}', 'failed'],
    [404, error(404, 'FST_ERR')[1], 'failed'],
    [503, '<html>', 'refused'],
    [...partial(200, 'ok'), 'failed'],
    [...partial(200, 'ok', 'unheard-of'), 'failed'],
    [200, '{"status":"PARTIAL","results":[null,null]}', 'failed'],
  ] as const) {
    const tally = new Tally(2)
    tally.answer(status, body, 1)
    t.same(tally.clicks, { ...NONE, [outcome]: 2 }, body)
    t.match([...tally.kinds], [[`${status} not of Clicklake`, { message: body }]])
    t.equal(tally.foreign, 1)
  }
})

t.test('tally – counts by kind, with the first message and the latency of each', async (t) => {
  const tally = new Tally(10)
  tally.answer(...error(503, 'CLK_NOT_DELIVERED', 'First.'), 5)
  tally.answer(...error(503, 'CLK_NOT_DELIVERED', 'Second.'), 7)
  tally.answer(200, '{"status":"OK"}', 0)
  tally.lose('time-out')
  tally.failConnection('ECONNREFUSED')
  tally.failConnection('ECONNREFUSED')
  t.equal(tally.ended, 4)
  t.same(tally.clicks, { ...NONE, accepted: 10, refused: 20, lost: 10 })
  t.same([...tally.kinds.keys()], ['503 CLK_NOT_DELIVERED', '200 OK', 'no answer: time-out'])
  t.match(tally.kinds.get('503 CLK_NOT_DELIVERED'), { requests: 2, message: 'First.' })
  // Microseconds, to three figures.
  t.match(tally.kinds.get('503 CLK_NOT_DELIVERED')?.latency.max, /^70\d\d$/)
  t.equal(tally.kinds.get('no answer: time-out')?.latency.count, 0)
  t.same([...tally.unconnected], [['ECONNREFUSED', 2]])
})
