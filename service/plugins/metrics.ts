import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Counts and times requests, and shows them and the ledger to Prometheus at /metrics, inside the network only. */
export default fp(
  async (app) => {
    const { ledger, delivery, quarantine } = app
    const registry = new Registry()
    const registers = [registry]
    collectDefaultMetrics({ register: registry })

    const requests = new Counter({
      name: 'clicklake_requests_total',
      help: 'Requests by route, status and error code',
      labelNames: ['route', 'status', 'code'],
      registers,
    })
    const seconds = new Histogram({
      name: 'clicklake_answer_seconds',
      help: 'Time from a request’s headers to its answer, by route',
      labelNames: ['route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    const meters = new Map<string, ReturnType<typeof createMeter>>()
    const createMeter = (route: string) => ({
      taken: requests.labels(route, '200', ''),
      seconds: seconds.labels(route),
    })
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none'
      let meter = meters.get(route)
      if (meter === undefined) {
        meter = createMeter(route)
        meters.set(route, meter)
      }
      if (reply.statusCode === 200) meter.taken.inc()
      else requests.inc({ route, status: reply.statusCode, code: reply.errorCode ?? '' })
      meter.seconds.observe(reply.elapsedTime / 1000)
      done()
    })

    // The ledger counts; here its numbers are read, when somebody asks.
    const counters = {
      received: 'Clicks received',
      delivered: 'Clicks that Firehose accepted',
      spilled: 'Clicks parked in the spill bucket',
    }
    for (const [name, help] of Object.entries(counters)) {
      new Counter({
        name: `clicklake_clicks_${name}_total`,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(ledger[name as keyof typeof counters])
        },
      })
    }
    const reasons = {
      rejected: 'No clicks, by reason',
      refused: 'Clicks that could not be made safe, by reason',
      dropped: 'Clicks left out as a policy says, by reason',
    }
    for (const [name, help] of Object.entries(reasons)) {
      new Counter({
        name: `clicklake_clicks_${name}_total`,
        help,
        labelNames: ['reason'],
        registers,
        collect() {
          this.reset()
          for (const [reason, count] of Object.entries(ledger[name as keyof typeof reasons]))
            this.inc({ reason }, count)
        },
      })
    }
    const gauges = {
      clicklake_clicks_in_flight: ['Clicks that wait or are in a put', () => ledger.inFlight],
      clicklake_ledger_mismatch: ['Clicks received that nothing accounts for: must be 0', () => ledger.mismatch()],
      clicklake_buffer_bytes: ['Bytes of clicks that wait or are in a put', () => delivery.bufferedBytes],
      clicklake_quarantine_left_out: ['Invalid clicks that were not kept in rejected/', () => quarantine.leftOut],
      clicklake_puts_in_flight: ['PutRecordBatch calls in flight', () => delivery.puts],
    } as const
    for (const [name, [help, read]] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    }

    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
      reply.type(registry.contentType)
      return registry.metrics()
    })
  },
  { name: 'metrics', dependencies: ['delivery', 'quarantine', 'errors'] },
)
