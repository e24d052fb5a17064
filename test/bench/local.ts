/**
 * `npm run bench:local -- [--clicks n] [--json]`: the whole pipeline on this machine, as `npm start` runs it. From the
 * first request until every click is in DynamoDB and can be queried in the lake, and which stage limits.
 *
 * Times of the stages are those of the pipeline's own log lines: to ask the database again and again how much it has
 * would cost it more than the clicks. What the lines say is checked: by the query, which is the end of the time, and by
 * a scan of the table, after it.
 */
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs, promisify } from 'node:util'
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { markdownTable } from 'markdown-table'
import pMap from 'p-map'
import { createClicks } from '../../infra/load/clicks.ts'
import { LOCAL_TABLE } from '../../infra/local/config.ts'
import { busySeconds, difference, threadSeconds } from './local/cpu.ts'
import { type Machine, startMachine } from './local/machine.ts'
import { limiting, stages } from './local/stages.ts'

const TARGET = { clicks: 100_000, seconds: 20 }

const CALLER = 'bench'
/** Clicks of a request. */
const BATCH = 100
const CONNECTIONS = 8

const { values } = parseArgs({
  options: { clicks: { type: 'string', default: String(TARGET.clicks) }, json: { type: 'boolean', default: false } },
})
const clicks = Number(values.clicks)
if (!Number.isInteger(clicks) || clicks < 1)
  throw new Error(`--clicks must be a positive integer, not ${values.clicks}`)

const say = (message: string) => void process.stderr.write(`${message}\n`)

await using scope = new AsyncDisposableStack()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void scope.disposeAsync().then(() => process.exit(1)))
}

say('starting the pipeline')
const machine = await startMachine(scope)
const bodies = requests()

say(`sending ${clicks} clicks, ${BATCH} a request, over ${CONNECTIONS} connections`)
const threads = threadSeconds(machine.pid)
const busy = busySeconds()
const ours = process.cpuUsage()
const started = Date.now()
await pMap(bodies, send, { concurrency: CONNECTIONS })
const answered = Date.now()
say('all are answered 200; waiting for the lake')
await machine.untilDelivered(clicks)
const cpu = difference(threads, threadSeconds(machine.pid))
const elsewhere = busyElsewhere()
const inLake = await countInLake(machine)
const queryable = Date.now()
say('scanning the table')
const inTable = await countInTable(machine)

const { transformed, delivered } = machine
const rows = stages({ clicks, started, answered, transformed, delivered, queryable })
const limit = limiting(rows).name
const seconds = (queryable - started) / 1000
const complete = inLake === clicks && inTable === clicks
/** Of other numbers of clicks nothing is asked: a part of the time is the wait for company. */
const met = clicks === TARGET.clicks ? complete && seconds <= TARGET.seconds : undefined
const report = {
  clicks,
  seconds,
  inLake,
  inTable,
  stages: rows,
  limit,
  cpu: Object.fromEntries(cpu),
  elsewhere,
  target: TARGET,
  met,
}
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : format())
if (!complete || met === false) process.exitCode = 1

function requests(): string[] {
  const next = createClicks(CALLER)
  return Array.from({ length: Math.ceil(clicks / BATCH) }, (_, nth) =>
    JSON.stringify(Array.from({ length: Math.min(BATCH, clicks - nth * BATCH) }, next)),
  )
}

/** @throws if not all of its clicks are safe */
async function send(body: string): Promise<void> {
  const answer = await fetch(`${machine.url}/clicklogger`, {
    method: 'POST',
    headers: { authorization: 'ALLOW=ORDERAPP', 'content-type': 'application/json' },
    body,
  })
  const text = await answer.text()
  if (text !== '{"status":"OK"}') throw new Error(`a request was answered ${answer.status} ${text.slice(0, 200)}`)
}

/** As a user asks, process and all. */
async function countInLake({ env }: Machine): Promise<number> {
  const sql = `select count(distinct requestid) as clicks from clicks where callerid = '${CALLER}'`
  const { stdout } = await promisify(execFile)(process.execPath, ['infra/local/query.ts', '--json', sql], { env })
  return Number(JSON.parse(stdout)[0].clicks)
}

/** Keys are unique in a table, so items are clicks. */
async function countInTable({ dynamodbUrl }: Machine): Promise<number> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: dynamodbUrl,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  })
  let count = 0
  for await (const page of paginateScan({ client }, { TableName: LOCAL_TABLE, Select: 'COUNT' }))
    count += page.Count ?? 0
  client.destroy()
  return count
}

/** Share of the machine that neither the pipeline nor this process used, but somebody did. */
function busyElsewhere(): number | undefined {
  if (cpu.size === 0) return undefined
  const { user, system } = process.cpuUsage(ours)
  const pipeline = [...cpu.values()].reduce((total, each) => total + each, 0)
  const others = busySeconds() - busy - pipeline - (user + system) / 1e6
  return Math.max(0, others / (availableParallelism() * ((Date.now() - started) / 1000)))
}

function format(): string {
  const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
  const table = markdownTable(
    [
      ['stage', 'done after s', 'took s', 'clicks/s'],
      ...rows.map((row) => [row.name, row.done.toFixed(1), row.seconds.toFixed(1), number(row.perSecond)]),
    ],
    { align: ['l', 'r', 'r', 'r'] },
  )
  const used = [...cpu].filter(([, each]) => each >= 0.1).sort(([, a], [, b]) => b - a)
  const lines = [
    table,
    '',
    `${number(clicks)} clicks in ${seconds.toFixed(1)} s, ${number(clicks / seconds)} a second. In the lake ${number(inLake)}, in DynamoDB ${number(inTable)}.`,
    `The stage that limits: ${limit}.`,
    ...(used.length > 0
      ? [`CPU by thread: ${used.map(([name, each]) => `${name} ${each.toFixed(1)} s`).join(', ')}.`]
      : []),
    ...(elsewhere === undefined
      ? []
      : [`Other processes took ${(elsewhere * 100).toFixed(0)} % of the machine meanwhile.`]),
    ...(met === undefined ? [] : [`Target: at most ${TARGET.seconds} s: ${met ? 'met' : 'NOT met'}.`]),
  ]
  return `${lines.join('\n')}\n`
}
