/** Firehose's own format of what failed: JSON lines, with the record as it came in `rawData`. */

import type { ConversionError } from './documents.ts'
import type { BufferedRecord } from './segments.ts'
import { CATALOG_TABLE } from './stream.ts'
import type { ProcessingFailure } from './transform.ts'

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html */
export function processingFailedLine(
  { record, errorCode, errorMessage }: ProcessingFailure,
  { attempts, lambdaArn }: { readonly attempts: number; readonly lambdaArn: string },
): string {
  return line({
    attemptsMade: attempts,
    arrivalTimestamp: record.arrival,
    errorCode,
    errorMessage,
    attemptEndingTimestamp: Date.now(),
    rawData: record.base64,
    lambdaArn,
  })
}

/** A record that could not be converted. */
export interface ConversionFailure {
  readonly record: BufferedRecord
  /** What was to be converted: the transformer's output, where there is a transformer. */
  readonly base64: string
  readonly error: ConversionError
}

/**
 * https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html; the sequence numbers
 * there are only with Kinesis streams as the source.
 */
export function conversionFailedLine({ record, base64, error }: ConversionFailure): string {
  return line({
    attemptsMade: 1,
    arrivalTimestamp: record.arrival,
    lastErrorCode: error.code,
    lastErrorMessage: error.message,
    attemptEndingTimestamp: Date.now(),
    rawData: base64,
    dataCatalogTable: CATALOG_TABLE,
  })
}

const line = (value: Readonly<Record<string, unknown>>) => `${JSON.stringify(value)}\n`
