/** The service beside servers that do less: one click a request, then a hundred, then half of what it can, then its start. */
import { run } from '../../infra/load/run.ts'
import { type Summary, summarise } from '../../infra/load/summary.ts'
import { Tally } from '../../infra/load/tally.ts'
import { array, createSamples, one } from './bodies.ts'
import { boot } from './boot.ts'
import type { Child } from './child.ts'
import { APPLICATION, CONTENDERS, type Contender, KEY, PUT_MS, type Stub, startAll } from './contenders.ts'
import { type Delivered, type Driven, drive, driveService, settle } from './drive.ts'
import { clicksPerPut, clicksPerRecord, overhead, overheadText, recordsPerPut, total } from './packing.ts'
import { mebibytes, median, number, progress, type Section, type Table, type Target } from './report.ts'

const NAMES = Object.keys(CONTENDERS) as Contender[]

const CONNECTIONS = 2000
const WARM_UP_SECONDS = 3
const ROUNDS = 5
const ROUND_SECONDS = 4

/** Clicks of a batch, and connections that send batches. */
const BATCH = 100
const BATCH_CONNECTIONS = 200
const BATCH_ROUNDS = 3

/** Requests a second of the bare server where the target for batches was set: elsewhere it is scaled. */
const REFERENCE = 44_000

const HALF_CONNECTIONS = 500
const HALF_WARM_UP_SECONDS = 2
const HALF_SECONDS = 10

const BOOTS = 5

/** Those that put clicks into Firehose: whatever they answer 200 must be there. */
const DURABLE: ReadonlySet<Contender> = new Set(['node:http, durable', 'Clicklake'])

/** Of each contender, one a round. */
type Rounds = Readonly<Record<Contender, Driven[]>> & { readonly Clicklake: Delivered[] }

export async function compare(stub: Stub): Promise<Section> {
  await using servers = new AsyncDisposableStack()
  const contenders = await startAll(NAMES, stub, servers)
  const service = contenders.Clicklake
  const rounds = await driveInTurn(stub, contenders)
  const batches = await driveBatches(stub, service)
  const half = await driveHalf(stub, service, Math.round(middle(rounds.Clicklake, 'perSecond') / 2))
  // A start has the machine for itself.
  await servers.disposeAsync()
  const boots = await measureBoots(stub)
  return {
    name: 'compare',
    tables: [contendersTable(rounds), serviceTable(rounds.Clicklake, batches), restTable(half, boots)],
    targets: targets(rounds, batches, half, boots),
    data: { rounds, batches, half, boots },
  }
}

const noRounds = () => Object.fromEntries(NAMES.map((name) => [name, []])) as unknown as Rounds

/** All contenders in each round, so that what else the machine does hits them alike. */
async function driveInTurn(stub: Stub, contenders: Readonly<Record<Contender, Child>>): Promise<Rounds> {
  const body = one(createSamples())
  const driveOne = async (name: Contender, seconds: number, rounds: Rounds) => {
    const load = { ...APPLICATION, connections: CONNECTIONS, body, seconds }
    if (DURABLE.has(name)) rounds[name].push(await driveService(stub, contenders[name], load, 1))
    else rounds[name].push(await drive(contenders[name], load))
  }
  for (const name of NAMES) {
    progress(`warm-up: ${name}`)
    await driveOne(name, WARM_UP_SECONDS, noRounds())
  }
  const rounds = noRounds()
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const name of round % 2 === 1 ? NAMES : NAMES.toReversed()) {
      await driveOne(name, ROUND_SECONDS, rounds)
      progress(`round ${round} of ${ROUNDS}: ${name} ${number(rounds[name].at(-1)?.perSecond ?? 0)}/s`)
    }
  }
  return rounds
}

async function driveBatches(stub: Stub, service: Child): Promise<Delivered[]> {
  const load = { ...APPLICATION, connections: BATCH_CONNECTIONS, body: array(createSamples(), BATCH) }
  progress(`warm-up: ${BATCH} clicks a request`)
  await driveService(stub, service, { ...load, seconds: WARM_UP_SECONDS }, BATCH)
  const rounds: Delivered[] = []
  for (let round = 1; round <= BATCH_ROUNDS; round += 1) {
    const driven = await driveService(stub, service, { ...load, seconds: ROUND_SECONDS }, BATCH)
    progress(`round ${round} of ${BATCH_ROUNDS}: ${number(driven.perSecond * BATCH)} clicks/s`)
    rounds.push(driven)
  }
  return rounds
}

/** What a click waits for where the service is not overloaded. Requests come when they are due, answered or not. */
async function driveHalf(stub: Stub, service: Child, rate: number): Promise<Summary> {
  const args = {
    url: service.url + APPLICATION.path,
    sender: { key: KEY },
    rate,
    connections: HALF_CONNECTIONS,
    clicks: 1,
    gzip: false,
    json: false,
  }
  progress(`${number(rate)} requests/s, half of the most`)
  const once = async (seconds: number) => {
    const tally = new Tally(1)
    const busyBefore = performance.eventLoopUtilization()
    const took = await run({ ...args, seconds, signal: new AbortController().signal }, tally)
    const { utilization } = performance.eventLoopUtilization(busyBefore)
    await settle(stub, tally.clicks.accepted, tally.sent)
    return summarise({ ...args, seconds }, tally, took, utilization)
  }
  await once(HALF_WARM_UP_SECONDS)
  const summary = await once(HALF_SECONDS)
  for (const warning of summary.warnings) progress(`warning: ${warning}`)
  return summary
}

