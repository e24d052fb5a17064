/**
 * `npm run bench:transformer -- [--latency ms] [--rounds n] [--json]`: the transformer as it is deployed, against the
 * older system's shape, both writing to a DynamoDB that takes 5 ms for a call. Without enrichment.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { markdownTable } from 'markdown-table'
import { TABLE, TRANSFORMER_ENV } from '../../infra/pipeline.ts'
import { bundleTransformer } from './transformer/bundle.ts'
import type { Round } from './transformer/contender.ts'

/** Times the clicks a second of the older shape. */
const TARGET_RATIO = 20
/** 1 MB as storage is sold, the smaller of the two. */
const TARGET_BYTES = 1_000_000

/** Of the transformer a round: about a megabyte each, as Firehose gathers. */
const INVOCATIONS = 5
/** Of the older shape a round: enough for a median, and it ends. */
const OLDER_CLICKS = 300

const { values } = parseArgs({
  options: {
    latency: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const latency = positive('latency')
const rounds = positive('rounds')

const say = (message: string) => void process.stderr.write(`${message}\n`)

await using scope = new AsyncDisposableStack()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void scope.disposeAsync().then(() => process.exit(1)))
}

const folder = await mkdtemp(join(tmpdir(), 'clicklake-bench-'))
scope.defer(() => rm(folder, { recursive: true, force: true }))
say('bundling the transformer')
const bundle = await bundleTransformer(folder)
const { size: bundleBytes } = await stat(bundle)

const stub = start('stub.ts', [String(latency)])
const endpoint = `http://127.0.0.1:${await messageOf(stub)}`
const contenders = {
  older: start('contender.ts', ['older', '1', String(OLDER_CLICKS)], environment()),
  transformer: start('contender.ts', [bundle, String(INVOCATIONS)], environment()),
}
type Name = keyof typeof contenders
const names = Object.keys(contenders) as Name[]
const measured: Record<Name, Round[]> = { older: [], transformer: [] }
// The first round of each warms it up. Then one after the other, so that what else the machine does hits both alike.
for (let nth = 0; nth <= rounds; nth += 1) {
  for (const name of names) {
    say(`${nth === 0 ? 'warm-up' : `round ${nth} of ${rounds}`}: ${name}`)
    const round = await run(name)
    if (nth > 0) measured[name].push(round)
  }
}

const results = { older: summary(measured.older), transformer: summary(measured.transformer) }
const ratio = results.transformer.perSecond / results.older.perSecond
const cpuRatio = results.transformer.perCpuSecond / results.older.perCpuSecond
const met = { ratio: ratio >= TARGET_RATIO, bundle: bundleBytes <= TARGET_BYTES }
const target = { ratio: TARGET_RATIO, bundleBytes: TARGET_BYTES }
process.stdout.write(
  values.json
    ? `${JSON.stringify({ latency, rounds, ...results, ratio, cpuRatio, bundleBytes, target, met }, null, 2)}\n`
    : format(),
)
if (!met.ratio || !met.bundle) process.exitCode = 1

function positive(name: 'latency' | 'rounds'): number {
  const value = Number(values[name])
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} must be a positive integer, not ${values[name]}`)
  return value
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const path = new URL(`transformer/${file}`, import.meta.url)
  // Nothing of the children's output: the transformer logs a line for each invocation.
  const child = fork(path, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  scope.defer(() => void child.kill())
  return child
}

/** What the construct gives the Lambda, and an endpoint. */
function environment(): NodeJS.ProcessEnv {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    [TRANSFORMER_ENV.table]: 'clicks',
    [TRANSFORMER_ENV.bucket]: 'clicklake',
    [TRANSFORMER_ENV.retentionDays]: String(TABLE.retentionDays),
  }
}

/** @throws if not every click of the round is in the table */
async function run(name: Name): Promise<Round> {
  const before = await stored()
  const child = contenders[name]
  child.send('round')
  const round = (await messageOf(child)) as Round
  const items = (await stored()) - before
  if (items !== round.clicks) throw new Error(`${name}: ${items} items are in the table of ${round.clicks} clicks`)
  return round
}

/** @throws if the child ends before it tells anything */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController()
  const { signal } = done
  const message = once(child, 'message', { signal }).then(([message]) => message)
  const exit = once(child, 'exit', { signal }).then(() => {
    throw new Error(`${child.spawnargs.at(-1)} ended`)
  })
  return Promise.race([message, exit]).finally(() => done.abort())
}

/** Distinct keys in the table. */
async function stored(): Promise<number> {
  return Number(await (await fetch(endpoint)).text())
}

/** Medians of the rounds. */
function summary(all: readonly Round[]) {
  const clicks = all[0]?.clicks ?? 0
  return {
    clicks,
    perSecond: median(all.map(({ clicks, seconds }) => clicks / seconds)),
    perCpuSecond: median(all.map(({ clicks, cpuSeconds }) => clicks / cpuSeconds)),
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function format(): string {
  const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
  const titles: Record<Name, string> = {
    older: 'one PutItem after another',
    transformer: 'transformer',
  }
  const measurements = markdownTable(
    [
      ['', 'clicks a round', 'clicks/s', 'clicks per CPU second'],
      ...names.map((name) => {
        const { clicks, perSecond, perCpuSecond } = results[name]
        return [titles[name], number(clicks), number(perSecond), number(perCpuSecond)]
      }),
      ['ratio', '', ratio.toFixed(1), cpuRatio.toFixed(1)],
    ],
    { align: ['l', 'r', 'r', 'r'] },
  )
  const kilobytes = (bytes: number) => `${number(bytes / 1000)} KB`
  const verdicts = markdownTable(
    [
      ['', 'measured', 'target', ''],
      ['clicks/s', `${ratio.toFixed(1)} times`, `at least ${TARGET_RATIO} times`, verdict(met.ratio)],
      ['bundle', kilobytes(bundleBytes), `at most ${kilobytes(TARGET_BYTES)}`, verdict(met.bundle)],
    ],
    { align: ['l', 'r', 'r', 'l'] },
  )
  return `DynamoDB takes ${latency} ms a call; medians of ${rounds} rounds. Every click is in the table.\n\n${measurements}\n\n${verdicts}\n`
}

function verdict(met: boolean): string {
  return met ? 'met' : 'NOT met'
}
