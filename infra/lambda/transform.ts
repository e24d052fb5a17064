/**
 * Step 8 of a click's way, called by Firehose with about a megabyte of packed records:
 *
 *     unpack ─┬─ rejects ─────────────────> S3 rejected/     fails: so do the records that hold them
 *             └─ clicks ─> enrich ─> fit ─> DynamoDB         fails: so do the records whose click is not there
 *                                     └───> the answer: Ok, Dropped or ProcessingFailed, per record
 *
 * Firehose tries an invocation again, and replay brings its output back: every write here repeats without harm.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { type Delivery, delivered, dropped, failed, fit } from './answer.ts'
import { createEnricher, type Enrich, type Enrichment, type EnrichmentOptions } from './enrich.ts'
import { addFacts } from './facts.ts'
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from './firehose-event.ts'
import { keyOf } from './items.ts'
import { putRejected, type RejectedRecord } from './rejected.ts'
import { type Rejection, summarize, type TransformSummary } from './summary.ts'
import { createTable } from './table.ts'
import { unpack } from './unpack.ts'

export interface TransformerOptions {
  readonly dynamo: DynamoDBClient
  readonly tableName: string
  readonly s3: S3Client
  /** Where `rejected/` is. */
  readonly bucket: string
  /** Days after `receivedat` until DynamoDB may delete a click: a positive integer. */
  readonly retentionDays: number
  /** Without it clicks stay as they are. */
  readonly enrichment?: EnrichmentOptions
  /** Takes one summary per invocation. Without it nothing is logged. */
  readonly log?: (summary: TransformSummary) => void
}

export type Transformer = (event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>

/** @throws if the options cannot work. The transformer itself rejects for nothing that a record or a service does. */
export function createTransformer(options: TransformerOptions): Transformer {
  const { s3, bucket, retentionDays, enrichment, log } = options
  if (!Number.isInteger(retentionDays) || retentionDays < 1) {
    throw new Error(`retentionDays must be a positive integer, not ${retentionDays}`)
  }
  const enrich: Enrich = enrichment === undefined ? nothingKnown : createEnricher(enrichment)
  const write = createTable(options)

  async function reject(rejected: readonly RejectedRecord[]): Promise<Rejection> {
    if (rejected.length === 0) return {}
    try {
      return { key: await putRejected(s3, bucket, rejected) }
    } catch (error) {
      return { error }
    }
  }

  return async ({ invocationId, deliveryStreamArn, records }) => {
    const unpacked = records.map((record) => ({ record, ...unpack(record.data) }))
    const rejected = unpacked.filter(({ rejects }) => rejects.length > 0)
    const rejecting = reject(rejected)

    const { facts, lookups } = await enrich(new Set(unpacked.flatMap(({ clicks }) => clicks.map(itemid))))
    const enriched = unpacked.map(({ record, clicks: plain }): Delivery => {
      return { record, plain, clicks: plain.map((click) => addFacts(click, facts.get(itemid(click)))) }
    })
    const deliveries = fit(enriched)
    const written = await write(deliveries.flatMap(({ clicks }) => clicks))

    const rejection = await rejecting
    const unsafe = new Set('error' in rejection ? rejected.map(({ record }) => record) : [])
    const result: FirehoseTransformationResult = {
      records: deliveries.map((delivery) => {
        const { record, clicks } = delivery
        if (unsafe.has(record) || clicks.some((click) => written.failed.has(keyOf(click)))) return failed(record)
        return clicks.length === 0 ? dropped(record) : delivered(delivery)
      }),
    }
    const unenriched = deliveries.filter((delivery, index) => delivery !== enriched[index]).length
    const stream = streamName(deliveryStreamArn)
    log?.(summarize({ invocationId, stream, unpacked, rejection, lookups, unenriched, written, result }))
    return result
  }
}

/** What follows `deliverystream/`. */
const streamName = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

const itemid = (click: { readonly itemid?: string }) => click.itemid ?? ''

const nothingKnown = async (): Promise<Enrichment> => ({ facts: new Map(), lookups: {} })
