import { ArnFormat, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib'
import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import type { CfnTable } from 'aws-cdk-lib/aws-glue'
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  DeliveryStream,
  EnableLogging,
  LambdaFunctionProcessor,
  OpenXJsonInputFormat,
  ParquetCompression,
  ParquetOutputFormat,
  S3Bucket,
  SchemaConfiguration,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { DELIVERY, DELIVERY_ERROR_PREFIX, DELIVERY_PREFIX, PREFIX, TRANSFORMER, TRANSFORMER_ENV } from '../pipeline.ts'
import { acknowledgeObjects, acknowledgeWildcard } from './acknowledge.ts'
import { BundledFunction } from './function.ts'
import type { DeploymentOptions } from './options.ts'

export interface DeliveryProps {
  readonly options: DeploymentOptions
  readonly bucket: IBucket
  /** The Glue table whose columns the Parquet objects get. */
  readonly rows: CfnTable
  readonly table: ITable
}

/** Steps 8 and 9: the delivery stream, with the transformer that it calls and the conversion to Parquet. */
export class Delivery extends Construct {
  readonly stream: DeliveryStream
  readonly transformer: IFunction

  constructor(scope: Construct, id: string, { options, bucket, rows, table }: DeliveryProps) {
    super(scope, id)
    this.transformer = this.#transformer(options, bucket, table)
    const logs = new LogGroup(this, 'Logs', { retention: options.logDays, removalPolicy: RemovalPolicy.DESTROY })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') })
    const policy = this.#allow(role, { bucket, rows, logs })
    // The destination would grant itself more than it needs, deleting from the whole bucket included.
    const closed = role.withoutPolicyUpdates()

    this.stream = new DeliveryStream(this, 'Stream', {
      encryption: StreamEncryption.awsOwnedKey(),
      destination: new S3Bucket(bucket, {
        role: closed,
        dataOutputPrefix: DELIVERY_PREFIX,
        errorOutputPrefix: DELIVERY_ERROR_PREFIX,
        bufferingInterval: Duration.seconds(options.bufferSeconds),
        bufferingSize: Size.mebibytes(DELIVERY.bufferMiB),
        loggingConfig: new EnableLogging(logs),
        processors: [
          new LambdaFunctionProcessor(this.transformer, {
            bufferInterval: Duration.seconds(TRANSFORMER.bufferSeconds),
            bufferSize: Size.mebibytes(TRANSFORMER.bufferMiB),
            retries: TRANSFORMER.retries,
          }),
        ],
        dataFormatConversion: {
          schemaConfiguration: SchemaConfiguration.fromCfnTable(rows),
          // Names as they are: folded, two attributes could become one, which the SerDe refuses.
          inputFormat: new OpenXJsonInputFormat({ lowercaseColumnNames: false }),
          outputFormat: new ParquetOutputFormat({ compression: ParquetCompression.SNAPPY }),
        },
      }),
    })
    // Firehose checks what its role may do when the stream is made.
    this.stream.node.addDependency(policy)

    // cdk-nag takes a reason for each wildcard by itself, under the name that the template has for its resource.
    acknowledgeObjects(this, PREFIX.clicks, PREFIX.errors, PREFIX.rejected)
    acknowledgeWildcard(
      this,
      '<DeliveryTransformerFunction62ABD5CE.Arn>:*',
      'Versions of one function, which Firehose names.',
    )
  }

  /** Outside of the VPC: it needs the catalogue's address, DynamoDB and S3, and nothing inside. */
  #transformer(options: DeploymentOptions, bucket: IBucket, table: ITable): IFunction {
    const { function: transformer } = new BundledFunction(this, 'Transformer', {
      file: 'transformer.ts',
      description: 'Enriches clicks and writes them to DynamoDB',
      environment: {
        [TRANSFORMER_ENV.table]: table.tableName,
        [TRANSFORMER_ENV.bucket]: bucket.bucketName,
        [TRANSFORMER_ENV.retentionDays]: String(options.retentionDays),
        ...(options.enrichmentUrl !== '' && {
          [TRANSFORMER_ENV.enrichmentUrl]: options.enrichmentUrl,
          [TRANSFORMER_ENV.enrichmentFields]: options.enrichmentFields,
        }),
      },
      // Firehose waits five minutes at most.
      timeout: Duration.minutes(5),
      memory: 1024,
      options,
    })
    table.grant(transformer, 'dynamodb:BatchWriteItem')
    // Not grantPut, which also lets it abort other writers' uploads.
    transformer.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${PREFIX.rejected}*`)] }),
    )
    return transformer
  }

  #allow(role: Role, { bucket, rows, logs }: { bucket: IBucket; rows: CfnTable; logs: LogGroup }): Policy {
    const database = rows.databaseName
    const glue = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({
        service: 'glue',
        resource,
        ...(resourceName === undefined
          ? { arnFormat: ArnFormat.NO_RESOURCE_NAME }
          : { resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
      })
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
          resources: [bucket.bucketArn],
        }),
        new PolicyStatement({
          actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
          resources: [PREFIX.clicks, PREFIX.errors].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
        }),
        new PolicyStatement({
          actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
          resources: [glue('catalog'), glue('database', database), glue('table', `${database}/${rows.ref}`)],
        }),
        new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [logs.logGroupArn] }),
      ],
    })
    this.transformer.grantInvoke(role)
    return policy
  }
}
