/** The templates, deployed and running: every part of AWS that a click passes, played on this machine. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { startDynamoDB } from '../../../../infra/local/dynamodb.ts'
import { startS3 } from '../../../../infra/local/s3/s3.ts'
import type { Assembly, Template } from './assembly.ts'
import { startAws } from './aws.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { type DeployedFunction, deployFunction } from './lambda.ts'
import { REGION } from './names.ts'
import { Permissions } from './permissions.ts'
import { Deployment } from './resolve.ts'
import { startSecrets } from './secrets.ts'
import { startService } from './service.ts'
import { type Stream, startStream } from './stream.ts'
import { type CreatedTable, createTable } from './table.ts'

export interface Cloud {
  readonly gateway: Gateway
  readonly stream: Stream
  readonly table: CreatedTable
  /** To look into the table, as whoever owns it. */
  readonly dynamo: DynamoDBClient
  readonly bucket: { readonly name: string; readonly dir: string }
  /** The key that Secrets Manager generated. */
  readonly key: string
  readonly deployment: Deployment
  readonly permissions: Permissions
}

/**
 * Deploys templates, lets `use` work with them, and takes everything down.
 *
 * @param assembly its assets are used
 * @param dir an empty folder
 * @throws what the templates, AWS's rules or `use` find wrong. A call without permission comes before what followed of it
 */
export async function withCloud(
  templates: Record<string, Template>,
  assembly: Assembly,
  dir: string,
  use: (cloud: Cloud) => Promise<void>,
): Promise<void> {
  const deployment = new Deployment(templates)
  const permissions = new Permissions(deployment)
  const errors: unknown[] = []
  const functions = new Map<string, DeployedFunction>()
  await using started = new AsyncDisposableStack()
  const closing = <T extends { close(): Promise<void> }>(part: T): T => {
    started.defer(() => part.close())
    return part
  }

  try {
    await use(await start())
  } catch (error) {
    // Those who called a function saw that it failed; the reason is known to it alone.
    const reasons = [...functions.values()].flatMap(({ failures }) => failures)
    const message = [(error as Error).message, ...new Set(reasons)].join('; ')
    throw permissions.denied[0] ?? errors[0] ?? new Error(message, { cause: error })
  }
  const [wrong] = [...permissions.denied, ...errors]
  if (wrong !== undefined) throw wrong

  async function start(): Promise<Cloud> {
    const onError = (error: unknown) => void errors.push(error)
    const logger = pino({ level: 'silent' })
    const local = { host: '127.0.0.1', port: 0 }
    const bucket = deployment.only('AWS::S3::Bucket', Type.Object({}))
    const bucketDir = join(dir, 'bucket')
    await mkdir(bucketDir)

    const dynamodb = closing(await startDynamoDB({ path: join(dir, 'dynamodb'), ...local }))
    const dynamo = new DynamoDBClient({
      region: REGION,
      endpoint: dynamodb.url,
      credentials: { accessKeyId: 'owner', secretAccessKey: 'owner' },
    })
    started.defer(() => dynamo.destroy())
    const table = await createTable(deployment, dynamo)
    const s3 = closing(await startS3({ dir: bucketDir, bucket: bucket.ref, logger, ...local }))
    const secrets = closing(await startSecrets(deployment, onError))

    const backends = { dynamodb: dynamodb.url, firehose: '', s3: s3.url, secretsmanager: secrets.url }
    const aws = closing(await startAws(permissions, backends, onError))
    const deploy = (functionArn: string) => {
      const deployed = functions.get(functionArn) ?? deployFunction(deployment, assembly, aws, permissions, functionArn)
      if (!functions.has(functionArn)) functions.set(functionArn, closing(deployed))
      return deployed
    }
    const stream = closing(
      await startStream({
        deployment,
        permissions,
        deployFunction: deploy,
        dataDir: join(dir, 'firehose'),
        bucket: { arn: bucket.arn ?? '', dir: bucketDir },
        others: () => aws.objects,
        logger,
      }),
    )
    backends.firehose = stream.url
    const gateway = closing(
      await startGateway({
        deployment,
        permissions,
        deployFunction: deploy,
        startTarget: async (target) => closing(await startService(deployment, assembly, aws, permissions, target)),
        onError,
      }),
    )
    return {
      ...{ gateway, stream, table, dynamo, deployment, permissions },
      bucket: { name: bucket.ref, dir: bucketDir },
      key: secrets.key,
    }
  }
}
