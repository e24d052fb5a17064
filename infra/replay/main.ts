/** `npm run replay -- <prefix>`: puts what was parked, or failed, back into the stream. See USAGE. */
import { constants } from 'node:os'
import { createS3Client } from '../../service/delivery/bucket.ts'
import { createFirehoseClient } from '../../service/delivery/firehose.ts'
import { LOCAL_BUCKET, LOCAL_STREAM, loadLocalConfig } from '../local/config.ts'
import { type Arguments, readArguments, USAGE, UsageError } from './arguments.ts'
import { Bucket } from './bucket.ts'
import { createDeliver } from './deliver.ts'
import { Progress, type Reporter, report } from './progress.ts'
import { BUFFER_BYTES, describe, replay, type Summary } from './replay.ts'

/** From a desk: a batch of 4 MiB takes longer to send than from a task. */
const REQUESTS = { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true }

/** npm, a shell and a terminal pass one Ctrl-C on more than once. */
const SAME_SIGNAL_MS = 1000

const EXIT = { done: 0, left: 1, usage: 2 } as const

/** A reader that has seen enough (`| head`) does not end the replay. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  const args = readArguments(process.argv.slice(2))
  if (args === undefined) process.stdout.write(USAGE)
  else process.exitCode = await run(args)
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(error.message)
    process.exitCode = EXIT.usage
  } else {
    process.stderr.write(`clicklake: ${describe(error)}\n`)
    process.exitCode = EXIT.left
  }
}

interface Pipeline {
  readonly bucket: string
  readonly stream: string
  readonly s3: ReturnType<typeof createS3Client>
  readonly firehose: ReturnType<typeof createFirehoseClient>
}

function connect({ cloud }: Arguments): Pipeline {
  const settings = { requestHandler: REQUESTS }
  if (cloud !== undefined) {
    return { ...cloud, s3: createS3Client({ ...settings, maxAttempts: 5 }), firehose: createFirehoseClient(settings) }
  }
  const { LOCAL_S3_PORT, LOCAL_FIREHOSE_PORT } = loadLocalConfig(process.env)
  // The local services check no signature, so that any will do.
  const local = { ...settings, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
  return {
    bucket: LOCAL_BUCKET,
    stream: LOCAL_STREAM,
    s3: createS3Client({ ...local, endpoint: `http://127.0.0.1:${LOCAL_S3_PORT}`, forcePathStyle: true }),
    firehose: createFirehoseClient({ ...local, endpoint: `http://127.0.0.1:${LOCAL_FIREHOSE_PORT}` }),
  }
}

async function run(args: Arguments): Promise<number> {
  const { bucket, stream, s3, firehose } = connect(args)
  const progress = new Progress()
  const reporter = report(progress, process.stderr)
  const interrupt = listen(reporter)
  try {
    const summary = await replay({
      ...args,
      bucket: new Bucket(s3, bucket),
      deliver: createDeliver({ firehose, stream, bufferBytes: BUFFER_BYTES }),
      signal: interrupt.signal,
      progress,
      done: (object, { clicks, rejected }) => {
        if (args.dryRun) process.stdout.write(`${object.key}: ${clicks} clicks, ${rejected} to be rejected\n`)
      },
      failed: reporter.say,
    })
    reporter.end()
    process.stdout.write(format(summary, args))
    if (summary.left === 0) return EXIT.done
    return interrupt.exitCode() ?? EXIT.left
  } finally {
    reporter.stop()
    s3.destroy()
    firehose.destroy()
  }
}

/** The first signal lets objects in flight finish; a later one ends the process at once, which is safe at any moment. */
function listen(reporter: Reporter) {
  const controller = new AbortController()
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined
  const exitCode = () => first && 128 + constants.signals[first.signal]
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === undefined) {
        first = { signal, at: now }
        reporter.say(`${signal}: finishing the objects in flight; the others stay. Again to exit at once.`)
        controller.abort()
      } else if (now - first.at > SAME_SIGNAL_MS) process.exit(exitCode())
    })
  }
  return { signal: controller.signal, exitCode }
}

function format(summary: Summary, { dryRun }: Arguments): string {
  const rows = {
    [dryRun ? 'objects to put back' : 'objects put back']: summary.replayed,
    [dryRun ? 'clicks to put back' : 'clicks put back']: summary.clicks,
    [dryRun ? 'lines to reject' : 'lines rejected']: summary.rejected,
    'objects skipped': summary.skipped,
    'objects left in place': summary.left,
  }
  return Object.entries(rows)
    .map(([name, count]) => `${name.padEnd(22)} ${count}\n`)
    .join('')
}
