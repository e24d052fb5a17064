/** Clients that misbehave, and clients that are too many. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { MIXTURE, makeClick } from '../clicks.ts'
import { KEY } from '../driver.ts'
import { late } from '../firehose-faults.ts'
import { finish, startPipeline } from '../pipeline.ts'
import { createRandom } from '../random.ts'

const MIB = 1024 * 1024

/** Connections whose request never ends: the headers and a part of the body. */
const STALLED = 200

/** The product's time for a request is 20 s; Node.js looks at all connections every 30 s. */
const LONGEST_STALL_MS = 55_000

/** MiB; a task has 512 or more. */
const MAX_RSS = 300

/**
 * The heap that Node.js gives itself in a task of 512 MiB. On this machine, which has more, it would let garbage lie
 * that a task collects: the same load then takes 380 to 460 MiB.
 */
const HEAP_OF_A_TASK = '--max-old-space-size=256 --max-semi-space-size=16'

export default [
  {
    name: 'a third of the clients leaves before the answer',
    async run(context) {
      const pipeline = await startPipeline(context, { fault: late(60) })
      const { book, service } = pipeline
      await pipeline.drive({ impatient: 0.33, patienceMs: 60 })
      // What was in flight for clients that have left is still delivered.
      const deadline = performance.now() + 5000
      while ((await service.metric('clicklake_clicks_in_flight')) > 0 && performance.now() < deadline) await sleep(20)
      return finish(pipeline, {
        'some were not answered': book.unanswered > 100,
        'the others were': book.retries === book.overloaded && book.unanswered < book.entries.size / 2,
        'nothing stays in flight': performance.now() < deadline,
      })
    },
  },
  {
    name: 'bodies that stall: neighbours, memory, time-out',
    patient: true,
    async run(context) {
      const pipeline = await startPipeline(context)
      const { book, service } = pipeline
      const stop = new AbortController()
      const sockets = await Promise.all(Array.from({ length: STALLED }, (_, n) => stall(service.port, n)))
      context.scope.defer(() => {
        for (const socket of sockets) socket.destroy()
      })
      const started = performance.now()
      const closed = Promise.all(sockets.map((socket) => once(socket, 'close')))
      const driving = pipeline.drive({
        stop: stop.signal,
        clicks: Number.POSITIVE_INFINITY,
        connections: 8,
        pauseMs: 100,
      })
      const ended = await Promise.race([closed.then(() => true), sleep(LONGEST_STALL_MS, false)])
      const seconds = Math.round((performance.now() - started) / 1000)
      stop.abort()
      await driving
      return finish(
        pipeline,
        {
          'every stalled connection is closed by the server': ended,
          'neighbours are served': book.ok === book.count(({ valid }) => valid) && book.slowest < 2000,
          'memory is bounded': service.maxRss() < MAX_RSS,
        },
        `${STALLED} stalled connections were closed after ${seconds} s at most; slowest neighbour ${Math.round(book.slowest)} ms`,
      )
    },
  },
  {
    name: 'every requestid is sent twice',
    async run(context) {
      const pipeline = await startPipeline(context)
      const { book, firehose } = pipeline
      const clicks = 3000
      // The same name draws the same ids and requests: the second run sends what the first has sent.
      await pipeline.drive({ clicks, connections: 8 })
      const once = book.entries.size
      await pipeline.drive({ clicks, connections: 8 })
      const twice = book.count(({ ok }) => ok === 2)
      const rows = [...firehose.stored.counts].every(([id, count]) => book.entries.get(id)?.ok === count)
      return finish(pipeline, {
        'nearly all are ok twice': twice > 0.9 * (book.ok - (book.entries.size - once)),
        'each ok is a row': rows,
      })
    },
  },
  {
    name: 'four times the clients, slow Firehose, a buffer of 16 MiB',
    async run(context) {
      const env = { BUFFER_BYTES: String(16 * MIB), DELIVERY_TIMEOUT_MS: '4000', NODE_OPTIONS: HEAP_OF_A_TASK }
      const pipeline = await startPipeline(context, { fault: late(1000), env })
      const { book, service } = pipeline
      const mixture = { single: 0.1, several: 100, padding: 9000 }
      await pipeline.drive({ connections: 96, clicks: 20_000, pauseMs: 20, mixture })
      const full = await service.metric('clicklake_clicks_refused_total', 'buffer_full')
      return finish(
        pipeline,
        {
          'the buffer was full': full > 0 && book.retries >= full,
          'memory is bounded': service.maxRss() < MAX_RSS,
          'many were taken all the same': book.ok > 1000,
          'every request was answered': book.unanswered === 0,
        },
        `${full} refused for a full buffer`,
      )
    },
  },
] satisfies Case[]

/** A request that begins well and never ends. */
async function stall(port: number, n: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // The server may answer 408 or reset: both close it.
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'connect')
  const { json } = makeClick(`stalled-${n}`, createRandom(n), { ...MIXTURE, invalid: 0 })
  const headers = [`authorization: ALLOW=${KEY}`, 'content-type: application/json', `content-length: ${json.length}`]
  // Some stall in the headers, the others in the body.
  const whole = `POST /clicklogger HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}\r\n\r\n${json}`
  socket.write(whole.slice(0, n % 4 === 0 ? 60 : -10))
  return socket
}
