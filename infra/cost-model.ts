/** What a month costs, in dollars, by what each part is billed for. Pure. `cost.ts` prints it as docs/cost.md. */
import { LINGER_MS } from '../service/delivery/delivery.ts'
import { RECORD_BYTES } from '../service/delivery/pack.ts'
import { DELIVERY, TABLE, TRANSFORMER } from './pipeline.ts'

const KIB = 1024
const MIB = KIB * KIB
/** AWS says GB and bills 2^30 bytes. */
const GB = KIB * MIB
const MILLION = 1_000_000
/** A month, as AWS's own calculator has it. */
export const HOURS = 730
const DAYS = HOURS / 24

/** List prices of us-east-1 as published in 2025 and 2026, without free tiers. `page` is below https://aws.amazon.com/. */
export const PRICES = {
  endpointHour: { dollars: 0.01, unit: 'interface endpoint and zone, an hour', page: 'privatelink/pricing' },
  endpointGb: { dollars: 0.01, unit: 'GB through an interface endpoint', page: 'privatelink/pricing' },
  vcpuHour: { dollars: 0.03238, unit: 'vCPU of a task on ARM, an hour', page: 'fargate/pricing' },
  memoryHour: { dollars: 0.00356, unit: 'GB of memory of a task on ARM, an hour', page: 'fargate/pricing' },
  balancerHour: { dollars: 0.0225, unit: 'application load balancer, an hour', page: 'elasticloadbalancing/pricing' },
  lcuHour: {
    dollars: 0.008,
    unit: 'capacity unit (25 new connections a second, or 1 GB an hour), an hour',
    page: 'elasticloadbalancing/pricing',
  },
  secret: { dollars: 0.4, unit: 'secret, a month', page: 'secrets-manager/pricing' },
  alarm: { dollars: 0.1, unit: 'metric of an alarm, a month', page: 'cloudwatch/pricing' },
  metric: { dollars: 0.3, unit: 'metric of one’s own, a month', page: 'cloudwatch/pricing' },
  logGb: { dollars: 0.5, unit: 'GB of logs', page: 'cloudwatch/pricing' },
  httpApi: { dollars: 1, unit: 'million requests of an HTTP API, in steps of 512 KB', page: 'api-gateway/pricing' },
  httpApiMore: { dollars: 0.9, unit: 'the same, beyond 300 million a month', page: 'api-gateway/pricing' },
  restApi: { dollars: 3.5, unit: 'million requests of a REST API', page: 'api-gateway/pricing' },
  restApiMore: { dollars: 2.8, unit: 'the same, beyond 333 million a month', page: 'api-gateway/pricing' },
  internetGb: { dollars: 0.09, unit: 'GB to the internet', page: 'ec2/pricing/on-demand' },
  firehoseGb: { dollars: 0.029, unit: 'GB into Firehose, each record rounded up to 5 KB', page: 'firehose/pricing' },
  conversionGb: { dollars: 0.018, unit: 'the same GB, converted to Parquet', page: 'firehose/pricing' },
  invocation: { dollars: 0.2, unit: 'million calls of a Lambda', page: 'lambda/pricing' },
  lambdaArm: { dollars: 0.0000133334, unit: 'GB of memory of a Lambda on ARM, a second', page: 'lambda/pricing' },
  lambdaX86: { dollars: 0.0000166667, unit: 'the same on x86', page: 'lambda/pricing' },
  write: { dollars: 0.625, unit: 'million writes of up to 1 KB to DynamoDB, on demand', page: 'dynamodb/pricing' },
  tableGb: { dollars: 0.25, unit: 'GB in DynamoDB, a month', page: 'dynamodb/pricing' },
  backupGb: { dollars: 0.2, unit: 'the same GB, with recovery to any point in time', page: 'dynamodb/pricing' },
  put: { dollars: 0.005, unit: 'thousand objects put into S3', page: 's3/pricing' },
  objectGb: { dollars: 0.023, unit: 'GB in S3, a month', page: 's3/pricing' },
} as const satisfies Record<string, { dollars: number; unit: string; page: string }>

/** What the model takes for granted. Change it here to ask for other clicks. */
export const ASSUMED = {
  /** A stored click as JSON, its newline included: with a url and a user agent, without attributes. */
  clickBytes: 400,
  /** What DynamoDB stores of it besides: names of attributes count, so does an overhead of 100 bytes an item. */
  itemOverheadBytes: 100,
  /** A click in Parquet with Snappy: names are stored once, and sessions repeat themselves. */
  parquetBytes: 100,
  /** Months that Parquet is kept, when the bill no longer grows. Nothing deletes it by itself. */
  lakeMonths: 12,
  /** A request's headers and those of its answer, on the load balancer. */
  headerBytes: 1000,
  /** An answer with its headers, on the internet. */
  answerBytes: 400,
  /** A line of the gateway's access log. */
  accessLogBytes: 400,
  /** The busiest hour against the average. Tasks are counted as if it lasted all month. */
  peak: 3,
  /** CPU of the service: one core of an x86 machine took 0.17 ms a request and 0.006 ms a click in 2026. */
  requestCpuMs: 0.5,
  clickCpuMs: 0.02,
  /** How much of its CPU a task may use before there are more of them. */
  cpuTarget: 0.6,
  /** Memory of the transformer, and its time: a call, and each click, most of it waiting for DynamoDB. */
  transformerGb: 1,
  transformerCallMs: 100,
  transformerClickMs: 0.5,
  /** Log lines of a call. */
  transformerLogBytes: 1500,
} as const

