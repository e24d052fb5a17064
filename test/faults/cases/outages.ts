/** Firehose, S3 or both are down. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { finish, startPipeline } from '../pipeline.ts'

const OUTAGE_MS = 20_000
const BEFORE_MS = 1000

/** Slow and few: they wait for twenty seconds beside other cases. */
const GENTLE = { clicks: Number.POSITIVE_INFINITY, connections: 12, pauseMs: 60 }

export default [
  {
    name: 'Firehose is down for 20 s, spill',
    patient: true,
    async run(context) {
      const pipeline = await startPipeline(context)
      const { book, firehose, firehoseProxy, service } = pipeline
      const driving = pipeline.drive({ ...GENTLE, durationMs: BEFORE_MS + OUTAGE_MS + 8000 })
      await sleep(BEFORE_MS)
      await firehoseProxy.down()
      await sleep(OUTAGE_MS)
      const calls = firehose.calls
      await firehoseProxy.up()
      await driving
      return finish(pipeline, {
        'every click is ok': book.ok === book.count(({ valid }) => valid),
        'no click is told to try again': book.retries === book.overloaded,
        'clicks were spilled': (await service.metric('clicklake_clicks_spilled_total')) > 0,
        'Firehose takes clicks again': firehose.calls > calls,
      })
    },
  },
  {
    name: 'Firehose is down for 20 s, no spill; clients come again',
    patient: true,
    async run(context) {
      const pipeline = await startPipeline(context, { spill: false })
      const { book, firehoseProxy } = pipeline
      const driving = pipeline.drive({ ...GENTLE, durationMs: BEFORE_MS + OUTAGE_MS + 2000, resendMs: 45_000 })
      await sleep(BEFORE_MS)
      await firehoseProxy.down()
      await sleep(OUTAGE_MS)
      await firehoseProxy.up()
      await driving
      const { retryAfter } = book
      const longest = Math.max(...retryAfter)
      return finish(
        pipeline,
        {
          'some were told to try again': book.retries > 0,
          'the first is told to come soon': (retryAfter[0] ?? Number.NaN) <= 2,
          'a later one is told to come later': longest >= 8 && longest <= 30,
          'every click is ok in the end': book.ok === book.count(({ valid }) => valid),
        },
        `Retry-After from ${retryAfter[0]} to ${longest} s`,
      )
    },
  },
  {
    name: 'Firehose and S3 are down for 8 s; clients come again',
    patient: true,
    async run(context) {
      const pipeline = await startPipeline(context)
      const { book, firehoseProxy, s3Proxy } = pipeline
      const driving = pipeline.drive({ ...GENTLE, durationMs: 12_000, resendMs: 45_000 })
      await sleep(BEFORE_MS)
      await Promise.all([firehoseProxy.down(), s3Proxy.down()])
      await sleep(8000)
      // S3 first: for a while everything is spilled.
      await s3Proxy.up()
      await sleep(1500)
      await firehoseProxy.up()
      await driving
      return finish(pipeline, {
        'some were told to try again': book.retries > 0,
        'every click is ok in the end': book.ok === book.count(({ valid }) => valid),
      })
    },
  },
  {
    name: 'S3 alone is down: nobody sees it',
    async run(context) {
      const pipeline = await startPipeline(context)
      const { book, s3Proxy } = pipeline
      await s3Proxy.down()
      await pipeline.drive({ clicks: 4000 })
      return finish(pipeline, {
        'every click is ok': book.ok === book.count(({ valid }) => valid),
        'no click is told to try again': book.retries === book.overloaded,
      })
    },
  },
  ...[true, false].map(
    (spill): Case => ({
      name: `the name of Firehose does not resolve, ${spill ? 'spill' : 'no spill'}`,
      async run(context) {
        // RFC 6761: .invalid never resolves.
        const env = { AWS_ENDPOINT_URL_FIREHOSE: 'http://firehose.invalid:4573' }
        const pipeline = await startPipeline(context, { spill, env })
        const { book } = pipeline
        await pipeline.drive(spill ? { clicks: 4000 } : { durationMs: 3000, pauseMs: 100 })
        const all = book.count(({ valid }) => valid)
        const outcome = await finish(
          pipeline,
          spill
            ? { 'every click is spilled': book.ok === all }
            : { 'no click is ok': book.ok === 0, 'every click is told to try again': book.retries === all },
        )
        return { ...outcome, nothingOk: !spill }
      },
    }),
  ),
] satisfies Case[]
