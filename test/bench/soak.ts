/** Memory of the service: for minutes at full load, and while Firehose is down. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createSamples, one } from './bodies.ts'
import type { Child } from './child.ts'
import { APPLICATION, CONTENDERS, type Stub } from './contenders.ts'
import { type Delivered, driveService } from './drive.ts'
import { mebibytes, median, number, progress, type Section } from './report.ts'

const CONNECTIONS = 2000

/** How often memory is looked at. */
const SAMPLE_SECONDS = 5
const OUTAGE_SAMPLE_SECONDS = 0.5

/** A short run has as many samples at least. */
const LEAST_SAMPLES = 20

/** Normal service, an outage of Firehose, and normal service again. */
const BEFORE_SECONDS = 5
const OUTAGE_SECONDS = 20
const AFTER_SECONDS = 10

interface Sample {
  readonly seconds: number
  readonly rss: number
}

interface Soaked extends Delivered {
  readonly samples: readonly Sample[]
}

/** Each part in a process of its own: what one allocated would hide what the other does. */
export async function soak(stub: Stub, minutes: number): Promise<Section> {
  const full = await soakFully(stub, minutes * 60)
  const outage = await soakInOutage(stub)
  const [early, late] = [fifth(full.samples, 1), fifth(full.samples, 4)]
  const row = (name: string, { perSecond, answered, failed, samples }: Soaked) => [
    name,
    number(perSecond),
    number(answered),
    number(failed),
    mebibytes(median(samples.map(({ rss }) => rss))),
    mebibytes(most(samples)),
  ]
  return {
    name: 'soak',
    tables: [
      {
        title: `Memory: one click a request, ${number(CONNECTIONS)} connections as fast as answers come`,
        head: ['', 'answered 200/s', 'answered 200', 'refused', 'median MiB', 'most MiB'],
        rows: [row(`${minutes} minutes`, full), row(`${OUTAGE_SECONDS} s without Firehose`, outage)],
      },
    ],
    targets: [
      {
        what: 'resident at full load',
        measured: inMebibytes(most(full.samples)),
        unit: ' MiB',
        bound: { atMost: 200 },
      },
      { what: 'its last fifth over its second', measured: late / early, unit: '', bound: { atMost: 1.1 } },
      {
        what: 'resident around an outage',
        measured: inMebibytes(most(outage.samples)),
        unit: ' MiB',
        bound: { atMost: 150 },
      },
    ],
    data: { full, outage },
  }
}

async function soakFully(stub: Stub, seconds: number): Promise<Soaked> {
  await using service = await CONTENDERS.Clicklake(stub)
  // Awaited here: the service is stopped at the end of this function.
  return await watch(service, load(stub, service, seconds), Math.min(SAMPLE_SECONDS, seconds / LEAST_SAMPLES))
}

async function soakInOutage(stub: Stub): Promise<Soaked> {
  await using service = await CONTENDERS.Clicklake(stub)
  const loading = load(stub, service, BEFORE_SECONDS + OUTAGE_SECONDS + AFTER_SECONDS)
  const [soaked] = await Promise.all([watch(service, loading, OUTAGE_SAMPLE_SECONDS), breakDown(stub)])
  return soaked
}

async function breakDown(stub: Stub): Promise<void> {
  await sleep(BEFORE_SECONDS * 1000)
  progress('Firehose is down')
  await stub.setDown(true)
  await sleep(OUTAGE_SECONDS * 1000)
  await stub.setDown(false)
  progress('Firehose is back')
}

const load = (stub: Stub, service: Child, seconds: number) =>
  driveService(stub, service, { ...APPLICATION, connections: CONNECTIONS, body: one(createSamples()), seconds }, 1)

/** Looks at the service's memory until the load ends. */
async function watch(service: Child, loading: Promise<Delivered>, interval: number): Promise<Soaked> {
  const began = performance.now()
  const samples: Sample[] = []
  let loaded: Delivered | undefined
  while (loaded === undefined) {
    loaded = await Promise.race([loading, sleep(interval * 1000, undefined)])
    const { rss } = await service.usage()
    const seconds = (performance.now() - began) / 1000
    samples.push({ seconds, rss })
    progress(`${number(seconds, 1)} s: ${mebibytes(rss)} MiB`)
  }
  return { ...loaded, samples }
}

const inMebibytes = (bytes: number) => bytes / 2 ** 20

const most = (samples: readonly Sample[]) => Math.max(...samples.map(({ rss }) => rss))

/** The median of one fifth of the time. @param nth from 0 */
function fifth(samples: readonly Sample[], nth: number): number {
  const at = (fifths: number) => Math.floor((samples.length * fifths) / 5)
  return median(samples.slice(at(nth), at(nth + 1)).map(({ rss }) => rss))
}
