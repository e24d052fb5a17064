import { request } from 'node:http'
import Fastify from 'fastify'
import t from 'tap'
import { ownPageOnly } from '../../../../infra/local/live/own-page.ts'
import { createClients } from '../../../../service/clients.ts'
import { click } from '../../../helpers/app.ts'
import { look, startLive } from './support.ts'

t.test('events – a click is seen in each of its places', async (t) => {
  const { url, send, stream } = await startLive(t)
  const view = await look(t, url)
  t.equal(view.response.headers.get('content-type'), 'text/event-stream')
  const first = await view.until('snapshot', () => true)
  t.match(first, {
    ledger: { received: 0, mismatch: 0 },
    answers: { count: 0, p50: null },
    firehose: { fault: 'none' },
  })

  t.equal((await send('POST', '/clicks', [click({ itemid: 'm-01' }), {}])).status, 200)
  const { ledger, answers, firehose } = await view.until('snapshot', ({ answers }) => answers.count === 1)
  t.match(ledger, { received: 2, delivered: 1, inFlight: 0, rejected: { schema: 1 }, mismatch: 0 })
  t.match(firehose, { puts: 1, records: 1, slowedDown: 0 })
  t.ok(answers.p50 !== null && answers.p50 > 0 && answers.p50 < 10_000, 'a time in milliseconds')

  await stream.flush()
  const [seen] = await view.until('clicks', (clicks) => clicks.length > 0)
  t.match(seen, { itemid: 'm-01', component: 'login', userid: 'GUEST', client: url })
  t.notOk('clientip' in (seen as object) || 'useragent' in (seen as object), 'nobody’s address or browser')
  t.match((await view.until('snapshot', ({ lake }) => lake.files === 1)).lake, { clicks: 1, failedRecords: 0 })
  const { parquet } = await view.until('files', ({ parquet }) => parquet.count === 1)
  t.match(parquet.newest, [{ key: /^clicks\/dt=.*\.parquet$/, clicks: 1 }])
  t.equal(parquet.bytes, parquet.newest[0]?.bytes)
})

t.test('events – who comes later sees the last clicks too', async (t) => {
  const { url, send, stream } = await startLive(t)
  await send('POST', '/clicks', [click({ requestid: 'a' }), click({ requestid: 'b' })])
  await stream.flush()
  const clicks = await (await look(t, url)).until('clicks', () => true)
  t.same(
    clicks.map(({ requestid }) => requestid),
    ['b', 'a'],
  )
})

