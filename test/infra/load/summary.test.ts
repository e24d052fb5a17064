import t from 'tap'
import type { Arguments } from '../../../infra/load/arguments.ts'
import { format, summarise } from '../../../infra/load/summary.ts'
import { Tally } from '../../../infra/load/tally.ts'

const ARGS: Arguments = {
  url: 'https://a.example/clicklogger',
  sender: { key: 'hunter2' },
  rate: 2000,
  connections: 100,
  seconds: 2,
  clicks: 2,
  gzip: false,
  json: false,
}
const OK = [200, '{"status":"OK"}', 4] as const

/** 4,000 requests of two clicks, of which the last are as the test has them. */
function tallied(others: (tally: Tally) => void = () => {}): Tally {
  const tally = new Tally(2)
  others(tally)
  while (tally.ended < 4000) tally.answer(...OK)
  tally.sent = 4000
  return tally
}

t.test('summary – of a run that went well', async (t) => {
  const summary = summarise(ARGS, tallied(), 2.0004, 0.5)
  t.same(summary, {
    url: ARGS.url,
    asked: { rate: 2000, connections: 100, seconds: 2, clicks: 2, gzip: false },
    seconds: 2,
    requests: { sent: 4000, perSecond: 1999.6 },
    clicks: { sent: 8000, accepted: 8000, refused: 0, rejected: 0, failed: 0, lost: 0, acceptedPerSecond: 3999.2 },
    latency: { p50: 4, p90: 4, p99: 4, max: 4 },
    answers: [{ kind: '200 OK', requests: 4000, latency: { p50: 4, p90: 4, p99: 4, max: 4 }, message: undefined }],
    warnings: [],
    passed: true,
  })
  t.equal(
    format(summary),
    `requests sent  4,000  1,999.6 a second, in 2 s
clicks sent    8,000
  accepted     8,000  3,999.2 a second
  refused          0  503 and 429, to be sent again later
  rejected         0  found to be no clicks
  failed           0  other answers
  lost             0  no answer: taken or not

| answer | requests | p50 ms | p90 ms | p99 ms | max ms |
| :----- | -------: | -----: | -----: | -----: | -----: |
| 200 OK |    4,000 |      4 |      4 |      4 |      4 |
`,
  )
})

t.test('summary – what went wrong is said, without the key and without a terminal’s controls', async (t) => {
  const tally = tallied((tally) => {
    tally.answer(503, '{"statusCode":503,"code":"CLK_NOT_DELIVERED","error":"-","message":"Later."}', 8000)
    tally.answer(200, `<html>\n\x1b[2J you sent hunter2 ${'x'.repeat(1000)}`, 1)
    tally.lose('time-out')
    tally.failConnection('ECONNREFUSED')
  })
  const summary = summarise(ARGS, tally, 4, 0.951)
  t.notOk(summary.passed)
  t.match(summary.clicks, { sent: 8000, accepted: 7994, refused: 2, failed: 2, lost: 2 })
  t.equal(summary.answers[0]?.kind, '200 OK', 'the most frequent first')
  t.match(summary.warnings, [
    /^1 answers are not Clicklake's/,
    /^1,000 requests a second were sent, not 2,000: none of 100 connections/,
    /^connections failed: ECONNREFUSED 1 times\.$/,
    /^this process was busy 95\.1% of the time/,
  ])
  const text = format(summary)
  t.match(text, /^503 CLK_NOT_DELIVERED: Later\.$/m)
  t.match(text, /^200 not of Clicklake: <html> \[2J you sent <key> x{200,280}$/m)
  t.match(text, /^\| no answer: time-out +\| +1 \| +\| +\| +\| +\|$/m)
  t.match(text, /^\| all answers +\| +3,999 \|/m)
  for (const shown of [JSON.stringify(summary), text]) t.notOk(shown.includes('hunter2') || shown.includes('\x1b'))
})

t.test('summary – refusals alone fail no run, but one of which nothing was accepted', async (t) => {
  const refuse = (tally: Tally) => tally.answer(503, '{"message":"Service Unavailable"}', 1)
  t.ok(summarise(ARGS, tallied(refuse), 2, 0).passed)
  const refused = new Tally(2)
  refused.sent = 1
  refuse(refused)
  t.notOk(summarise(ARGS, refused, 2, 0).passed)

  const nothing = summarise({ ...ARGS, rate: undefined }, new Tally(2), 0, 0)
  t.match(nothing, { passed: false, latency: undefined, requests: { perSecond: 0 }, warnings: [] })
  t.match(format(nothing), /^clicks sent +0$/m)
})
