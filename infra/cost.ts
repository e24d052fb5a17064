/** `npm run cost`: prints docs/cost.md, numbers and words. `npm run --silent cost > docs/cost.md` renews it. */
import {
  ASSUMED,
  breakEven,
  clicklake,
  clicksPerRecord,
  FIXED,
  firehose,
  fullRecord,
  HOURS,
  OLDER,
  older,
  PARTS,
  type Part,
  PRICES,
  STACK,
  sum,
  tasksFor,
} from './cost-model.ts'
import { DELIVERY, TABLE, TRANSFORMER } from './pipeline.ts'

const MILLION = 1_000_000
const VOLUMES = [1, 100, 1000].map((millions) => millions * MILLION)
const PER_REQUEST = [1, 10, 100]
/** The volume and the requests that the words speak of. */
const [USUAL, SINGLE, PACKED] = [100 * MILLION, 1, 10] as const

const FIXED_ROWS: Readonly<Record<keyof typeof FIXED, readonly [string, string]>> = {
  endpoints: ['VPC endpoints', `${STACK.interfaceEndpoints} interface endpoints × ${STACK.zones} zones × ${HOURS} h`],
  tasks: ['Fargate', `${STACK.tasks} tasks × ${HOURS} h × (${STACK.taskVcpu} vCPU + ${STACK.taskGb} GB), ARM`],
  balancer: ['Load balancer', `${HOURS} h`],
  secret: ['Secret', `${STACK.secrets}, of the keys`],
  alarms: [
    'Alarms',
    `${STACK.alarms}, over ${STACK.alarmMetrics} metrics; the dashboard is one of three that are free`,
  ],
  metrics: ['Metrics of our own', `${STACK.ownMetrics}, from log lines of the service and the transformer`],
  logs: ['Logs of these', `${STACK.logKbMinute} KB a minute`],
}

const PART_ROWS: Readonly<Record<Part, readonly [string, string]>> = {
  gateway: ['Gateway', 'requests × steps of 512 KB; the older one’s is a REST API'],
  answers: ['Answers to the internet', `requests × ${ASSUMED.answerBytes} B`],
  logs: ['Access log', `requests × ${ASSUMED.accessLogBytes} B; the older one’s Lambda and body logs`],
  balancer: ['Load balancer', 'the larger of requests ÷ 90,000 (a new connection each) and GB'],
  tasks: [
    'Fargate, more tasks',
    `CPU of the busiest hour ÷ (${STACK.taskVcpu} vCPU × ${ASSUMED.cpuTarget}) − ${STACK.tasks}`,
  ],
  endpoints: ['Firehose’s endpoint', 'bytes × 4/3 (base64)'],
  logger: ['Click logger Lambda', `the older one’s: a call and ${OLDER.loggerMs} ms × ${OLDER.loggerGb} GB a click`],
  ingestion: ['Firehose, ingestion', 'records × their size rounded up to 5 KB'],
  conversion: ['Firehose, Parquet', 'the same GB'],
  transformer: [
    'Transformer Lambda',
    `a call for ${TRANSFORMER.bufferMiB} MiB or ${TRANSFORMER.bufferSeconds} s: calls, GB-seconds, log lines`,
  ],
  writes: ['DynamoDB, writes', 'clicks × KB of an item, rounded up; the older one’s index doubles it'],
  items: ['DynamoDB, storage', `items × ${TABLE.retentionDays} days, with point-in-time recovery`],
  lake: [
    'S3',
    `an object for ${DELIVERY.bufferMiB} MiB or ${DELIVERY.bufferSeconds} s, ${ASSUMED.lakeMonths} months of Parquet`,
  ],
}

