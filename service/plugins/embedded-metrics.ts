import { monitorEventLoopDelay } from 'node:perf_hooks'
import fp from 'fastify-plugin'
import type { Config } from '../config.ts'
import type { Ledger } from '../delivery/ledger.ts'
import { embed, METRICS } from '../metric-names.ts'

/** CloudWatch keeps our metrics by the minute, and alarms look at minutes: more often would only cost. */
export const INTERVAL_MS = 60_000

/** How often the event loop's delay is measured. The histogram's values are this much too large. */
const RESOLUTION_MS = 20

/**
 * Writes the ledger's numbers to the log once a minute, for CloudWatch, and once more at the end.
 * For a deployment whose log CloudWatch reads; elsewhere the lines are noise, and /metrics has the same numbers.
 */
export default fp<Pick<Config, 'DELIVERY_STREAM'>>(
  async (app, { DELIVERY_STREAM }) => {
    const { ledger, delivery } = app
    // LOG_LEVEL says which messages are wanted. These are measurements: alarms take their absence for a failure.
    const log = app.log.child({}, { level: 'info' })
    const eventLoop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    eventLoop.enable()
    let last = count(ledger)

    function write(): void {
      const now = count(ledger)
      const rejected = increase(last.rejected, now.rejected)
      const refused = increase(last.refused, now.refused)
      const mismatch = ledger.mismatch()
      log.info(
        {
          ...embed(METRICS, DELIVERY_STREAM, {
            Received: now.received - last.received,
            Delivered: now.delivered - last.delivered,
            Spilled: now.spilled - last.spilled,
            Rejected: sum(rejected),
            Refused: sum(refused),
            Dropped: sum(now.dropped) - sum(last.dropped),
            InFlight: ledger.inFlight,
            BufferBytes: delivery.bufferedBytes,
            LedgerMismatch: Math.abs(mismatch),
            EventLoopDelay: Math.max(0, eventLoop.percentile(99) / 1e6 - RESOLUTION_MS),
          }),
          // For whoever reads the line. As metrics they would cost as much again, for what is asked once a year.
          rejected,
          refused,
          mismatch,
        },
        'metrics',
      )
      last = now
      eventLoop.reset()
    }

    // A process whose server is closed must not wait for the next minute.
    const timer = setInterval(write, INTERVAL_MS).unref()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      write()
      eventLoop.disable()
    })
  },
  { name: 'embedded-metrics', dependencies: ['delivery'] },
)

type Reasons = Readonly<Record<string, number>>

/** The ledger's counters at this moment. */
function count({ received, delivered, spilled, rejected, refused, dropped }: Ledger) {
  return { received, delivered, spilled, rejected: { ...rejected }, refused: { ...refused }, dropped: { ...dropped } }
}

const increase = (from: Reasons, to: Reasons): Reasons =>
  Object.fromEntries(Object.entries(to).map(([reason, n]) => [reason, n - (from[reason] ?? 0)]))

const sum = (reasons: Reasons) => Object.values(reasons).reduce((total, n) => total + n, 0)