/** @returns seconds of each */
async function measureBoots(stub: Stub): Promise<number[]> {
  progress(`${BOOTS} starts`)
  const click = one(createSamples())
  const seconds: number[] = []
  for (let n = 0; n < BOOTS; n += 1) seconds.push(await boot(stub.url, click()))
  await settle(stub, BOOTS, BOOTS)
  return seconds
}

const middle = (rounds: readonly Driven[], what: keyof Driven) => median(rounds.map((round) => round[what]))

/** Within one round, whose parts are neighbours in time: the machine's speed drifts. */
const ratio = (rounds: Rounds, name: Contender, base: Contender) =>
  median(rounds[name].map(({ perSecond }, round) => perSecond / (rounds[base][round] as Driven).perSecond))

const packingOf = (rounds: readonly Delivered[]) => total(rounds.map(({ counts }) => counts))

function contendersTable(rounds: Rounds): Table {
  return {
    title: `One click a request, ${number(CONNECTIONS)} connections`,
    head: [
      '',
      'answered/s',
      '/ node:http',
      '/ Fastify',
      '/ held',
      '/ durable',
      'p50 ms',
      'p99 ms',
      'CPU µs a click',
      'MiB resident',
    ],
    rows: NAMES.map((name) => [
      name,
      number(middle(rounds[name], 'perSecond')),
      number(ratio(rounds, name, 'node:http'), 2),
      number(ratio(rounds, name, 'Fastify'), 2),
      number(ratio(rounds, name, 'Fastify, answer held'), 2),
      number(ratio(rounds, name, 'node:http, durable'), 2),
      number(middle(rounds[name], 'p50')),
      number(middle(rounds[name], 'p99')),
      number(middle(rounds[name], 'cpu'), 1),
      mebibytes(middle(rounds[name], 'rss')),
    ]),
  }
}

function serviceTable(ones: readonly Delivered[], batches: readonly Delivered[]): Table {
  const row = (title: string, rounds: readonly Delivered[], clicks: number) => {
    const packing = packingOf(rounds)
    return [
      title,
      number(middle(rounds, 'perSecond') * clicks),
      number(middle(rounds, 'p50')),
      number(middle(rounds, 'p99')),
      number(middle(rounds, 'cpu') / clicks, 1),
      clicksPerRecord(packing),
      recordsPerPut(packing),
      clicksPerPut(packing),
      overheadText(packing),
    ]
  }
  return {
    title: 'Clicklake, and what Firehose got of it',
    head: [
      'clicks a request',
      'clicks/s',
      'p50 ms',
      'p99 ms',
      'CPU µs a click',
      'clicks a record',
      'records a put',
      'clicks a put',
      'billed over sent',
    ],
    rows: [row('1', ones, 1), row(String(BATCH), batches, BATCH)],
  }
}

function restTable({ asked, requests, latency }: Summary, boots: readonly number[]): Table {
  return {
    title: 'Clicklake at half of its most, and its start',
    head: ['', ''],
    rows: [
      ['requests/s asked', number(asked.rate ?? 0)],
      ['requests/s reached', number(requests.perSecond)],
      ['p50 ms', number(latency?.p50 ?? Number.NaN, 1)],
      ['p99 ms', number(latency?.p99 ?? Number.NaN, 1)],
      ['start to first 200, s', number(median(boots), 2)],
    ],
  }
}

function targets(rounds: Rounds, batches: readonly Delivered[], half: Summary, boots: readonly number[]): Target[] {
  const scale = REFERENCE / middle(rounds['node:http'], 'perSecond')
  const failed = [...NAMES.flatMap((name) => rounds[name]), ...batches].reduce((sum, round) => sum + round.failed, 0)
  return [
    {
      what: 'Clicklake / node:http',
      measured: ratio(rounds, 'Clicklake', 'node:http'),
      unit: '',
      bound: { atLeast: 0.8 },
    },
    {
      what: 'Clicklake / Fastify',
      measured: ratio(rounds, 'Clicklake', 'Fastify'),
      unit: '',
      bound: { atLeast: 0.92 },
    },
    {
      what: `${BATCH} clicks a request, × ${number(scale, 2)}: scaled to the machine for which the target was set`,
      measured: middle(batches, 'perSecond') * BATCH * scale,
      unit: ' clicks/s',
      bound: { atLeast: 500_000 },
    },
    {
      what: `added latency: p99 less the put's ${PUT_MS} ms, at ${number(half.requests.perSecond)} requests/s`,
      measured: (half.latency?.p99 ?? Number.POSITIVE_INFINITY) - PUT_MS,
      unit: ' ms',
      bound: { atMost: 10 },
    },
    { what: 'start to first 200', measured: median(boots), unit: ' s', bound: { atMost: 0.3 } },
    {
      what: 'billed over sent, one click a request',
      measured: overhead(packingOf(rounds.Clicklake)) * 100,
      unit: ' %',
      bound: { atMost: 5 },
    },
    { what: 'requests that were not answered 200', measured: failed, unit: '', bound: { atMost: 0 } },
  ]
}
