/** The live view over a real service, Firehose and S3, in a folder of the test's own. */
import { join } from 'node:path'
import type { Test } from 'tap'
import { Faults } from '../../../../infra/local/firehose/faults.ts'
import { startFirehose } from '../../../../infra/local/firehose/firehose.ts'
import live from '../../../../infra/local/live/live.ts'
import { PipelineWatch } from '../../../../infra/local/live/pipeline.ts'
import type { LiveEvents } from '../../../../infra/local/live/snapshot.ts'
import { startS3 } from '../../../../infra/local/s3/s3.ts'
import { createApp } from '../../../../service/app.ts'
import { loadConfig } from '../../../../service/config.ts'
import { createS3Client } from '../../../../service/delivery/bucket.ts'
import { createFirehoseClient } from '../../../../service/delivery/firehose.ts'
import { JSON_TYPE } from '../../../helpers/app.ts'
import { STREAM, silent, unchanged } from '../firehose/support.ts'

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }

/** @param env of the service, in addition */
export async function startLive(t: Test, env: NodeJS.ProcessEnv = {}) {
  const dir = t.testdir({ lake: {} })
  const lakeDir = join(dir, 'lake')
  const watch = new PipelineWatch()
  const faults = new Faults()
  const s3Server = await startS3({ dir: lakeDir, bucket: 'lake', host: '127.0.0.1', port: 0, logger: silent })
  const stream = await startFirehose({
    stream: {
      ...STREAM,
      processor: {
        invoke: async (event) => {
          const result = await unchanged(event)
          watch.answered(result)
          return result
        },
        arn: 'arn',
        bufferBytes: 1024 * 1024,
        retries: 0,
      },
    },
    dataDir: join(dir, 'firehose'),
    lakeDir,
    host: '127.0.0.1',
    port: 0,
    logger: silent,
    faults,
    observer: watch,
  })
  const firehose = createFirehoseClient({ ...AWS, endpoint: stream.url })
  const s3 = createS3Client({ ...AWS, endpoint: s3Server.url, forcePathStyle: true })
  const config = loadConfig({
    DELIVERY_STREAM: STREAM.name,
    SPILL_BUCKET: 'lake',
    CLIENTS: '{"SHOP":"a-secret-key"}',
    ALLOWED_ORIGINS: 'http://localhost:*,http://127.0.0.1:*',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const app = await createApp(config, { firehose, s3 })
  await app.register(live, {
    watch,
    faults,
    lakeDir,
    clients: config.clients,
    onThisMachine: true,
    replay: { s3, bucket: 'lake', firehose, stream: STREAM.name },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= app.close())
  t.teardown(async () => {
    await close()
    await stream.close()
    await s3Server.close()
  })
  return {
    url,
    faults,
    stream,
    lakeDir,
    close,
    /** As the page sends it. */
    send: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: { origin: url, ...(body !== undefined && JSON_TYPE), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  }
}

/** An open event stream. */
export async function look(t: Test, url: string) {
  const leaving = new AbortController()
  const response = await fetch(`${url}/live/events`, { signal: leaving.signal })
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  t.teardown(() => leaving.abort())
  let text = ''
  const latest: Partial<LiveEvents> = {}
  /** Reads one event. */
  const next = async () => {
    let end = text.indexOf('\n\n')
    while (end === -1) {
      const { done, value } = await reader.read()
      if (done) throw new Error('the stream ended')
      text += value
      end = text.indexOf('\n\n')
    }
    const [, name = '', json = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
    text = text.slice(end + 2)
    Object.assign(latest, { [name]: JSON.parse(json) })
  }
  return {
    response,
    /** What the last event of a name says, as soon as it is fine. */
    async until<Name extends keyof LiveEvents>(name: Name, fine: (data: LiveEvents[Name]) => boolean) {
      for (;;) {
        const data: LiveEvents[Name] | undefined = latest[name]
        if (data !== undefined && fine(data)) return data
        await next()
      }
    },
    /** Reads until the server ends it. */
    async ended() {
      while (!(await reader.read()).done);
    },
  }
}
