/** Firehose answers badly, or not. */
import type { Case } from '../case.ts'
import {
  brokenServer,
  during,
  type Fault,
  garbage,
  incomplete,
  late,
  partial,
  reset,
  silent,
  sometimes,
  throttled,
  truncated,
} from '../firehose-faults.ts'
import { finish, type PipelineOptions, startPipeline } from '../pipeline.ts'

interface Variant {
  readonly name: string
  readonly fault: Fault
  readonly options?: PipelineOptions
  readonly clicks?: number
  /** Characters of a click: large ones make batches of several records. */
  readonly padding?: number
}

/** What the gateway waits for, less than its 30 s by a margin. */
const SLOWEST_MS = 15_000

/** With a spill bucket none of these may be seen by a client, but as a later answer. */
function everythingOk({ name, fault, options = {}, clicks = 6000, padding = 0 }: Variant): Case {
  return {
    name,
    async run(context) {
      const pipeline = await startPipeline(context, { fault, ...options })
      await pipeline.drive({ clicks, mixture: { padding } })
      const { book, firehose } = pipeline
      return finish(pipeline, {
        'every click is ok': book.ok === book.count(({ valid }) => valid),
        'no click is told to try again': book.retries === book.overloaded,
        'every request is answered': book.unanswered === 0,
        'answers come in time': book.slowest < SLOWEST_MS,
        'Firehose was called': firehose.calls > 0,
      })
    },
  }
}

/** Without one, what Firehose does not take in time is refused, and taken when the client comes again. */
function okInTheEnd({ name, fault, options = {}, clicks = 3000 }: Variant): Case {
  return {
    name,
    async run(context) {
      const pipeline = await startPipeline(context, { fault, spill: false, ...options })
      await pipeline.drive({ clicks, resendMs: 30_000 })
      const { book } = pipeline
      return finish(pipeline, {
        'some clicks were told to try again': book.retries > 0,
        'every click is ok in the end': book.ok === book.count(({ valid }) => valid),
      })
    },
  }
}

const patiently = { env: { DELIVERY_TIMEOUT_MS: '8000' } }

export default [
  everythingOk({ name: 'no fault', fault: partial(0) }),
  everythingOk({ name: '1 % of records fail', fault: partial(0.01), padding: 6000 }),
  everythingOk({ name: '30 % of records fail', fault: partial(0.3), padding: 6000 }),
  everythingOk({ name: '99 % of records fail', fault: partial(0.99), padding: 6000 }),
  everythingOk({
    name: 'calls are throttled for 3 s, deadline 8 s',
    fault: during(3000, throttled),
    options: patiently,
  }),
  everythingOk({ name: 'calls are throttled for 3 s, deadline 1.5 s', fault: during(3000, throttled) }),
  everythingOk({ name: 'half of the calls are HTTP 500', fault: sometimes(0.5, brokenServer) }),
  everythingOk({ name: '30 % of answers break off by a reset', fault: sometimes(0.3, reset) }),
  everythingOk({ name: '2 % of answers never come, deadline 8 s', fault: sometimes(0.02, silent), options: patiently }),
  everythingOk({ name: 'answers never come', fault: silent, clicks: 3000 }),
  everythingOk({ name: 'answers take 5 s, deadline 8 s', fault: late(5000), options: patiently, clicks: 2000 }),
  everythingOk({ name: '30 % of answers are cut short', fault: sometimes(0.3, truncated) }),
  everythingOk({ name: '30 % of answers are no JSON', fault: sometimes(0.3, garbage) }),
  everythingOk({ name: '30 % of answers leave a record out', fault: sometimes(0.3, incomplete), padding: 6000 }),
  okInTheEnd({ name: 'no spill: 99 % of records fail for 4 s', fault: during(4000, partial(0.99)) }),
  okInTheEnd({ name: 'no spill: answers break off for 4 s', fault: during(4000, reset) }),
]
