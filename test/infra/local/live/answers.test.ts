import { channel } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import t, { type Test } from 'tap'
import { AnswerWatch } from '../../../../infra/local/live/answers.ts'

/** A watch on a server, and requests by Node's own channels, at times that the test gives. */
function watch(t: Test) {
  let now = 100_000
  const server = {} as Server
  const answers = new AnswerWatch(server, () => now)
  answers.start()
  t.teardown(() => answers.stop())
  const answer = (ms: number, line = 'POST /clicks', of = server) => {
    const [method, url] = line.split(' ')
    const request = { method, url }
    channel('http.server.request.start').publish({ request, server: of })
    now += ms
    channel('http.server.response.finish').publish({ request, server: of })
  }
  return { answers, answer, pass: (ms: number) => (now += ms) }
}

t.test('answers – percentiles of requests with clicks', async (t) => {
  const { answers, answer } = watch(t)
  t.same(answers.read(), { seconds: 10, count: 0, p50: null, p99: null })
  for (let n = 0; n < 98; n += 1) answer(5, n % 2 === 0 ? 'POST /clicklogger' : 'PUT /clicks?x')
  answer(300)
  answer(300)
  const { count, p50, p99 } = answers.read()
  t.equal(count, 100)
  t.ok(Math.abs(Number(p50) - 5) < 0.05, `${p50}`)
  t.ok(Math.abs(Number(p99) - 300) < 3, `${p99}`)
})

t.test('answers – other routes and other servers do not count', async (t) => {
  const { answers, answer } = watch(t)
  for (const line of ['GET /live', 'OPTIONS /clicks', 'POST /clicks/x', 'POST /live/query']) answer(1, line)
  answer(1, 'POST /clicks', {} as Server)
  t.equal(answers.read().count, 0)
})

t.test('answers – what is older than ten seconds is forgotten', async (t) => {
  const { answers, answer, pass } = watch(t)
  answer(5)
  pass(9_000)
  t.equal(answers.read().count, 1)
  answer(50)
  pass(1_500)
  t.equal(answers.read().count, 1)
  t.ok(Math.abs(Number(answers.read().p50) - 50) < 0.5)
})

t.test('answers – while nobody looks, nothing is subscribed', async (t) => {
  const { answers } = watch(t)
  t.ok(channel('http.server.request.start').hasSubscribers)
  answers.stop()
  t.notOk(channel('http.server.request.start').hasSubscribers)
})
