/** Firehose: the local one, told what the template tells the real one. */
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyBaseLogger } from 'fastify'
import { type LocalFirehose, startFirehose } from '../../../../infra/local/firehose/firehose.ts'
import { type GlueTable, glueTable } from './glue.ts'
import type { DeployedFunction } from './lambda.ts'
import { arn } from './names.ts'
import type { Permissions } from './permissions.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'
import { DeliveryStream, type Destination, Parameters } from './stream-properties.ts'

const Bucket = Type.Object({})
const LogGroup = Type.Object({})
const LogStream = Type.Object({ LogGroupName: Text })

const MIB = 1024 * 1024

export interface Stream extends LocalFirehose {
  readonly name: string
  readonly table: GlueTable
  readonly database: string
  /** Waits until all is delivered, and checks that Firehose's role may have written what it wrote. */
  deliver(): Promise<void>
}

export interface StreamOptions {
  readonly deployment: Deployment
  readonly permissions: Permissions
  /** Called once, with the processor's ARN. */
  readonly deployFunction: (functionArn: string) => DeployedFunction
  readonly dataDir: string
  /** The folder that stands for this bucket. */
  readonly bucket: { readonly arn: string; readonly dir: string }
  /** Keys that others wrote. */
  readonly others: () => readonly string[]
  readonly logger: FastifyBaseLogger
}

/** Starts the template's only stream. */
export async function startStream(options: StreamOptions): Promise<Stream> {
  const { deployment, permissions, deployFunction, dataDir, bucket, others, logger } = options
  const { at, ref, dependsOn, properties } = deployment.only('AWS::KinesisFirehose::DeliveryStream', DeliveryStream)
  const destination = properties.ExtendedS3DestinationConfiguration
  const { RoleARN: role, BufferingHints, Prefix, ErrorOutputPrefix } = destination
  const schema = destination.DataFormatConversionConfiguration.SchemaConfiguration
  if (destination.BucketARN !== bucket.arn) throw new TemplateError(`${at} writes to ${destination.BucketARN}`)

  const table = glueTable(deployment, schema.DatabaseName, schema.TableName)
  const parameters = readParameters(destination.ProcessingConfiguration.Processors[0]?.Parameters ?? [], at)
  const transformer = deployFunction(parameters.LambdaArn)
  // https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
  if (transformer.timeoutSeconds > 300) throw new TemplateError(`${at}: Firehose waits five minutes at most`)
  for (const each of [role, schema.RoleARN, parameters.RoleArn]) permissions.assume(each, 'firehose.amazonaws.com')
  demandAccess(options, destination, (role, action, resource) => {
    permissions.demand(role, action, resource)
    // Firehose tries its role when the stream is made, and CloudFormation makes all at once unless it is told.
    if (!permissions.sources({ role, action, resource }).some((source) => dependsOn.includes(source)))
      throw new TemplateError(`${at} does not depend on what lets its role ${action}`)
  })

  const firehose = await startFirehose({
    stream: {
      name: ref,
      prefix: Prefix,
      errorPrefix: ErrorOutputPrefix,
      bufferSeconds: BufferingHints.IntervalInSeconds,
      bufferBytes: BufferingHints.SizeInMBs * MIB,
      columns: table.columns,
      processor: {
        invoke: async (event) => {
          permissions.demand(parameters.RoleArn, 'lambda:InvokeFunction', transformer.arn)
          return transformer.invoke(event)
        },
        arn: transformer.arn,
        bufferBytes: Number(parameters.BufferSizeInMBs) * MIB,
        retries: Number(parameters.NumberOfRetries),
      },
    },
    dataDir,
    lakeDir: bucket.dir,
    host: '127.0.0.1',
    port: 0,
    logger,
  })
  return {
    ...firehose,
    name: ref,
    table,
    database: schema.DatabaseName,
    async deliver() {
      await firehose.flush()
      const written = (await filesOf(bucket.dir)).filter((key) => !others().includes(key))
      for (const key of written) permissions.demand(role, 's3:PutObject', `${bucket.arn}/${key}`)
    },
  }
}

function readParameters(given: readonly { ParameterName: string; ParameterValue: string }[], at: string) {
  const parameters = Object.fromEntries(
    given.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]),
  )
  const [wrong] = Value.Errors(Parameters, parameters)
  if (wrong !== undefined)
    throw new TemplateError(`${at}: processor parameter ${wrong.path}: ${wrong.message}, but it is ${wrong.value}`)
  return Value.Parse(Parameters, parameters)
}

/** What Firehose's role needs: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
function demandAccess(
  { deployment, bucket }: StreamOptions,
  destination: Static<typeof Destination>,
  demand: (role: string, action: string, resource: string) => void,
): void {
  const { RoleARN, Prefix, ErrorOutputPrefix, CloudWatchLoggingOptions } = destination
  const {
    DatabaseName,
    TableName,
    RoleARN: schemaRole,
  } = destination.DataFormatConversionConfiguration.SchemaConfiguration
  deployment.findByArn('AWS::S3::Bucket', Bucket, bucket.arn)
  for (const action of ['GetBucketLocation', 'ListBucket', 'ListBucketMultipartUploads'])
    demand(RoleARN, `s3:${action}`, bucket.arn)
  for (const prefix of [Prefix, ErrorOutputPrefix])
    for (const action of ['AbortMultipartUpload', 'GetObject', 'PutObject'])
      demand(RoleARN, `s3:${action}`, `${bucket.arn}/${prefix.slice(0, prefix.indexOf('!'))}…`)
  for (const action of ['GetTable', 'GetTableVersion', 'GetTableVersions'])
    for (const resource of ['catalog', `database/${DatabaseName}`, `table/${DatabaseName}/${TableName}`])
      demand(schemaRole, `glue:${action}`, arn('glue', resource))
  const { LogGroupName, LogStreamName } = CloudWatchLoggingOptions
  const group = deployment.find('AWS::Logs::LogGroup', LogGroup, LogGroupName)
  const logStream = deployment.find('AWS::Logs::LogStream', LogStream, LogStreamName)
  if (logStream.properties.LogGroupName !== LogGroupName)
    throw new TemplateError(`${logStream.at} is not in ${group.at}`)
  demand(RoleARN, 'logs:PutLogEvents', `${group.arn?.slice(0, -1)}log-stream:${LogStreamName}`)
}

/** Keys of all objects in a folder that stands for a bucket. What begins with a dot is the local services' own. */
export async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(dir, join(parentPath, name)))
    .filter((key) => !key.startsWith('.'))
}
