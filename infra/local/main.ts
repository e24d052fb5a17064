/**
 * The whole pipeline on one machine, in one process, without an AWS account: the same service, the same SDK clients,
 * the same transformer and the same settings as in the cloud; Firehose, S3 and DynamoDB are stand-ins that speak the
 * real protocols.
 */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import pretty from 'pino-pretty'
import { createApp } from '../../service/app.ts'
import { closeOnSignal, failToStart } from '../../service/close.ts'
import { createS3Client } from '../../service/delivery/bucket.ts'
import { createFirehoseClient } from '../../service/delivery/firehose.ts'
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from '../lambda/firehose-event.ts'
import { createDynamoDBClient } from '../lambda/table.ts'
import { createTransformer } from '../lambda/transform.ts'
import { COLUMNS, DELIVERY_ERROR_PREFIX, DELIVERY_PREFIX, ENRICHMENT_FIELDS, TABLE, TRANSFORMER } from '../pipeline.ts'
import catalogue from './catalogue.ts'
import { LOCAL_BUCKET, LOCAL_STREAM, LOCAL_TABLE, loadLocalConfig, loadServiceConfig } from './config.ts'
import docs from './docs.ts'
import { ensureTable, startDynamoDB } from './dynamodb.ts'
import { Faults } from './firehose/faults.ts'
import { startFirehose } from './firehose/firehose.ts'
import live from './live/live.ts'
import { isLoopback } from './live/own-page.ts'
import { PipelineWatch } from './live/pipeline.ts'
import { startS3 } from './s3/s3.ts'
import site from './site/site.ts'

/** The local services check no signature, so that any will do. */
const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }

const MIB = 1024 * 1024

/** Less than the cloud may have, so that of many clicks at once the first are delivered while the others come in. */
const BUFFER_BYTES = 16 * MIB

try {
  await start()
} catch (error) {
  failToStart(error)
}

async function start(): Promise<void> {
  const local = loadLocalConfig(process.env)
  const config = loadServiceConfig(process.env)
  const dataDir = resolve(local.DATA_DIR)
  const lakeDir = join(dataDir, 'lake')
  const host = local.LOCAL_HOST
  await mkdir(lakeDir, { recursive: true })

  // First the database: its lock tells whether another process has the folder.
  const dynamodb = await startDynamoDB({ path: join(dataDir, 'dynamodb'), host, port: local.LOCAL_DYNAMODB_PORT })
  const dynamo = createDynamoDBClient({ ...AWS, endpoint: dynamodb.url })
  await ensureTable(dynamo, LOCAL_TABLE)

  const serving = Promise.withResolvers<(event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>>()
  const s3Endpoint = { ...AWS, endpoint: `http://127.0.0.1:${local.LOCAL_S3_PORT}`, forcePathStyle: true }
  const firehose = createFirehoseClient({ ...AWS, endpoint: `http://127.0.0.1:${local.LOCAL_FIREHOSE_PORT}` })
  const lakeS3 = new S3Client(s3Endpoint)
  const app = await createApp(config, {
    firehose,
    s3: createS3Client(s3Endpoint),
    ...(process.stdout.isTTY && { logStream: pretty({ ignore: 'pid,hostname,reqId' }) }),
  })
  await app.register(catalogue)
  await app.register(docs)
  await app.register(site)
  const watch = new PipelineWatch()
  const faults = new Faults()
  await app.register(live, {
    watch,
    faults,
    lakeDir,
    clients: config.clients,
    // As Firehose, S3 and DynamoDB here: the page shows what they hold, and can break them.
    onThisMachine: isLoopback(host),
    replay: { s3: lakeS3, bucket: LOCAL_BUCKET, firehose, stream: LOCAL_STREAM },
  })

  const s3 = await startS3({ dir: lakeDir, bucket: LOCAL_BUCKET, host, port: local.LOCAL_S3_PORT, logger: app.log })
  const stream = await startFirehose({
    stream: {
      name: LOCAL_STREAM,
      prefix: DELIVERY_PREFIX,
      errorPrefix: DELIVERY_ERROR_PREFIX,
      bufferSeconds: local.LOCAL_BUFFER_SECONDS,
      bufferBytes: BUFFER_BYTES,
      columns: COLUMNS,
      processor: {
        // Clicks that an earlier process left are transformed only when the catalogue can be asked about them.
        invoke: async (event) => {
          const transform = await serving.promise
          const result = await transform(event)
          watch.answered(result)
          return result
        },
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:transformer',
        bufferBytes: TRANSFORMER.bufferMiB * MIB,
        retries: TRANSFORMER.retries,
      },
    },
    dataDir: join(dataDir, 'firehose'),
    lakeDir,
    host,
    port: local.LOCAL_FIREHOSE_PORT,
    logger: app.log,
    faults,
    observer: watch,
  })

  const url = await app.listen({ port: config.PORT, host: config.HOST })
  const servicePort = new URL(url).port
  serving.resolve(
    createTransformer({
      dynamo,
      tableName: LOCAL_TABLE,
      s3: lakeS3,
      bucket: LOCAL_BUCKET,
      retentionDays: TABLE.retentionDays,
      enrichment: {
        url: `http://127.0.0.1:${servicePort}/mysfits/{itemid}`,
        fields: ENRICHMENT_FIELDS.split(','),
      },
      log: (summary) => {
        watch.transformed(summary)
        // The flush's own line tells what went well.
        app.log[summary.results.ProcessingFailed ? 'error' : 'debug'](summary, 'transformed')
      },
    }),
  )
  closeOnSignal(app, config, async () => {
    await stream.close()
    await Promise.all([s3.close(), dynamodb.close()])
  })
  process.stdout.write(
    welcome({
      Service: `http://localhost:${servicePort}`,
      'Demo site': `http://localhost:${servicePort}/`,
      'Live view': `http://localhost:${servicePort}/live`,
      'API page': `http://localhost:${servicePort}/docs`,
      Catalogue: `http://localhost:${servicePort}/mysfits`,
      Firehose: `${stream.url}  stream ${LOCAL_STREAM}`,
      S3: `${s3.url}  bucket ${LOCAL_BUCKET}`,
      DynamoDB: `${dynamodb.url}  table ${LOCAL_TABLE}`,
      Lake: lakeDir,
    }),
  )

  function welcome(places: Record<string, string>): string {
    const rows = Object.entries(places).map(([name, place]) => `  ${name.padEnd(10)} ${place}`)
    return `
Clicklake listens on ${servicePort}. Firehose, S3 and DynamoDB here have no auth.

${rows.join('\n')}

Try it (clicks are in the lake after ${local.LOCAL_BUFFER_SECONDS} s):

  curl -X POST localhost:${servicePort}/clicklogger -H 'Authorization: ALLOW=ORDERAPP' -H 'content-type: application/json' -d '{"requestid":"r-1","contextid":"c-1","callerid":"shop","component":"login","action":"click","type":"webpage"}'
  curl -X PUT localhost:${servicePort}/clicks -H 'Origin: http://localhost:${servicePort}' -H 'content-type: application/json' -d '{"userId":"guest","mysfitId":"m-01"}'

  npm run query -- "select requestid, component, userid, attributes from clicks"

`
  }
}
