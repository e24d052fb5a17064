import t from 'tap'
import { createQueue, LEASE_MS, MAX_BYTES, MAX_WAITING } from '../../../service/tracker/queue.ts'
import { createStore, type Place } from '../../../service/tracker/store.ts'
import { createPlace, makeClick, readLines, stopClock } from './fakes.ts'

const open = (place = createPlace()) => createQueue(createStore('clicklake:', place))

t.test('queue – gives the oldest first, as lines, until they are removed', async (t) => {
  const queue = open()
  const clicks = Array.from({ length: 5 }, () => makeClick())
  for (const click of clicks) t.ok(queue.push(click))
  const batch = queue.take(3)
  t.same(batch?.clicks, clicks.slice(0, 3))
  t.same(readLines(batch?.body ?? ''), clicks.slice(0, 3))
  for (const click of clicks.slice(0, 3)) queue.remove(click)
  t.same(queue.take(10)?.clicks, clicks.slice(3))
  t.notOk(queue.isEmpty(), 'taken is not removed')
})

t.test('lease – nobody else gets what was taken: until it is released, or the lease ends', async (t) => {
  const clock = stopClock(t)
  const place = createPlace()
  const [one, other] = [open(place), open(place)]
  one.push(makeClick())
  const batch = one.take(10)
  t.equal(other.take(10), undefined)
  batch?.release()
  t.same(other.take(10)?.clicks, batch?.clicks)
  t.equal(one.take(10), undefined)
  await clock.pass(LEASE_MS)
  t.same(one.take(10)?.clicks, batch?.clicks)
})

t.test('lease – one of a clock that was set back counts for nothing', async (t) => {
  const place = createPlace()
  const queue = open(place)
  const click = makeClick()
  queue.push(click)
  place['clicklake:lease:x'] = `${Date.now() + 10 * LEASE_MS} click:${click.requestid}`
  t.same(queue.take(1)?.clicks, [click])
  t.notOk('clicklake:lease:x' in place)
})

t.test('batch – stays under the bytes that may outlive a page, but for one click that is larger', async (t) => {
  const queue = open()
  const attributes = (length: number) => ({ text: '🛒'.repeat(length) })
  const clicks = [1000, 5000, 5000, 5000, 20_000, 1].map((length) => makeClick({ attributes: attributes(length) }))
  for (const click of clicks) queue.push(click)
  const batches = Array.from({ length: 3 }, () => queue.take(50))
  t.same(
    batches.map((batch) => batch?.clicks.length),
    [3, 1, 1],
  )
  for (const batch of batches) t.equal(batch?.bytes, Buffer.byteLength(batch?.body ?? ''))
  t.ok((batches[0]?.bytes ?? 0) <= MAX_BYTES)
  t.ok((batches[2]?.bytes ?? 0) > MAX_BYTES)
})

t.test('bound – takes no more than so many', async (t) => {
  const place: Place = {}
  for (let n = 1; n < MAX_WAITING; n += 1) place[`clicklake:click:${n}`] = '{}'
  const queue = open(place)
  t.ok(queue.push(makeClick()))
  t.notOk(queue.push(makeClick()))
})

t.test('a full localStorage – memory keeps what does not fit, and that goes first', async (t) => {
  const queue = open(createPlace(400))
  const clicks = Array.from({ length: 5 }, () => makeClick())
  for (const click of clicks) t.ok(queue.push(click))
  t.same(queue.take(10)?.clicks, [...clicks.slice(1), clicks[0]])
  for (const click of clicks) queue.remove(click)
  t.ok(queue.isEmpty())
})

t.test('no localStorage – memory keeps all', async (t) => {
  const queue = createQueue(createStore('clicklake:', undefined))
  const click = makeClick()
  queue.push(click)
  t.same(queue.take(10)?.clicks, [click])
  queue.remove(click)
  t.ok(queue.isEmpty())
})

t.test('what others wrote – is skipped, and removed', async (t) => {
  const click = makeClick()
  const place = Object.assign(createPlace(), {
    'clicklake:click:broken': '{"requestid":',
    'clicklake:click:null': 'null',
    'clicklake:click:stranger': JSON.stringify(makeClick()),
    theme: 'dark',
  })
  const queue = open(place)
  queue.push(click)
  t.same(queue.take(10)?.clicks, [click])
  t.same(
    Object.keys(place).filter((key) => !key.includes(':lease:')),
    ['theme', `clicklake:click:${click.requestid}`],
  )
})
