/** Properties of a delivery stream that the local Firehose can be told, within AWS's limits. */
import { Type } from '@sinclair/typebox'
import { ACCOUNT, REGION } from './names.ts'
import { strict, Text } from './schemas.ts'

/** Limits as of https://docs.aws.amazon.com/firehose/latest/APIReference/API_ExtendedS3DestinationConfiguration.html */
export const Destination = strict({
  BucketARN: Text,
  RoleARN: Text,
  Prefix: Text,
  ErrorOutputPrefix: Text,
  // With conversion, 64 at least: https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html
  BufferingHints: strict({
    IntervalInSeconds: Type.Integer({ minimum: 0, maximum: 900 }),
    SizeInMBs: Type.Integer({ minimum: 64, maximum: 128 }),
  }),
  CompressionFormat: Type.Optional(Type.Literal('UNCOMPRESSED')),
  CloudWatchLoggingOptions: strict({ Enabled: Type.Literal(true), LogGroupName: Text, LogStreamName: Text }),
  ProcessingConfiguration: strict({
    Enabled: Type.Literal(true),
    Processors: Type.Array(
      strict({
        Type: Type.Literal('Lambda'),
        Parameters: Type.Array(strict({ ParameterName: Text, ParameterValue: Text })),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
  DataFormatConversionConfiguration: strict({
    Enabled: Type.Literal(true),
    // Keys as they are, which is what the local conversion does.
    InputFormatConfiguration: strict({
      Deserializer: strict({ OpenXJsonSerDe: strict({ CaseInsensitive: Type.Literal(false) }) }),
    }),
    OutputFormatConfiguration: strict({
      Serializer: strict({ ParquetSerDe: strict({ Compression: Type.Literal('SNAPPY') }) }),
    }),
    SchemaConfiguration: strict({
      CatalogId: Type.Literal(ACCOUNT),
      DatabaseName: Text,
      TableName: Text,
      Region: Type.Literal(REGION),
      RoleARN: Text,
      VersionId: Type.Literal('LATEST'),
    }),
  }),
})

export const DeliveryStream = strict({
  DeliveryStreamType: Type.Literal('DirectPut'),
  DeliveryStreamEncryptionConfigurationInput: strict({ KeyType: Type.Literal('AWS_OWNED_CMK') }),
  ExtendedS3DestinationConfiguration: Destination,
})

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html */
export const Parameters = strict({
  LambdaArn: Text,
  RoleArn: Text,
  BufferSizeInMBs: Type.String({ pattern: '^(0\\.[2-9]\\d*|[12](\\.\\d+)?|3)$' }),
  BufferIntervalInSeconds: Type.String({ pattern: '^([0-9]|[1-9]\\d|[1-8]\\d\\d|900)$' }),
  NumberOfRetries: Type.String({ pattern: '^([0-9]|[1-9]\\d|[12]\\d\\d|300)$' }),
})
