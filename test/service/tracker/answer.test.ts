import t from 'tap'
import { backOff, judge, MAX_PAUSE_MS, readRetryAfter } from '../../../service/tracker/answer.ts'
import { stopClock } from './fakes.ts'

const ok = { status: 'ok' }
const rejected = { status: 'rejected', reason: 'no component' }
const retry = { status: 'retry', reason: 'the buffer is full' }
const invalid = { statusCode: 400, code: 'CLK_INVALID_CLICK', message: 'Invalid click: it is too long.' }

t.test('judge – what an answer says about clicks', async (t) => {
  for (const [name, status, answer, count, outcome] of [
    ['all taken', 200, { status: 'OK' }, 2, [ok, ok]],
    ['dropped by the deployment’s policy', 200, { status: 'OK', dropped: 'gpc' }, 1, [ok]],
    ['some taken', 200, { status: 'PARTIAL', results: [ok, rejected] }, 2, [ok, rejected]],
    ['all rejected', 400, { status: 'PARTIAL', results: [rejected, rejected] }, 2, [rejected, rejected]],
    ['none taken now', 503, { status: 'PARTIAL', results: [retry, rejected] }, 2, [retry, rejected]],
    ['results of other clicks', 200, { status: 'PARTIAL', results: [ok] }, 2, 'wait'],
    ['one that is no click', 400, invalid, 1, [{ status: 'rejected', reason: invalid.message }]],
    ['a body that cannot be read', 400, { code: 'CLK_MALFORMED_BODY' }, 3, 'split'],
    ['too much', 413, { code: 'CLK_BODY_TOO_LARGE' }, 50, 'split'],
    ['too much for a proxy', 413, undefined, 50, 'split'],
    ['results that tell nothing', 200, { status: 'PARTIAL', results: [null] }, 1, 'wait'],
    ['too much, and alone', 413, undefined, 1, [{ status: 'rejected', reason: 'too large' }]],
    ['a gateway’s 400', 400, { message: 'Bad Request' }, 1, 'wait'],
    ['a captive portal’s page', 200, undefined, 1, 'wait'],
    ['another service’s 200', 200, { status: 'success' }, 1, 'wait'],
    ['no origin', 401, { code: 'CLK_MISSING_ORIGIN' }, 1, 'wait'],
    ['a foreign origin', 403, { code: 'CLK_FOREIGN_ORIGIN' }, 1, 'wait'],
    ['too many requests', 429, { code: 'CLK_TOO_MANY_REQUESTS' }, 1, 'wait'],
    ['not safe', 503, { code: 'CLK_NOT_DELIVERED' }, 1, 'wait'],
  ] as const)
    t.same(judge(status, answer, count), outcome, name)
})

t.test('Retry-After – in seconds or as a date, and not for ever', async (t) => {
  stopClock(t)
  t.intercept(Math, 'random', { value: () => 0 })
  for (const [header, ms] of [
    [null, 0],
    ['', 0],
    ['0', 0],
    ['7', 7000],
    ['1.5', 1500],
    ['-3', 0],
    ['soon', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2025 00:00:30 GMT', 0],
    ['999999', MAX_PAUSE_MS],
  ] as const)
    t.equal(readRetryAfter(header), ms, `${header}`)
})

t.test('Retry-After – scattered above what was asked, so that pages do not come back together', async (t) => {
  t.intercept(Math, 'random', { value: () => 1 })
  t.equal(readRetryAfter('10'), 15_000)
  t.equal(readRetryAfter('999999'), MAX_PAUSE_MS)
})

t.test('back-off – doubles to five minutes, and scatters from nothing on', async (t) => {
  const random = t.intercept(Math, 'random', { value: () => 1 })
  t.same([1, 2, 3, 8, 9, 2000].map(backOff), [2000, 4000, 8000, 256_000, 300_000, 300_000])
  random.restore()
  t.intercept(Math, 'random', { value: () => 0 })
  t.equal(backOff(9), 0)
})