const ASSUMPTIONS: readonly string[] = [
  `A month has ${HOURS} hours, and a GB is 2^30 bytes.`,
  `A stored click is ${ASSUMED.clickBytes} bytes of JSON, ${ASSUMED.itemOverheadBytes} more as an item of DynamoDB, and ${ASSUMED.parquetBytes} in Parquet.`,
  `Clicks come evenly but for tasks, which are counted as if the busiest hour, ${ASSUMED.peak} times the average, lasted all month.`,
  `A request takes ${ASSUMED.requestCpuMs} ms of CPU and a click ${ASSUMED.clickCpuMs} ms: several times what \`npm run bench\` measures on one core of an x86 machine.`,
  'The authorizer is not in the table: the gateway keeps its answer five minutes, so that it is called less than 9,000 times a month for each origin or key.',
  'Senders need no preflight: servers never do, and the browser script sends `text/plain`.',
  'Nothing fails: retries, `errors/`, `spill/` and replays are rare.',
  `Storage is what it is when it no longer grows: items after ${TABLE.retentionDays} days, Parquet after ${ASSUMED.lakeMonths} months, although nothing deletes Parquet by itself.`,
  `The older system takes one click a request. Its authorizer is cached, its Lambdas are x86 with ${OLDER.loggerGb} GB, and it writes ${OLDER.logBytes.toLocaleString('en-US')} bytes of log a click, traced bodies included. It is priced with our retention, in its favour, and on demand: the 5 writes a second that it provides for would not do.`,
]

const LEFT_OUT: readonly string[] = [
  'free tiers, taxes, discounts by contract or Savings Plans, and other regions, which often cost more;',
  'queries: Athena bills what it reads, which partitions and Parquet keep small;',
  'KMS, the images in ECR, mails of alarms, and the catalogue that enrichment asks;',
  'a VPC link of an HTTP API, for which we know no list price: look at your bill.',
]

