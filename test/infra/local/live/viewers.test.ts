import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import t from 'tap'
import { type Tick, Viewers } from '../../../../infra/local/live/viewers.ts'

/** A connection that takes what is written when it is told to. */
function connection() {
  const written: string[] = []
  let taken = () => {}
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      taken = done
    },
  })
  return { stream, written, take: () => taken(), response: stream as unknown as ServerResponse }
}

const tick = (snapshot: number, clicks: number): Tick => ({
  snapshot: { revision: snapshot, text: `s${snapshot} ` },
  clicks: { revision: clicks, text: `c${clicks} ` },
})

t.test('viewers – an event comes once, and again when it has changed', async (t) => {
  const viewers = new Viewers()
  const { response, written, take } = connection()
  viewers.add(response, () => {})
  for (const each of [tick(1, 1), tick(2, 1), tick(3, 2)]) {
    viewers.send(each)
    take()
  }
  t.same(written, ['s1 c1 ', 's2 ', 's3 c2 '])
})

t.test('viewers – one that does not read gets nothing more, and later the state of then', async (t) => {
  const viewers = new Viewers()
  const { response, stream, written, take } = connection()
  viewers.add(response, () => {})
  for (let n = 1; n <= 50; n += 1) viewers.send(tick(n, n))
  t.same(written, ['s1 c1 '])
  t.equal(stream.writableLength, 's1 c1 '.length, 'nothing piles up')
  take()
  viewers.send(tick(51, 50))
  t.same(written, ['s1 c1 ', 's51 c50 '])
})

t.test('viewers – one that never reads is let go', async (t) => {
  const viewers = new Viewers()
  const { response, stream } = connection()
  const left = new Promise<void>((resolve) => viewers.add(response, resolve))
  for (let n = 1; n <= 62; n += 1) viewers.send(tick(n, n))
  await left
  t.ok(stream.destroyed)
  t.equal(viewers.count, 0)
})

t.test('viewers – closing ends those that read, and drops the others', async (t) => {
  const viewers = new Viewers()
  const [reading, stuck] = [connection(), connection()]
  const left = [reading, stuck].map(({ response }) => new Promise<void>((resolve) => viewers.add(response, resolve)))
  viewers.send(tick(1, 1))
  reading.take()
  await new Promise(setImmediate)
  viewers.close()
  await Promise.all(left)
  t.ok(reading.stream.writableFinished)
  t.notOk(stuck.stream.writableFinished)
})
