import t, { type Test } from 'tap'
import { createQueue, LEASE_MS, MAX_BYTES, MAX_CLICKS, MAX_LAST_CLICKS } from '../../../service/tracker/queue.ts'
import { createSender } from '../../../service/tracker/sender.ts'
import { createStore, type Place } from '../../../service/tracker/store.ts'
import type { Click, Rejection } from '../../../service/tracker/types.ts'
import { answerFetch, createLocks, createPlace, makeClick, ok, readLines, stopClock, unavailable } from './fakes.ts'

const URL = 'https://clicks.example/clicks'
const PATIENCE_MS = 300

/** One tab. */
function openTab(place?: Place) {
  const store = createStore('clicklake:', place)
  const queue = createQueue(store)
  const rejections: Rejection[] = []
  const sender = createSender(URL, store, queue, (rejection) => rejections.push(rejection))
  const click = (changes: Partial<Click> = {}) => {
    const made = makeClick(changes)
    queue.push(made)
    void sender.send()
    return made
  }
  return { queue, sender, rejections, click }
}

/** A browser whose requests do not outlive a page. It takes beacons, as many as given. */
function takeBeacons(t: Test, count = 100): (readonly Click[])[] {
  const beacons: (readonly Click[])[] = []
  const sendBeacon = (_url: string, body: string) => beacons.length < count && beacons.push(readLines(body)) > 0
  t.intercept(globalThis, 'navigator', { value: { locks: createLocks(), onLine: true, sendBeacon } })
  t.intercept(globalThis, 'Request', { value: class {} })
  return beacons
}

/** A browser of today. */
function stayOnLine(t: Test, onLine = true) {
  t.intercept(globalThis, 'navigator', { value: { locks: createLocks(), onLine } })
}

t.test('send – clicks gather, and leave as text without a credential, when they are safe', async (t) => {
  const clock = stopClock(t)
  const requests = answerFetch(t, ok)
  const tab = openTab()
  const clicks = [tab.click(), tab.click()]
  await clock.pass(100)
  clicks.push(tab.click())
  t.equal(requests.length, 0)
  await clock.pass(PATIENCE_MS)
  t.equal(requests.length, 1)
  t.same(requests[0]?.clicks, clicks)
  t.match(requests[0]?.init, { method: 'POST', keepalive: true, credentials: 'omit', headers: undefined })
  t.ok(tab.queue.isEmpty())
})

t.test('send – in batches', async (t) => {
  const clock = stopClock(t)
  const requests = answerFetch(t, ok)
  const tab = openTab()
  for (let n = 0; n < 2 * MAX_CLICKS + 1; n += 1) tab.click()
  await clock.pass(5 * PATIENCE_MS)
  t.same(
    requests.map(({ clicks }) => clicks.length),
    [MAX_CLICKS, MAX_CLICKS, 1],
  )
})

t.test('a click too large to outlive the page – is sent without keepalive', async (t) => {
  const clock = stopClock(t)
  const requests = answerFetch(t, ok)
  openTab().click({ attributes: { text: '🛒'.repeat(20_000) } })
  await clock.pass(PATIENCE_MS)
  t.equal(requests[0]?.init.keepalive, false)
})

t.test('results – ok and rejected leave, retry stays; the page is told of what was rejected', async (t) => {
  const clock = stopClock(t)
  const results = [{ status: 'ok' }, { status: 'rejected', reason: 'too old' }, { status: 'retry', reason: 'full' }]
  const requests = answerFetch(t, () => Response.json({ status: 'PARTIAL', results }), ok)
  const tab = openTab()
  const [, bad, late] = [tab.click(), tab.click(), tab.click()]
  await clock.pass(PATIENCE_MS)
  t.same(tab.rejections, [{ click: bad, reason: 'too old' }])
  await clock.pass(2000 + PATIENCE_MS)
  t.same(requests[1]?.clicks, [late])
  t.ok(tab.queue.isEmpty())
})

t.test('one that spoils a body – is found, and its neighbours are delivered', async (t) => {
  const clock = stopClock(t)
  const error = { code: 'CLK_MALFORMED_BODY', message: 'The body cannot be read.' }
  const requests = answerFetch(t, (clicks) =>
    clicks.some(({ itemid }) => itemid === 'bad') ? Response.json(error, { status: 400 }) : ok(),
  )
  const tab = openTab()
  const bad = Array.from({ length: 20 }, (_, n) => tab.click({ itemid: n === 13 ? 'bad' : 'good' }))[13]
  await clock.pass(20 * PATIENCE_MS)
  t.same(tab.rejections, [{ click: bad, reason: error.message }])
  t.ok(tab.queue.isEmpty())
  const delivered = requests
    .map(({ clicks }) => clicks)
    .filter((clicks) => clicks.every(({ itemid }) => itemid === 'good'))
  t.equal(new Set(delivered.flat().map(({ requestid }) => requestid)).size, 19)
  t.equal(delivered.flat().length, 19, 'once')
  for (let n = 0; n < 3 * MAX_CLICKS; n += 1) tab.click()
  await clock.pass(20 * PATIENCE_MS)
  t.ok(
    requests.some(({ clicks }) => clicks.length === MAX_CLICKS),
    'batches grow again',
  )
})

