/** The service's process is ended, killed, replaced. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { late, partial } from '../firehose-faults.ts'
import { checkLedger, finish, startPipeline } from '../pipeline.ts'
import { startProxy } from '../proxy.ts'
import { startService, stopService } from '../service.ts'

/** As many clicks as the clients can send. */
const FULL = { clicks: Number.POSITIVE_INFINITY, connections: 48, pauseMs: 0 }

/** How long a load balancer may send requests to a task that drains: the task definition has 5 s. */
const DRAIN_MS = 1000

function endedBy(signal: 'SIGTERM' | 'SIGKILL', name: string, ended: number | string): Case {
  return {
    name,
    async run(context) {
      const pipeline = await startPipeline(context, { fault: late(100) })
      const { service, book } = pipeline
      const stop = new AbortController()
      const driving = pipeline.drive({ ...FULL, stop: stop.signal })
      await sleep(2000)
      const before = book.ok
      service.process.kill(signal)
      const code = await service.exit
      stop.abort()
      await driving
      return finish(pipeline, {
        [`it ends with ${ended}, not with ${code}`]: code === ended,
        'it was under load': before > 500,
        // What was in flight when the signal came has to be answered before the end, unless it is killed.
        'clicks in flight were answered': signal === 'SIGKILL' || book.ok > before,
      })
    },
  }
}

export default [
  endedBy('SIGTERM', 'SIGTERM at full load', 0),
  endedBy('SIGKILL', 'kill -9 at full load', 'SIGKILL'),
  {
    name: 'rolling restart of two instances behind a round robin',
    async run(context) {
      const pipeline = await startPipeline(context, { fault: partial(0.05), env: { DRAIN_DELAY_MS: String(DRAIN_MS) } })
      const { scope } = context
      const start = () => startService(scope, { env: pipeline.env })
      const others = await Promise.all([start(), start(), start()])
      let serving = [pipeline.service, others[0]]
      const balancer = await startProxy(scope, ports(serving))
      const driving = pipeline.drive({ url: balancer.url, clicks: 20_000, resendMs: 20_000, pauseMs: 20 })
      const problems: string[] = []
      for (const next of others.slice(1)) {
        await sleep(800)
        const [old, other] = serving as [typeof next, typeof next]
        const ending = stopService(old)
        // The load balancer notices halfway through the drain.
        await sleep(DRAIN_MS / 2)
        serving = [other, next]
        balancer.use(ports(serving))
        const code = await ending
        if (code !== 0) problems.push(`SIGTERM ended one with ${code}`)
      }
      const during = pipeline.book.ok
      await driving
      for (const service of serving) problems.push(...(await checkLedger(service)))
      const { book, firehose } = pipeline
      const outcome = await finish(pipeline, {
        'every click is ok in the end': book.ok === book.count(({ valid }) => valid),
        'clicks were sent until the end': during < book.ok,
        'Firehose has them': firehose.stored.counts.size > 0,
      })
      const note = `${book.unanswered} clicks were sent again after a connection broke`
      return { ...outcome, problems: [...outcome.problems, ...problems], note }
    },
  },
  {
    name: 'the clock jumps back an hour',
    async run(context) {
      const preload = [new URL('../clock-jump.ts', import.meta.url).pathname]
      const pipeline = await startPipeline(context, { preload })
      const { book, firehose } = pipeline
      // The clock jumps during an outage: it must end as soon as Firehose is back, not an hour later.
      for (const [n, fault, durationMs] of [
        [0, late(50), 1000],
        [1, late(60_000), 2500],
        [2, late(50), 7000],
      ] as const) {
        firehose.behave(fault)
        await pipeline.drive({ name: `${context.prefix}-${n}`, clicks: 1e6, durationMs, pauseMs: 50 })
      }
      const delivered = [...firehose.stored.counts.keys()].some((id) => id.startsWith(`${context.prefix}-2-`))
      const outcome = await finish(pipeline, {
        'every click is ok': book.ok === book.count(({ valid }) => valid),
        'answers come in time': book.slowest < 4000,
        'Firehose takes clicks again after the jump': delivered,
      })
      const { earliest, latest } = outcome.stored
      const hours = (Date.parse(latest) - Date.parse(earliest)) / 3_600_000
      if (!(hours > 0.9)) return { ...outcome, problems: [...outcome.problems, 'the clock did not jump'] }
      return outcome
    },
  },
] satisfies Case[]

const ports = (services: readonly { readonly port: number }[]) => services.map(({ port }) => port)
