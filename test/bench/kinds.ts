/** The service with every kind of request that it takes, and with a faster and a slower Firehose. */
import { array, createPageClicks, createSamples, gzipped, lines, one, spoil } from './bodies.ts'
import type { Child } from './child.ts'
import { APPLICATION, BROWSER, CONTENDERS, PUT_MS, type Stub } from './contenders.ts'
import { type Delivered, driveService, type Load } from './drive.ts'
import { clicksPerRecord, overheadText } from './packing.ts'
import { number, progress, type Section } from './report.ts'

const WARM_UP_SECONDS = 1
const SECONDS = 4

/** So many clicks wait at once where each request has several: far below what the service buffers. */
const CLICKS_IN_FLIGHT = 20_000

interface Kind {
  readonly name: string
  /** Of one request: sent, and valid. */
  readonly clicks: number
  readonly valid?: number
  readonly body: Load['body']
  readonly as?: Pick<Load, 'path' | 'headers'>
  /** Of a put, milliseconds. */
  readonly latency?: number
}

const withHeader = (name: string, value: string) => ({
  ...APPLICATION,
  headers: { ...APPLICATION.headers, [name]: value },
})

const KINDS: readonly Kind[] = [
  { name: '1 click', clicks: 1, body: one(createSamples()) },
  ...[10, 100, 500].map((clicks) => ({ name: `${clicks} clicks`, clicks, body: array(createSamples(), clicks) })),
  {
    name: '100 clicks, gzip',
    clicks: 100,
    body: gzipped(array(createSamples(), 100)),
    as: withHeader('content-encoding', 'gzip'),
  },
  {
    name: '100 clicks, in lines',
    clicks: 100,
    body: lines(createSamples(), 100),
    as: withHeader('content-type', 'application/x-ndjson'),
  },
  { name: '100 clicks, 10 of them invalid', clicks: 100, valid: 90, body: array(spoil(createSamples()), 100) },
  { name: '1 click of a browser', clicks: 1, body: one(createSamples()), as: BROWSER },
  { name: '1 richer click', clicks: 1, body: one(createPageClicks()) },
  { name: '100 richer clicks', clicks: 100, body: array(createPageClicks(), 100) },
  ...[5, 20, 100].map((latency) => ({
    name: `1 click, puts of ${latency} ms`,
    clicks: 1,
    body: one(createSamples()),
    latency,
  })),
]

export async function measureKinds(stub: Stub): Promise<Section> {
  await using service = await CONTENDERS.Clicklake(stub)
  const measured: (readonly [Kind, Delivered])[] = []
  for (const kind of KINDS) {
    const delivered = await measure(stub, service, kind)
    progress(`${kind.name}: ${number(delivered.perSecond * kind.clicks)} clicks/s`)
    measured.push([kind, delivered])
  }
  await stub.setLatency(PUT_MS)
  return {
    name: 'kinds',
    tables: [
      {
        title: `Clicklake by kind of request, with puts of ${PUT_MS} ms`,
        head: ['', 'clicks/s', 'p50 ms', 'p99 ms', 'CPU µs a click', 'clicks a record', 'billed over sent'],
        rows: measured.map(([{ name, clicks }, { perSecond, p50, p99, cpu, counts }]) => [
          name,
          number(perSecond * clicks),
          number(p50),
          number(p99),
          number(cpu / clicks, 1),
          clicksPerRecord(counts),
          overheadText(counts),
        ]),
      },
    ],
    targets: [],
    data: measured.map(([{ name, clicks }, delivered]) => ({ name, clicks, ...delivered })),
  }
}

async function measure(stub: Stub, service: Child, kind: Kind): Promise<Delivered> {
  const { clicks, valid = clicks, body, as = APPLICATION, latency = PUT_MS } = kind
  const connections = Math.min(2000, CLICKS_IN_FLIGHT / clicks)
  await stub.setLatency(latency)
  const load = { ...as, connections, body }
  await driveService(stub, service, { ...load, seconds: WARM_UP_SECONDS }, valid)
  return driveService(stub, service, { ...load, seconds: SECONDS }, valid)
}
