import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { type Config, ConfigError } from './config.ts'

/** What closing may take beyond the deadlines that clicks have: closing sockets, logs, the last answers. */
const CLOSE_MARGIN_MS = 7000

/** npm, a shell and a terminal pass one Ctrl-C on more than once. */
const SAME_SIGNAL_MS = 1000

/**
 * Ends the process as the load balancer needs it: at SIGTERM or SIGINT not ready, served for DRAIN_DELAY_MS, then no
 * new requests, what is in flight answered, exit 0. A later signal, or a time-out, exits 1 and says what was in flight.
 *
 * @param close ends the rest of the process when the app is closed
 */
export function closeOnSignal(app: FastifyInstance, config: Config, close = async () => {}): void {
  const { DRAIN_DELAY_MS, DELIVERY_TIMEOUT_MS } = config
  const abandoned = () =>
    app.log.error({ clicks: app.ledger.inFlight }, 'exiting with clicks that were not answered 200')
  const { close: finish } = closeWithGrace(
    {
      delay: DRAIN_DELAY_MS + DELIVERY_TIMEOUT_MS + CLOSE_MARGIN_MS,
      logger: false,
      onTimeout: abandoned,
      skip: ['SIGTERM', 'SIGINT'],
    },
    async ({ err }) => {
      if (err) app.log.fatal({ err }, 'closing after an error that nothing handled')
      app.drain()
      await sleep(DRAIN_DELAY_MS)
      await app.close()
      await close()
      app.log.info('closed: every click is answered')
    },
  )

  let first: { signal: string; at: number } | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === undefined) {
        first = { signal, at: now }
        app.log.info({ signal }, 'draining')
        void finish()
      } else if (first.signal !== signal || now - first.at > SAME_SIGNAL_MS) {
        abandoned()
        process.exit(1)
      }
    })
  }
}

/** Ends a process that could not start: one line for what a person can mend, the stack for what only we can. */
export function failToStart(error: unknown): never {
  const { message, stack, code } = error as NodeJS.ErrnoException
  const mendable = error instanceof ConfigError || typeof code === 'string'
  process.stderr.write(`clicklake: ${mendable ? message : (stack ?? message)}\n`)
  process.exit(1)
}