t.test('failures – the same clicks with the same requestids later, and later each time', async (t) => {
  const clock = stopClock(t)
  const requests = answerFetch(
    t,
    () => new TypeError('Failed to fetch'),
    () => unavailable(),
    ok,
  )
  const tab = openTab()
  const click = tab.click()
  await clock.pass(PATIENCE_MS)
  t.equal(requests.length, 1)
  const second = tab.click()
  await clock.pass(1500)
  t.equal(requests.length, 1, 'a new click does not end the wait')
  await clock.pass(1000)
  t.equal(requests.length, 2)
  await clock.pass(3500)
  t.equal(requests.length, 2)
  await clock.pass(1000)
  t.same(requests[2]?.clicks, [click, second])
  t.ok(tab.queue.isEmpty())
})

t.test('send now – ends the back-off', async (t) => {
  const clock = stopClock(t)
  const requests = answerFetch(t, () => unavailable(), ok)
  const tab = openTab()
  tab.click()
  await clock.pass(PATIENCE_MS)
  const sent = tab.sender.send(true)
  await clock.pass(PATIENCE_MS)
  await sent
  t.equal(requests.length, 2)
})

t.test('Retry-After – is waited for by every tab, whatever they are told', async (t) => {
  const clock = stopClock(t)
  const beacons = takeBeacons(t)
  const requests = answerFetch(t, () => unavailable({ 'retry-after': '20' }), ok)
  const place = createPlace()
  const tab = openTab(place)
  tab.click()
  await clock.pass(PATIENCE_MS)
  const other = openTab(place)
  other.click()
  void other.sender.send(true)
  void tab.sender.send(true)
  tab.sender.handOver()
  await clock.pass(29_000)
  t.equal(requests.length, 1)
  t.same(beacons, [])
  await clock.pass(2000)
  t.equal(requests.length, 2)
  t.equal(requests[1]?.clicks.length, 2)
})

t.test('hidden – what waits is sent at once, and leaves when its answer is seen', async (t) => {
  const clock = stopClock(t)
  stayOnLine(t)
  const requests = answerFetch(t, ok)
  const place = createPlace()
  const tab = openTab(place)
  const clicks = [tab.click(), tab.click()]
  tab.sender.handOver()
  tab.sender.handOver()
  t.equal(requests.length, 1, 'before the linger, and once')
  t.same(requests[0]?.clicks, clicks)
  t.match(requests[0]?.init, { keepalive: true, credentials: 'omit' })
  await clock.pass(2 * LEASE_MS)
  t.equal(requests.length, 1)
  t.ok(tab.queue.isEmpty())
})

t.test('hidden – what was not taken then is sent later', async (t) => {
  const clock = stopClock(t)
  stayOnLine(t)
  const requests = answerFetch(t, () => unavailable(), ok)
  const tab = openTab(createPlace())
  const click = tab.click()
  tab.sender.handOver()
  await clock.pass(2000 + PATIENCE_MS)
  t.same(
    requests.map(({ clicks }) => clicks),
    [[click], [click]],
  )
  t.ok(tab.queue.isEmpty())
})

t.test('hidden – without a network nothing is handed over, and nothing leased', async (t) => {
  const clock = stopClock(t)
  stayOnLine(t, false)
  const requests = answerFetch(t, ok)
  const place = createPlace()
  const tab = openTab(place)
  const click = tab.click()
  tab.sender.handOver()
  t.equal(requests.length, 0)
  t.same(tab.queue.take(1)?.clicks, [click], 'the next page may have it at once')
  await clock.pass(0)
})

t.test('hidden – a beacon takes what waits; it is sent once more when nobody knows its answer', async (t) => {
  const clock = stopClock(t)
  const beacons = takeBeacons(t)
  const requests = answerFetch(t, ok)
  const place = createPlace()
  const tab = openTab(place)
  const click = tab.click()
  tab.sender.handOver()
  tab.sender.handOver()
  t.same(beacons, [[click]], 'once')
  void openTab(place).sender.send(true)
  await clock.pass(LEASE_MS - 1000)
  t.equal(requests.length, 0)
  await clock.pass(2000)
  t.same(
    requests.map(({ clicks }) => clicks),
    [[click]],
    'by one of the tabs',
  )
  t.ok(tab.queue.isEmpty())
})

