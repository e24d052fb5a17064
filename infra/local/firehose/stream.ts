/** What a delivery stream is told, and how the local one is named and described. */

import type { FirehoseTransformationEvent } from '../../lambda/firehose-event.ts'
import type { Column } from '../../pipeline.ts'
import { LAKE } from '../../pipeline.ts'

/** The account of every emulator: nothing here belongs to anybody. */
export const ACCOUNT = '000000000000'
export const REGION = 'us-east-1'

/** Settings of the one delivery stream. */
export interface StreamSettings {
  readonly name: string
  /** Prefix expression of the Parquet objects, such as `clicks/dt=!{timestamp:yyyy-MM-dd}/`. */
  readonly prefix: string
  /** Prefix expression of what failed; it must hold `!{firehose:error-output-type}`. */
  readonly errorPrefix: string
  /** A buffer is delivered this long after its first record. */
  readonly bufferSeconds: number
  /** A buffer is delivered when it holds this much data, before base64. */
  readonly bufferBytes: number
  /** Columns of the Parquet objects, in order. */
  readonly columns: readonly Column[]
  /** The transformer Lambda. Without it, records are converted as they came. */
  readonly processor?: Processor
}

export interface Processor {
  /** Calls the function. Its answer is checked as Firehose does, so it may be anything. */
  readonly invoke: (event: FirehoseTransformationEvent) => Promise<unknown>
  readonly arn: string
  /** Data that is gathered for one call, before base64. A larger record is a call of its own. */
  readonly bufferBytes: number
  /** Tries after the first. */
  readonly retries: number
  /** Calls at the same time. @default one */
  readonly concurrency?: number
  /** An invocation that takes longer has failed. @default 5 minutes, which is the longest that Firehose waits */
  readonly timeoutMs?: number
}

export function streamArn(name: string): string {
  return `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${name}`
}

/** The table whose schema the conversion uses, as error objects name it. */
export const CATALOG_TABLE = {
  catalogId: ACCOUNT,
  databaseName: 'clicklake',
  tableName: LAKE.rows,
  region: REGION,
  versionId: 'LATEST',
} as const

const MIB = 1024 * 1024
const ROLE = `arn:aws:iam::${ACCOUNT}:role/clicklake-local`

/**
 * The `DeliveryStreamDescription` of DescribeDeliveryStream.
 *
 * @param created when this process started the stream; AWS JSON writes times as epoch seconds
 */
export function describe(stream: StreamSettings, created: Date) {
  return {
    DeliveryStreamName: stream.name,
    DeliveryStreamARN: streamArn(stream.name),
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamEncryptionConfiguration: { Status: 'DISABLED' },
    DeliveryStreamType: 'DirectPut',
    VersionId: '1',
    CreateTimestamp: created.getTime() / 1000,
    Destinations: [
      { DestinationId: 'destinationId-000000000001', ExtendedS3DestinationDescription: destination(stream) },
    ],
    HasMoreDestinations: false,
  }
}

function destination({ prefix, errorPrefix, bufferBytes, bufferSeconds, processor }: StreamSettings) {
  return {
    RoleARN: ROLE,
    BucketARN: 'arn:aws:s3:::clicklake',
    Prefix: prefix,
    ErrorOutputPrefix: errorPrefix,
    BufferingHints: { SizeInMBs: Math.max(1, Math.round(bufferBytes / MIB)), IntervalInSeconds: bufferSeconds },
    CompressionFormat: 'UNCOMPRESSED',
    EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions: { Enabled: false },
    ProcessingConfiguration: {
      Enabled: processor !== undefined,
      Processors: processor === undefined ? [] : [{ Type: 'Lambda', Parameters: parameters(processor) }],
    },
    S3BackupMode: 'Disabled',
    DataFormatConversionConfiguration: {
      Enabled: true,
      SchemaConfiguration: {
        RoleARN: ROLE,
        CatalogId: CATALOG_TABLE.catalogId,
        DatabaseName: CATALOG_TABLE.databaseName,
        TableName: CATALOG_TABLE.tableName,
        Region: CATALOG_TABLE.region,
        VersionId: CATALOG_TABLE.versionId,
      },
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
    },
  }
}

function parameters({ arn, retries, bufferBytes }: Processor) {
  return [
    { ParameterName: 'LambdaArn', ParameterValue: arn },
    { ParameterName: 'NumberOfRetries', ParameterValue: String(retries) },
    { ParameterName: 'BufferSizeInMBs', ParameterValue: String(bufferBytes / MIB) },
  ]
}