/** What runs before the first click, as infra/cloud makes it by default. */
export const STACK = {
  interfaceEndpoints: 4,
  zones: 2,
  tasks: 2,
  taskVcpu: 0.25,
  taskGb: 0.5,
  secrets: 1,
  alarms: 17,
  /** One of the alarms is over two. */
  alarmMetrics: 18,
  /** Of the log lines of the service and the transformer. */
  ownMetrics: 14,
  /** Log lines of a minute: metrics of two tasks. */
  logKbMinute: 2,
} as const

/** The older click logger, as its public source has it: one request, one record and one item a click. */
export const OLDER = {
  /** Its first Lambda, which makes a client and a put for every click. x86. */
  loggerGb: 0.5,
  loggerMs: 50,
  /** Its transformer writes items one after the other. */
  transformerGb: 0.5,
  transformerClickMs: 5,
  /** The table, and the index that repeats each write. */
  writesPerClick: 2,
  /** Three lines of a Lambda twice, and bodies traced by the gateway. */
  logBytes: 1500,
} as const

/** Dollars a month, by part. */
export type Costs<Part extends string> = Readonly<Record<Part, number>>

const TASK_MONTH = HOURS * (STACK.taskVcpu * PRICES.vcpuHour.dollars + STACK.taskGb * PRICES.memoryHour.dollars)

/** Dollars a month before the first click. */
export const FIXED = {
  endpoints: STACK.interfaceEndpoints * STACK.zones * HOURS * PRICES.endpointHour.dollars,
  tasks: STACK.tasks * TASK_MONTH,
  balancer: HOURS * PRICES.balancerHour.dollars,
  secret: STACK.secrets * PRICES.secret.dollars,
  alarms: STACK.alarmMetrics * PRICES.alarm.dollars,
  metrics: STACK.ownMetrics * PRICES.metric.dollars,
  logs: ((STACK.logKbMinute * KIB * HOURS * 60) / GB) * PRICES.logGb.dollars,
} as const satisfies Costs<string>

/** What grows with the clicks. `logger` is the older system's alone; `balancer`, `tasks` and `endpoints` are ours. */
export const PARTS = [
  'gateway',
  'answers',
  'logs',
  'balancer',
  'tasks',
  'endpoints',
  'logger',
  'ingestion',
  'conversion',
  'transformer',
  'writes',
  'items',
  'lake',
] as const
export type Part = (typeof PARTS)[number]

export const sum = (costs: Costs<string>) => Object.values(costs).reduce((total, dollars) => total + dollars, 0)

/**
 * Dollars a month besides {@link FIXED}.
 *
 * @param clicks a month
 * @param perRequest clicks that senders put into one request, at most 500
 */
export function clicklake(clicks: number, perRequest: number): Costs<Part> {
  const requests = clicks / perRequest
  const bytes = clicks * ASSUMED.clickBytes
  const tasks = tasksFor(requests, clicks)
  const records = firehose(clicks, clicksPerRecord(requests / tasks, perRequest), ASSUMED.clickBytes)
  return {
    gateway: tiers(
      requests * Math.ceil((perRequest * ASSUMED.clickBytes) / (512 * KIB)),
      300 * MILLION,
      PRICES.httpApi.dollars,
      PRICES.httpApiMore.dollars,
    ),
    answers: ((requests * ASSUMED.answerBytes) / GB) * PRICES.internetGb.dollars,
    logs: ((requests * ASSUMED.accessLogBytes) / GB) * PRICES.logGb.dollars,
    // At worst the gateway opens a connection for every request.
    balancer: Math.max(requests / (25 * 3600), (bytes + requests * ASSUMED.headerBytes) / GB) * PRICES.lcuHour.dollars,
    tasks: (tasks - STACK.tasks) * TASK_MONTH,
    // Firehose takes records in base64.
    endpoints: ((bytes * 4) / 3 / GB) * PRICES.endpointGb.dollars,
    logger: 0,
    ...records,
    transformer: transformer(clicks, bytes),
    writes: writes(clicks),
    items: items(clicks),
    lake: lake(clicks),
  }
}

/**
 * The older system's dollars a month. Nothing of it costs before the first click: its table's 5 writes a second are
 * priced on demand, as they would not do. Retention is ours, in its favour: it kept every item for ever.
 */