t.test('faults – down: clicks are parked, and replay brings them back', async (t) => {
  const { url, send, stream } = await startLive(t, { DELIVERY_TIMEOUT_MS: '300' })
  const view = await look(t, url)
  t.same(await (await send('PUT', '/live/faults', { fault: 'down' })).json(), { fault: 'down' })
  t.equal((await view.until('snapshot', ({ firehose }) => firehose.fault === 'down')).ledger.received, 0)
  t.equal((await send('POST', '/clicks', click())).status, 200, 'answered 200 all the same')
  const { ledger, delivery } = await view.until('snapshot', ({ ledger }) => ledger.spilled === 1)
  t.match(ledger, { delivered: 0, mismatch: 0 })
  t.ok(delivery.outageSeconds > 0, 'the service knows')
  t.match(await view.until('files', ({ spill }) => spill.count > 0), {
    spill: { count: 1, newest: [{ key: /^spill\// }] },
  })

  await send('PUT', '/live/faults', { fault: 'none' })
  const answer = await send('POST', '/live/replay')
  t.same(await answer.json(), { objects: 1, clicks: 1, left: 0, problems: [] })
  await view.until('files', ({ spill }) => spill.count === 0)
  t.match((await view.until('snapshot', ({ replay }) => !replay.running)).replay, { clicks: 1 })
  await stream.flush()
  await view.until('files', ({ parquet }) => parquet.count === 1)
})

t.test('faults – one that there is not: 400 that names those there are', async (t) => {
  const { send, faults } = await startLive(t)
  for (const body of [{ fault: 'broken' }, {}, null, 'down', [[]]]) {
    const answer = await send('PUT', '/live/faults', body)
    t.match(await answer.json(), { statusCode: 400, message: /none, throttled, down/ }, JSON.stringify(body))
  }
  t.equal(faults.current, 'none')
})

t.test('own page – other sites can neither change nor read anything', async (t) => {
  const { url, send, faults } = await startLive(t)
  const { port } = new URL(url)
  const refused: [string, Record<string, string>][] = [
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: `http://127.0.0.1:${Number(port) - 1}` }],
    ['a name for this machine’s address that is not its own', { origin: `http://localhost:${port}` }],
    ['an opaque origin', { origin: 'null' }],
    ['a site that the browser calls foreign', { 'sec-fetch-site': 'cross-site' }],
    ['another port, as the browser says it', { 'sec-fetch-site': 'same-site' }],
  ]
  for (const [what, headers] of refused) {
    const put = await send('PUT', '/live/faults', { fault: 'down' }, headers)
    t.match(await put.json(), { statusCode: 403, code: 'CLK_NOT_OWN_PAGE' }, what)
    t.equal((await send('POST', '/live/query', { sql: 'SELECT 1' }, headers)).status, 403, what)
    t.equal((await send('POST', '/live/replay', undefined, headers)).status, 403, what)
    t.equal((await send('GET', '/live/events', undefined, headers)).status, 403, what)
  }
  t.equal((await fetch(`${url}/live/faults`, { method: 'PUT' })).status, 403, 'without an origin')
  t.equal(faults.current, 'none')
})

t.test('own page – a foreign name that resolves to this machine is no way in', async (t) => {
  const { url, send } = await startLive(t)
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const headers = { host: 'evil.example', 'sec-fetch-site': 'same-origin' }
  request(`${url}/live/events`, { headers }, (response) => {
    resolve(response.statusCode)
    response.destroy()
  }).end()
  t.equal(await promise, 403)
  t.equal((await send('GET', '/live/queries', undefined, { 'sec-fetch-site': 'same-origin' })).status, 200)
})

t.test('own page – another machine, whatever headers it sends', async (t) => {
  for (const [onThisMachine, remoteAddress, status] of [
    [true, '192.168.1.77', 403],
    [true, '127.0.0.1', 200],
    [true, '::ffff:127.0.0.1', 200],
    [true, '::1', 200],
    [false, '172.17.0.1', 200],
  ] as const) {
    const app = Fastify()
    t.teardown(() => app.close())
    const onRequest = ownPageOnly(createClients({}, ['http://localhost:*']), onThisMachine)
    app.put('/', { onRequest }, async () => 'ok')
    const headers = { host: 'localhost:3000', origin: 'http://localhost:3000' }
    const { statusCode } = await app.inject({ method: 'PUT', url: '/', headers, remoteAddress })
    t.equal(statusCode, status, `${remoteAddress}, ${onThisMachine}`)
  }
})

t.test('replay – a run that failed does not spoil the next one', async (t) => {
  const { send, faults } = await startLive(t, { DELIVERY_TIMEOUT_MS: '300' })
  faults.current = 'down'
  t.equal((await send('POST', '/clicks', click())).status, 200)
  t.match(await (await send('POST', '/live/replay')).json(), { objects: 0, left: 1 })
  faults.current = 'none'
  t.match(await (await send('POST', '/live/replay')).json(), { objects: 1, left: 0, problems: [] })
})

t.test('page – from here only, by a strict policy', async (t) => {
  const { url } = await startLive(t)
  const page = await fetch(`${url}/live`)
  t.equal(page.status, 200)
  t.match(page.headers.get('content-security-policy'), /^default-src 'self'; object-src 'none'/)
  const text = await page.text()
  const places = [...text.matchAll(/(?:src|href)="(\/live\/[^"]+)"/g)].map(([, place]) => place as string)
  t.ok(places.length >= 3)
  for (const place of places) t.equal((await fetch(`${url}${place}`)).status, 200, place)
  t.notMatch(text, /<script>|style=|https?:/, 'nothing inline, nothing from elsewhere')
  t.equal((await fetch(`${url}/live/main.ts`)).status, 404, 'no sources')
})

t.test('close – ends open streams, and leaves no timer', async (t) => {
  const { url, close } = await startLive(t)
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const view = await look(t, url)
  await view.until('snapshot', () => true)
  const whileLooking = timers()
  const began = performance.now()
  await Promise.all([view.ended(), close()])
  t.ok(performance.now() - began < 5000, 'at once')
  t.ok(timers() < whileLooking)
})
