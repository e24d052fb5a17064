/** The process in the container: configuration, app, listen; SIGTERM drains it. */
import { createApp } from './app.ts'
import { closeOnSignal, failToStart } from './close.ts'
import { loadConfig } from './config.ts'
import { createFirehoseClient } from './delivery/firehose.ts'

try {
  const config = loadConfig(process.env)
  const app = await createApp(config, { firehose: createFirehoseClient(), logMetrics: true })
  closeOnSignal(app, config)
  await app.listen({ port: config.PORT, host: config.HOST })
} catch (error) {
  failToStart(error)
}
