/** What one invocation did, for its log line and for whoever counts. Pure. */
import { type Embedded, embed, type Unit } from '../../service/metric-names.ts'
import type { FirehoseTransformationResult } from './firehose-event.ts'
import type { Written } from './table.ts'
import { count, errorName, type Tally } from './tally.ts'
import type { Unpacked } from './unpack.ts'

/** Numbers, names of errors and ids of records: nothing of a click's contents, which are somebody's personal data. */
export interface TransformSummary {
  readonly invocationId: string
  /** Name of the delivery stream. */
  readonly stream: string
  readonly records: number
  /** Records by `Ok`, `Dropped` and `ProcessingFailed`. */
  readonly results: Tally
  /** Good clicks. */
  readonly clicks: number
  /** Lines cut out, by kind: `encoding`, `json` or `schema`. */
  readonly rejected: Tally
  /** The object that holds these, with reasons. */
  readonly rejectedKey?: string
  /** Why it could not be written. */
  readonly rejectedError?: string
  /** Items in the table, and clicks that another one with the same key stands for. */
  readonly written: number
  readonly duplicates: number
  readonly unwritten: number
  /** Errors of DynamoDB by name, also of those that a later try overcame. */
  readonly writeErrors: Tally
  /** Distinct items by how the catalogue was asked and what it said: see `Enrichment`. */
  readonly lookups: Tally
  /** Records that were delivered without the facts found for them, to keep the answer within its limit. */
  readonly unenriched: number
  /** Ids of the first records that are `ProcessingFailed`. */
  readonly failedRecordIds: readonly string[]
}

/** Where the rejects are, or the error that kept them from there; neither if there were none. */
export type Rejection = { readonly key?: string } | { readonly error: unknown }

const LOGGED_IDS = 10

export interface Invocation {
  readonly invocationId: string
  readonly stream: string
  readonly unpacked: readonly Unpacked[]
  readonly rejection: Rejection
  readonly lookups: Tally
  readonly unenriched: number
  readonly written: Written
  readonly result: FirehoseTransformationResult
}

export function summarize(invocation: Invocation): TransformSummary {
  const { invocationId, stream, unpacked, rejection, lookups, unenriched, written } = invocation
  const { records } = invocation.result
  const results: Tally = {}
  for (const { result } of records) count(results, result)
  const rejected: Tally = {}
  for (const { kind } of unpacked.flatMap(({ rejects }) => rejects)) count(rejected, kind)
  return {
    invocationId,
    stream,
    records: records.length,
    results,
    clicks: unpacked.reduce((sum, { clicks }) => sum + clicks.length, 0),
    rejected,
    ...('error' in rejection
      ? { rejectedError: errorName(rejection.error) }
      : rejection.key !== undefined && { rejectedKey: rejection.key }),
    written: written.items,
    duplicates: written.duplicates,
    unwritten: written.failed.size,
    writeErrors: written.errors,
    lookups,
    unenriched,
    failedRecordIds: records
      .filter(({ result }) => result === 'ProcessingFailed')
      .slice(0, LOGGED_IDS)
      .map(({ recordId }) => recordId),
  }
}

/** Metrics of the transformer by name, from each invocation: what alarms need, and the clicks for the dashboard. */
export const TRANSFORMER_METRICS = {
  /** Good clicks. */
  TransformedClicks: 'Count',
  /** Records that go to `errors/` as they came in. */
  FailedRecords: 'Count',
  /** Lines that are no clicks. */
  CutLines: 'Count',
  /** Invocations that could not write to `rejected/`. */
  RejectedWriteErrors: 'Count',
} as const satisfies Record<string, Unit>

/** A summary as a line of the log that CloudWatch makes metrics from. */
export function embedSummary(summary: TransformSummary): TransformSummary & Embedded<keyof typeof TRANSFORMER_METRICS> {
  const { stream, results, clicks, rejected, rejectedError } = summary
  return {
    ...summary,
    ...embed(TRANSFORMER_METRICS, stream, {
      TransformedClicks: clicks,
      FailedRecords: results.ProcessingFailed ?? 0,
      CutLines: Object.values(rejected).reduce((sum, n) => sum + n, 0),
      RejectedWriteErrors: rejectedError === undefined ? 0 : 1,
    }),
  }
}