export function older(clicks: number): Costs<Part> {
  const seconds = (clicks * OLDER.loggerMs) / 1000
  return {
    gateway: tiers(clicks, 333 * MILLION, PRICES.restApi.dollars, PRICES.restApiMore.dollars),
    answers: ((clicks * ASSUMED.answerBytes) / GB) * PRICES.internetGb.dollars,
    logs: ((clicks * OLDER.logBytes) / GB) * PRICES.logGb.dollars,
    balancer: 0,
    tasks: 0,
    endpoints: 0,
    logger: (clicks / MILLION) * PRICES.invocation.dollars + seconds * OLDER.loggerGb * PRICES.lambdaX86.dollars,
    ...firehose(clicks, 1, ASSUMED.clickBytes),
    transformer: ((clicks * OLDER.transformerClickMs) / 1000) * OLDER.transformerGb * PRICES.lambdaX86.dollars,
    writes: OLDER.writesPerClick * writes(clicks),
    items: items(clicks),
    lake: lake(clicks),
  }
}

/**
 * What Firehose bills.
 *
 * @param perRecord clicks packed into one record, on average
 */
export function firehose(clicks: number, perRecord: number, clickBytes: number): Costs<'ingestion' | 'conversion'> {
  const step = 5 * KIB
  const gb = ((clicks / perRecord) * Math.ceil((perRecord * clickBytes) / step) * step) / GB
  return { ingestion: gb * PRICES.firehoseGb.dollars, conversion: gb * PRICES.conversionGb.dollars }
}

/** Clicks of a record that is full. */
export const fullRecord = (clickBytes: number) => Math.floor(RECORD_BYTES / clickBytes)

/**
 * Clicks that a task packs into one record: those of a request, and of whatever requests come while it lingers.
 * At least: while puts are in flight more gather, but only beyond hundreds of requests a second and task.
 */
export function clicksPerRecord(requestsPerTask: number, perRequest: number): number {
  const perSecond = requestsPerTask / (HOURS * 3600)
  return Math.min(fullRecord(ASSUMED.clickBytes), perRequest * (1 + (perSecond * LINGER_MS) / 1000))
}

/** Tasks for the busiest hour, whole or not: auto scaling adds and takes them as the load goes. */
export function tasksFor(requests: number, clicks: number): number {
  const cpuMs = requests * ASSUMED.requestCpuMs + clicks * ASSUMED.clickCpuMs
  const vcpus = (cpuMs / 1000 / (HOURS * 3600)) * ASSUMED.peak
  return Math.max(STACK.tasks, vcpus / (STACK.taskVcpu * ASSUMED.cpuTarget))
}

/** Firehose calls when a buffer is full or its time is up; no buffer is without a click. */
function transformer(clicks: number, bytes: number): number {
  const inTime = (HOURS * 3600) / TRANSFORMER.bufferSeconds
  const calls = Math.max(bytes / (TRANSFORMER.bufferMiB * MIB), Math.min(clicks, inTime))
  const seconds = (calls * ASSUMED.transformerCallMs + clicks * ASSUMED.transformerClickMs) / 1000
  return (
    (calls / MILLION) * PRICES.invocation.dollars +
    seconds * ASSUMED.transformerGb * PRICES.lambdaArm.dollars +
    ((calls * ASSUMED.transformerLogBytes) / GB) * PRICES.logGb.dollars
  )
}

const ITEM_BYTES = ASSUMED.clickBytes + ASSUMED.itemOverheadBytes

const writes = (clicks: number) => (clicks / MILLION) * Math.ceil(ITEM_BYTES / KIB) * PRICES.write.dollars

const items = (clicks: number) =>
  ((clicks * ITEM_BYTES) / GB) * (TABLE.retentionDays / DAYS) * (PRICES.tableGb.dollars + PRICES.backupGb.dollars)

/** Objects as time or size closes them, and what they hold. */
function lake(clicks: number): number {
  const inTime = (HOURS * 3600) / DELIVERY.bufferSeconds
  const objects = Math.max((clicks * ASSUMED.clickBytes) / (DELIVERY.bufferMiB * MIB), Math.min(clicks, inTime))
  const gb = (clicks * ASSUMED.parquetBytes * ASSUMED.lakeMonths) / GB
  return (objects / 1000) * PRICES.put.dollars + gb * PRICES.objectGb.dollars
}

/** Two tiers of a price by the million. */
function tiers(units: number, first: number, dollars: number, dollarsBeyond: number): number {
  return (Math.min(units, first) * dollars + Math.max(0, units - first) * dollarsBeyond) / MILLION
}

/** Clicks a month from which on the older system costs more. Undefined if it never does. */
export function breakEven(perRequest: number): number | undefined {
  const saved = (clicks: number) => sum(older(clicks)) - sum(clicklake(clicks, perRequest)) - sum(FIXED)
  let [low, high] = [0, 10_000 * MILLION]
  if (saved(high) < 0) return undefined
  while (high - low > 1000) {
    const middle = (low + high) / 2
    if (saved(middle) < 0) low = middle
    else high = middle
  }
  return high
}
