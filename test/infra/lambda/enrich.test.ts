import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { createEnricher, ENRICHMENT_LIMITS, type EnrichmentLimits } from '../../../infra/lambda/enrich.ts'
import { serve } from './support.ts'

const entry: RequestListener = ({ url }, response) => {
  response.end(JSON.stringify({ species: `species of ${url?.slice(1)}`, age: 7, secret: 'x' }))
}

/** An enricher whose catalogue counts who is asked for, on a clock of its own. */
async function setup(t: Test, listener: RequestListener, limits: Partial<EnrichmentLimits> = {}) {
  const asked: string[] = []
  const url = await serve(t, (request, response) => {
    asked.push(request.url?.slice(1) ?? '')
    listener(request, response)
  })
  const clock = { time: 1, now: () => clock.time }
  const options = { url: `${url}/{itemid}`, fields: ['species', 'age'] }
  return { asked, clock, enrich: createEnricher(options, { ...ENRICHMENT_LIMITS, ...limits }, clock) }
}

const ids = (count: number) => new Set(Array.from({ length: count }, (_, index) => `m-${index}`))

t.test('enrich – brings the fields of each item', async (t) => {
  const { enrich } = await setup(t, entry)
  const { facts, lookups } = await enrich(new Set(['a', 'b']))
  t.same(Object.fromEntries(facts), {
    a: { species: 'species of a', age: '7' },
    b: { species: 'species of b', age: '7' },
  })
  t.same(lookups, { asked: 2, found: 2 })
})

t.test('enrich – asks for nothing where there is no item, or none that could have an address', async (t) => {
  const { asked, enrich } = await setup(t, entry)
  const { facts, lookups } = await enrich(new Set(['', '.', '..']))
  t.same(asked, [])
  t.equal(facts.size, 0)
  t.match(lookups, { absent: 2 })
})

t.test('enrich – asks once while an answer counts, and again after it', async (t) => {
  const cases: { name: string; listener: RequestListener; ttl: number; outcome: string }[] = [
    { name: 'an entry', listener: entry, ttl: ENRICHMENT_LIMITS.answerTtlMs, outcome: 'found' },
    {
      name: 'no such item',
      listener: (_, response) => response.writeHead(404).end(),
      ttl: ENRICHMENT_LIMITS.answerTtlMs,
      outcome: 'absent',
    },
    {
      name: 'a failure',
      listener: (_, response) => response.writeHead(503).end(),
      ttl: ENRICHMENT_LIMITS.failureTtlMs,
      outcome: 'status',
    },
  ]
  for (const { name, listener, ttl, outcome } of cases) {
    const { asked, clock, enrich } = await setup(t, listener)
    t.same((await enrich(ids(1))).lookups, { asked: 1, [outcome]: 1 }, name)
    clock.time += ttl - 1
    t.same((await enrich(ids(1))).lookups, { cached: 1, [outcome]: 1 }, name)
    t.equal(asked.length, 1)
    clock.time += 2
    t.same((await enrich(ids(1))).lookups, { asked: 1, [outcome]: 1 }, name)
    t.equal(asked.length, 2)
  }
})

t.test('enrich – invocations at once share a question', async (t) => {
  const { asked, enrich } = await setup(t, entry)
  const both = await Promise.all([enrich(ids(1)), enrich(ids(1))])
  t.equal(asked.length, 1)
  t.same(
    both.map(({ facts }) => facts.size),
    [1, 1],
  )
  t.same(
    both.map(({ lookups }) => lookups),
    [
      { asked: 1, found: 1 },
      { shared: 1, found: 1 },
    ],
  )
})

t.test('enrich – asks for some at once, not for all', async (t) => {
  let open = 0
  let most = 0
  const { enrich } = await setup(
    t,
    (request, response) => {
      most = Math.max(most, ++open)
      setImmediate(() => {
        open -= 1
        entry(request, response)
      })
    },
    { concurrency: 4 },
  )
  t.equal((await enrich(ids(40))).facts.size, 40)
  t.ok(most <= 4, `${most} at once`)
})

t.test('enrich – gives a failing catalogue up for this invocation, and uses what it knows', async (t) => {
  let fails = false
  const { asked, clock, enrich } = await setup(
    t,
    (request, response) => (fails ? response.writeHead(500).end() : entry(request, response)),
    { concurrency: 1, failures: 3 },
  )
  await enrich(new Set(['known']))
  fails = true
  const { facts, lookups } = await enrich(new Set([...ids(100), 'known']))
  t.equal(asked.length, 1 + 3)
  t.same([...facts.keys()], ['known'])
  t.same(lookups, { asked: 3, status: 3, skipped: 97, cached: 1, found: 1 })

  fails = false
  clock.time += ENRICHMENT_LIMITS.failureTtlMs + 1
  t.equal((await enrich(ids(100))).facts.size, 100, 'the next invocation tries again')
})

t.test('enrich – failures between answers give nothing up', async (t) => {
  let count = 0
  const { enrich } = await setup(
    t,
    (request, response) => (++count % 2 === 0 ? response.writeHead(500).end() : entry(request, response)),
    { concurrency: 1, failures: 2 },
  )
  t.same((await enrich(ids(20))).lookups, { asked: 20, found: 10, status: 10 })
})

t.test('enrich – a hanging catalogue costs a time-out, not the invocation', async (t) => {
  const { enrich } = await setup(t, () => {}, { concurrency: 5, timeoutMs: 30 })
  const { facts, lookups } = await enrich(ids(1_000))
  t.equal(facts.size, 0)
  const { timeout = 0, skipped = 0 } = lookups
  // Whoever is done before the fifth failure has started one more.
  t.ok(timeout >= 5 && timeout < 10, `${timeout} asked`)
  t.equal(timeout + skipped, 1_000)
})

t.test('enrich – asks no more once its time is used up', async (t) => {
  const { asked, enrich } = await setup(t, entry, { budgetMs: 0 })
  t.same((await enrich(ids(10))).lookups, { skipped: 10 })
  t.same(asked, [])
})

t.test('enrich – keeps a bounded amount', async (t) => {
  const { asked, enrich } = await setup(t, entry, { cacheChars: 200 })
  t.equal((await enrich(ids(100))).facts.size, 100, 'answers count although they fall out of the cache')
  await enrich(ids(100))
  t.ok(asked.length > 150, 'and are asked for again')
})

t.test('enrich – options are checked', async (t) => {
  t.throws(() => createEnricher({ url: 'https://c.example/{itemid}', fields: ['Species'] }), /no attribute name/)
  t.throws(() => createEnricher({ url: 'https://c.example/', fields: ['species'] }), /must have \{itemid\}/)
})
