import t from 'tap'
import { createKeys, FRESH_MS, GRACE_MS, type KeysError, RETRY_MS } from '../../../infra/lambda/authorizer-keys.ts'

type Secret = string | Error

/** Keys over a secret and a clock that the test sets. */
function setUp(secret: Secret) {
  const log: KeysError[] = []
  const state = { secret, now: 1_800_000_000_000, reads: 0 }
  const keys = createKeys({
    async readSecret() {
      state.reads++
      if (state.secret instanceof Error) throw state.secret
      return state.secret
    },
    now: () => state.now,
    log: (error) => log.push(error),
  })
  return { state, log, keys, who: async (key: string) => (await keys()).byKey(`ALLOW=${key}`) }
}

const outage = () => Object.assign(new Error('the answer was {"SHOP":"hunter2"}'), { name: 'InternalServiceError' })
const unavailable = { name: 'KeysUnavailable' }

t.test('keys – read when first asked for, and not again while fresh', async (t) => {
  const { state, who } = setUp('{"SHOP":"k1"}')
  t.equal(state.reads, 0)
  t.equal(await who('k1'), 'SHOP')
  t.equal(await who('k2'), undefined)
  state.now += FRESH_MS - 1
  t.equal(await who('k1'), 'SHOP')
  t.equal(state.reads, 1)
})

t.test('keys – the first call after their age sees the changed secret', async (t) => {
  const { state, who } = setUp('{"SHOP":"k1"}')
  await who('k1')
  state.secret = '{"SHOP":"k2","BILLING":"k3"}'
  state.now += FRESH_MS
  t.equal(await who('k1'), undefined)
  t.equal(await who('k2'), 'SHOP')
  t.equal(await who('k3'), 'BILLING')
  t.equal(state.reads, 2)
  state.secret = '{}'
  state.now += FRESH_MS
  t.equal(await who('k2'), undefined, 'an empty secret revokes every key')
})

t.test('keys – callers at the same time share one read, good or bad', async (t) => {
  const good = setUp('{"SHOP":"k1"}')
  t.same(await Promise.all(['k1', 'k1', 'x'].map(good.who)), ['SHOP', 'SHOP', undefined])
  t.equal(good.state.reads, 1)

  const bad = setUp(outage())
  const results = await Promise.allSettled(['k1', 'k1', 'x'].map(bad.who))
  t.match(results, Array(3).fill({ status: 'rejected', reason: unavailable }))
  t.equal(bad.state.reads, 1)
  t.equal(bad.log.length, 1)
})

t.test('keys – old ones serve through an outage, for a bounded time, with an error logged for each read', async (t) => {
  const { state, log, who } = setUp('{"SHOP":"k1"}')
  await who('k1')
  state.secret = outage()
  state.now += FRESH_MS
  t.equal(await who('k1'), 'SHOP')
  t.equal(await who('x'), undefined)
  t.same(log, [
    {
      level: 'error',
      message: 'The secret with the keys cannot be read: InternalServiceError',
      keysAgeMs: FRESH_MS,
    },
  ])

  state.now += RETRY_MS - 1
  await who('k1')
  t.equal(state.reads, 2, 'no read so soon after one that failed')
  state.now += 1
  await who('k1')
  t.equal(state.reads, 3)
  t.equal(log.length, 2)

  state.now += GRACE_MS - RETRY_MS - 1
  t.equal(await who('k1'), 'SHOP', 'the last moment')
  state.now += 1
  await t.rejects(who('k1'), unavailable)
  await t.rejects(who('x'), unavailable)

  state.secret = '{"SHOP":"k1"}'
  state.now += RETRY_MS
  t.equal(await who('k1'), 'SHOP', 'back with the secret')
})

t.test('keys – an outage ends with the next read', async (t) => {
  const { state, log, who } = setUp(outage())
  await t.rejects(who('k1'), unavailable)
  t.match(log, [{ keysAgeMs: null }])
  state.secret = '{"SHOP":"k1"}'
  await t.rejects(who('k1'), unavailable, 'no read so soon after one that failed')
  t.equal(state.reads, 1)
  state.now += RETRY_MS
  t.equal(await who('k1'), 'SHOP')
})

t.test('keys – a secret that is no table of keys lets nobody in, and is not shown', async (t) => {
  const wrong: [string, RegExp][] = [
    ['', /^The secret with the keys is not JSON/],
    ['hunter2', /is not JSON/],
    ['["hunter2"]', /is not a JSON object/],
    ['{"SHOP":"hunter2","BILLING":7}', /has no key for client "BILLING"/],
    ['{" ":"hunter2"}', /client name that is blank/],
  ]
  for (const [secret, message] of wrong) {
    const { log, who } = setUp(secret)
    await t.rejects(who('hunter2'), { ...unavailable, message: 'The keys cannot be read', cause: undefined })
    t.equal(log.length, 1)
    t.match(log[0]?.message, message)
    t.notMatch(JSON.stringify(log), /hunter2/)
  }
})
