/** A Firehose in a process of its own, to be killed. */
import { join } from 'node:path'
import { startFirehose } from '../../../../infra/local/firehose/firehose.ts'
import { STREAM, silent } from './support.ts'

const [dir = ''] = process.argv.slice(2)
const { url } = await startFirehose({
  stream: STREAM,
  dataDir: join(dir, 'firehose'),
  lakeDir: join(dir, 'lake'),
  host: '127.0.0.1',
  port: 0,
  logger: silent,
})
process.send?.(url)
