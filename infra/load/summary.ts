/** What a load test found, for people and for programs. Pure. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { markdownTable } from 'markdown-table'
import type { Arguments } from './arguments.ts'
import type { Outcome, Tally } from './tally.ts'

/** From here on a rate counts as not reached. */
const REACHED = 0.99

/** From here on the sender may be what is slow. */
const BUSY = 0.9

const MESSAGE_CHARACTERS = 300

interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** What `--json` prints. */
export interface Summary {
  readonly url: string
  readonly asked: Pick<Arguments, 'rate' | 'connections' | 'seconds' | 'clicks' | 'gzip'>
  /** In which requests were sent. */
  readonly seconds: number
  readonly requests: { readonly sent: number; readonly perSecond: number }
  /** `sent` is the sum of what became of them. */
  readonly clicks: Readonly<Record<Outcome, number>> & { readonly sent: number; readonly acceptedPerSecond: number }
  /** Of all answers, milliseconds; undefined without any. */
  readonly latency: Latency | undefined
  readonly answers: readonly {
    readonly kind: string
    readonly requests: number
    readonly latency: Latency | undefined
    /** The first that was said. */
    readonly message: string | undefined
  }[]
  readonly warnings: readonly string[]
  /** Clicks were accepted, and none was rejected, failed or lost. */
  readonly passed: boolean
}

/**
 * @param seconds in which requests were sent
 * @param busy the share of the time in which this process had something to do
 */
export function summarise(args: Arguments, tally: Tally, seconds: number, busy: number): Summary {
  const { url, sender, rate, connections, clicks, gzip } = args
  const perSecond = (count: number) => (seconds === 0 ? 0 : round(count / seconds))
  const { accepted, rejected, failed, lost } = tally.clicks
  const all = createHistogram()
  for (const { latency } of tally.kinds.values()) all.add(latency)
  // Whatever answers may send the key back.
  const show = (message: string) =>
    ('key' in sender ? message.replaceAll(sender.key, '<key>') : message)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, MESSAGE_CHARACTERS)
  return {
    url,
    asked: { rate, connections, seconds: args.seconds, clicks, gzip },
    seconds: round(seconds),
    requests: { sent: tally.sent, perSecond: perSecond(tally.sent) },
    clicks: { sent: tally.sent * tally.size, ...tally.clicks, acceptedPerSecond: perSecond(accepted) },
    latency: latencyOf(all),
    answers: [...tally.kinds]
      .sort(([, a], [, b]) => b.requests - a.requests)
      .map(([kind, { requests, latency, message }]) => ({
        kind,
        requests,
        latency: latencyOf(latency),
        message: message === undefined ? undefined : show(message),
      })),
    warnings: [...warningsOf(args, tally, seconds, busy)],
    passed: accepted > 0 && rejected + failed + lost === 0,
  }
}

function* warningsOf({ rate, connections }: Arguments, tally: Tally, seconds: number, busy: number): Generator<string> {
  if (tally.foreign > 0) {
    yield `${number(tally.foreign)} answers are not Clicklake's: is <url> its address, and what stands before it?`
  }
  // The last one may have been due in the millisecond after the end.
  if (rate !== undefined && tally.sent + 1 < rate * seconds * REACHED) {
    yield `${number(tally.sent / seconds)} requests a second were sent, not ${number(rate)}: none of ${number(connections)} connections was free for the others. More --connections send more, if the service answers them.`
  }
  if (tally.unconnected.size > 0) {
    const codes = [...tally.unconnected].map(([code, count]) => `${code} ${number(count)} times`)
    yield `connections failed: ${codes.join(', ')}.`
  }
  if (busy > BUSY) {
    yield `this process was busy ${number(busy * 100)}% of the time: it may be what limits the rate and adds to the latencies. Send from several, or from another machine.`
  }
}

/** In some lines, with a table of the answers. */
export function format({ seconds, requests, clicks, latency, answers, warnings }: Summary): string {
  const rows = [
    ['requests sent', requests.sent, `${number(requests.perSecond)} a second, in ${number(seconds)} s`],
    ['clicks sent', clicks.sent, ''],
    ['  accepted', clicks.accepted, `${number(clicks.acceptedPerSecond)} a second`],
    ['  refused', clicks.refused, '503 and 429, to be sent again later'],
    ['  rejected', clicks.rejected, 'found to be no clicks'],
    ['  failed', clicks.failed, 'other answers'],
    ['  lost', clicks.lost, 'no answer: taken or not'],
  ] as const
  const width = number(clicks.sent).length
  const table = markdownTable(
    [
      ['answer', 'requests', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'],
      ...answers.map((answer) => [answer.kind, number(answer.requests), ...cells(answer.latency)]),
      ...(latency && answers.length > 1
        ? [['all answers', number(requests.sent - lostOf(answers)), ...cells(latency)]]
        : []),
    ],
    { align: ['l', 'r', 'r', 'r', 'r', 'r'] },
  )
  const notes = [
    ...answers.flatMap(({ kind, message }) => (message === undefined ? [] : [`${kind}: ${message}`])),
    ...warnings.map((warning) => `warning: ${warning}`),
  ]
  return [
    ...rows.map(([name, count, note]) => `${name.padEnd(14)} ${number(count).padStart(width)}  ${note}`.trimEnd()),
    '',
    table,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n')
}

const lostOf = (answers: Summary['answers']) =>
  answers.reduce((total, { latency, requests }) => (latency === undefined ? total + requests : total), 0)

const cells = (latency: Latency | undefined) =>
  latency === undefined ? ['', '', '', ''] : [latency.p50, latency.p90, latency.p99, latency.max].map(number)

function latencyOf(histogram: RecordableHistogram): Latency | undefined {
  if (histogram.count === 0) return undefined
  const ms = (microseconds: number) => round(microseconds / 1000)
  const at = (percentile: number) => ms(histogram.percentile(percentile))
  return { p50: at(50), p90: at(90), p99: at(99), max: ms(histogram.max) }
}

const round = (value: number) => Math.round(value * 10) / 10

/** @returns 1,234.5 */
export const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 })