t.test('hidden – what is being sent needs no beacon', async (t) => {
  const clock = stopClock(t)
  const beacons = takeBeacons(t)
  const { promise, resolve } = Promise.withResolvers<Response>()
  t.intercept(globalThis, 'fetch', { value: () => promise })
  const tab = openTab(createPlace())
  tab.click()
  await clock.pass(PATIENCE_MS)
  const later = tab.click()
  tab.sender.handOver()
  t.same(beacons, [[later]])
  resolve(ok())
  await clock.pass(PATIENCE_MS)
  t.notOk(tab.queue.isEmpty(), 'nobody knows of the second')
})

t.test('hidden – what the browser takes no more of is sent like others', async (t) => {
  const clock = stopClock(t)
  takeBeacons(t, 0)
  const requests = answerFetch(t, ok)
  const tab = openTab(createPlace())
  const clicks = [tab.click(), tab.click()]
  tab.sender.handOver()
  await clock.pass(PATIENCE_MS)
  t.same(requests[0]?.clicks, clicks)
})

t.test('hidden – of a backlog one request is handed over, and the rest is nobody’s', async (t) => {
  const clock = stopClock(t)
  stayOnLine(t)
  const { promise, resolve } = Promise.withResolvers<Response>()
  const bodies: string[] = []
  t.intercept(globalThis, 'fetch', {
    value: (_url: string, { body }: { body: string }) => bodies.push(body) && promise,
  })
  const tab = openTab(createPlace())
  const large = makeClick({ attributes: { text: '🛒'.repeat(20_000) } })
  tab.queue.push(large)
  const small = Array.from({ length: MAX_LAST_CLICKS + 1 }, () => makeClick())
  for (const click of small) tab.queue.push(click)
  tab.sender.handOver()
  t.equal(bodies.length, 1)
  t.ok(Buffer.byteLength(bodies[0] as string) <= MAX_BYTES)
  const handed = readLines(bodies[0] as string)
  t.same(handed, small.slice(0, handed.length))
  t.same(tab.queue.take(1)?.clicks, [large], 'the next page may have it at once')
  resolve(ok())
  await clock.pass(0)
})

t.test('hidden – what memory alone holds goes first, and also while the service wants to be left alone', async (t) => {
  const clock = stopClock(t)
  stayOnLine(t)
  const requests = answerFetch(t, () => unavailable({ 'retry-after': '20' }), ok)
  const place = createPlace(1200)
  const tab = openTab(place)
  tab.click()
  await clock.pass(PATIENCE_MS)
  t.equal(requests.length, 1)
  const clicks = Array.from({ length: 20 }, () => tab.click())
  const kept = Object.keys(place).join()
  const inMemory = clicks.filter(({ requestid }) => !kept.includes(requestid))
  t.ok(inMemory.length > 1 && inMemory.length < clicks.length, 'some are kept, some are not')
  tab.sender.handOver()
  t.same(requests[1]?.clicks.slice(0, inMemory.length), inMemory)
  await clock.pass(0)
})

for (const locks of [createLocks(), undefined])
  t.test(`tabs – send each click once ${locks ? 'with' : 'without'} Web Locks`, async (t) => {
    const clock = stopClock(t)
    t.intercept(globalThis, 'navigator', { value: { locks } })
    const requests = answerFetch(t, ok)
    const place = createPlace()
    const tabs = Array.from({ length: 3 }, () => openTab(place))
    const clicks = Array.from({ length: 200 }, (_, n) => (tabs[n % 3] as (typeof tabs)[0]).click())
    await clock.pass(30 * PATIENCE_MS)
    const sent = requests.flatMap(({ clicks }) => clicks.map(({ requestid }) => requestid))
    t.same(sent.toSorted(), clicks.map(({ requestid }) => requestid).toSorted())
    t.ok(tabs[0]?.queue.isEmpty())
  })

t.test('without Web Locks – a tab that went away with the lock does not stop the others', async (t) => {
  const clock = stopClock(t)
  t.intercept(globalThis, 'navigator', { value: {} })
  const requests = answerFetch(t, ok)
  const place = createPlace()
  place['clicklake:lock'] = `gone ${Date.now() + 10_000}`
  openTab(place).click()
  await clock.pass(9_000)
  t.equal(requests.length, 0)
  await clock.pass(2_000)
  t.equal(requests.length, 1)
})
