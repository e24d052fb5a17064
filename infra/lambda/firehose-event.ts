/**
 * What Firehose hands to a data-transformation Lambda, and what it expects
 * back: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
 */
export interface FirehoseTransformationEvent {
  readonly invocationId: string
  readonly deliveryStreamArn: string
  readonly region: string
  readonly records: readonly FirehoseRecord[]
}

/** One PutRecord(Batch) entry as Firehose received it. */
export interface FirehoseRecord {
  /** Unique within the stream, and the same when Firehose invokes again. */
  readonly recordId: string
  /** Milliseconds since the epoch. */
  readonly approximateArrivalTimestamp: number
  /** Base64 of the record's bytes: newline-delimited JSON of StoredClicks. */
  readonly data: string
}

/** Every recordId of the event exactly once, at most 6 MB as JSON. */
export interface FirehoseTransformationResult {
  readonly records: readonly TransformedRecord[]
}

export interface TransformedRecord {
  readonly recordId: string
  /** `ProcessingFailed` records go to the error prefix as they came in. */
  readonly result: 'Ok' | 'Dropped' | 'ProcessingFailed'
  /** Base64 of the record's bytes. */
  readonly data: string
}
