/** The process in the container: configuration, app, listen; SIGTERM drains it. */
import { createApp } from './app.ts'
import { closeOnSignal, failToStart } from './close.ts'
import { loadConfig } from './config.ts'
import { createS3Client } from './delivery/bucket.ts'
import { createFirehoseClient } from './delivery/firehose.ts'

// Whoever reads the log may go. Clicks go on, and pino's own stream would wait for a reader for ever when it closes.
process.stdout.on('error', () => {})

try {
  const config = loadConfig(process.env)
  const app = await createApp(config, {
    firehose: createFirehoseClient(),
    s3: createS3Client(),
    logStream: process.stdout,
    logMetrics: true,
  })
  closeOnSignal(app, config)
  await app.listen({ port: config.PORT, host: config.HOST })
} catch (error) {
  failToStart(error)
}