function document(): string {
  const [single, packed, old] = [clicklake(USUAL, SINGLE), clicklake(USUAL, PACKED), older(USUAL)]
  const perMillion = (dollars: number) => (dollars / USUAL) * MILLION
  const table = packed.writes + packed.items
  return `# What it costs

This page is what \`npm run cost\` prints from [infra/cost-model.ts](../infra/cost-model.ts). After a change there: \`npm run --silent cost > docs/cost.md\`.
All numbers are US dollars, at [list prices](#prices) of us-east-1 as published in 2025 and 2026: look at the pricing pages before you rely on them.

- **$${cents(sum(FIXED))} a month before the first click**, ${percent(FIXED.endpoints, sum(FIXED))} of it for the endpoints that keep tasks off the internet. It is the larger part of the bill up to
  ${millions((sum(FIXED) / sum(packed)) * USUAL)} clicks a month with ${PACKED} clicks a request, and ${millions((sum(FIXED) / sum(single)) * USUAL)} with one.
- **$${cents(perMillion(sum(single)))} for a million clicks that come one by one, $${cents(perMillion(sum(packed)))} in requests of ${PACKED}** (at ${millions(USUAL)} a month); the older system: $${cents(perMillion(sum(old)))}.
- One by one, the gateway is the largest part: ${percent(single.gateway, sum(single))}. With ${PACKED} clicks a request, DynamoDB is: ${percent(table, sum(packed))}, $${mills(perMillion(packed.writes))} for writes and $${mills(perMillion(packed.items))} for
  keeping items ${TABLE.retentionDays} days. \`retentionDays\` is the setting that saves most then.
- The older system has no fixed part: it is cheaper up to ${millions(breakEven(SINGLE) ?? Infinity)} clicks a month that come one by one.

## Before the first click

${markdown(
  ['part', 'what', '$ a month'],
  [
    ...Object.entries(FIXED_ROWS).map(([part, row]) => [...row, cents(FIXED[part as keyof typeof FIXED])]),
    ['**all**', '', `**${cents(sum(FIXED))}**`],
  ],
)}

Each zone more costs four endpoints, each task as much as the others. On x86 a task costs a quarter more.

## For a million clicks

${markdown(
  ['part', 'what it is billed for'],
  PARTS.map((part) => [...PART_ROWS[part]]),
)}

${VOLUMES.map(volumeTable).join('\n\n')}

## A month in all

Fixed part included.

${markdown(
  ['clicks a month', ...PER_REQUEST.map(requestsOf), 'older system'],
  VOLUMES.map((clicks) => [
    millions(clicks),
    ...PER_REQUEST.map((perRequest) => dollars(sum(FIXED) + sum(clicklake(clicks, perRequest)))),
    dollars(sum(older(clicks))),
  ]),
)}

${markdown(
  ['', ...PER_REQUEST.map(requestsOf)],
  [
    [
      'cheaper than the older system from',
      ...PER_REQUEST.map((perRequest) => millions(breakEven(perRequest) ?? Infinity)),
    ],
  ],
)}

## Why clicks are packed

Firehose rounds every record up to 5 KB, for ingestion and for conversion. For a million clicks:

${markdown(
  ['bytes of a click', 'each in a record of its own', 'in full records of 60 KiB', 'times'],
  [300, ASSUMED.clickBytes, 1000].map((bytes) => {
    const [alone, full] = [1, fullRecord(bytes)].map((perRecord) => sum(firehose(MILLION, perRecord, bytes)))
    return [
      bytes.toLocaleString('en-US'),
      mills(alone ?? 0),
      mills(full ?? 0),
      `${((alone ?? 0) / (full ?? 1)).toFixed(0)}×`,
    ]
  }),
)}

How full a record is depends on what comes within 5 ms at one task. Clicks in a record, on average:

${markdown(
  ['clicks a month', ...PER_REQUEST.map(requestsOf)],
  VOLUMES.map((clicks) => [
    millions(clicks),
    ...PER_REQUEST.map((perRequest) => {
      const requests = clicks / perRequest
      return clicksPerRecord(requests / tasksFor(requests, clicks), perRequest).toFixed(1)
    }),
  ]),
)}

So clicks that come one by one are packed well only in bursts of thousands a second, and to wait longer for them would save cents: the gateway’s dollar is the
larger. **Who wants to save sends clicks together**: that saves the request and the rounding at once.

## What is taken for granted

${ASSUMPTIONS.map((assumption) => `- ${assumption}`).join('\n')}

Left out:

${LEFT_OUT.map((entry) => `- ${entry}`).join('\n')}

## Prices

${markdown(
  ['$', 'for a', 'page'],
  Object.values(PRICES).map(({ dollars, unit, page }) => [String(dollars), unit, `https://aws.amazon.com/${page}/`]),
)}`
}

function volumeTable(clicks: number): string {
  const columns = [...PER_REQUEST.map((perRequest) => clicklake(clicks, perRequest)), older(clicks)]
  const perMillion = (total: number) => mills((total / clicks) * MILLION)
  return `At ${millions(clicks)} a month, $ for each million:

${markdown(
  ['part', ...PER_REQUEST.map(requestsOf), 'older system'],
  [
    ...PARTS.map((part) => [PART_ROWS[part][0], ...columns.map((costs) => perMillion(costs[part]))]),
    ['**all**', ...columns.map((costs) => `**${perMillion(sum(costs))}**`)],
  ],
)}`
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n')
}

const cents = (dollars: number) => dollars.toFixed(2)
/** To a tenth of a cent; a dash for nothing. */
const mills = (dollars: number) => (dollars === 0 ? '–' : dollars < 0.0005 ? '< 0.001' : dollars.toFixed(3))
const dollars = (dollars: number) => Math.round(dollars).toLocaleString('en-US')
const millions = (clicks: number) => `${Math.round(clicks / MILLION).toLocaleString('en-US')} million`
const percent = (part: number, whole: number) => `${Math.round((part / whole) * 100)} %`
const requestsOf = (perRequest: number) => (perRequest === 1 ? '1 click a request' : `${perRequest} clicks a request`)

process.stdout.write(`${document()}\n`)
