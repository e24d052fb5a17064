/**
 * A Firehose on one machine. It speaks the real service's AWS JSON 1.1, so that the AWS CLI and every AWS SDK can put
 * records to it; it accepts, buffers, transforms, converts and delivers them by the same rules, from `dataDir` to
 * `lakeDir`. Signatures are not checked: whoever reaches the port may put.
 */
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { Delivery } from './delivery.ts'
import { Faults } from './faults.ts'
import type { StreamObserver } from './observer.ts'
import { ParquetWriter } from './parquet.ts'
import { compileErrorPrefix, compilePrefix } from './prefix.ts'
import { leftSegments, WriteAhead } from './segments.ts'
import { createServer } from './server.ts'
import type { StreamSettings } from './stream.ts'

export type { Processor, StreamSettings } from './stream.ts'

export interface FirehoseOptions {
  readonly stream: StreamSettings
  /** Of the write-ahead files. One process at a time. */
  readonly dataDir: string
  /** The bucket's root. */
  readonly lakeDir: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logger: FastifyBaseLogger
  /** What it is made to do wrong. @default nothing */
  readonly faults?: Faults
  readonly observer?: StreamObserver
}

export interface LocalFirehose {
  readonly url: string
  readonly port: number
  /** Waits until everything accepted so far is delivered. */
  flush(): Promise<void>
  /** Stops accepting and delivers what it has; what cannot be delivered is kept for the next start. */
  close(): Promise<void>
}

/**
 * Starts the stream. Records that an earlier process accepted and did not deliver are delivered first.
 *
 * @throws an expression in a prefix that is unknown, or a port that is taken
 */
export async function startFirehose(options: FirehoseOptions): Promise<LocalFirehose> {
  const { stream, dataDir, lakeDir, host, port, logger, faults = new Faults(), observer } = options
  const prefix = compilePrefix(stream.prefix)
  const errorPrefix = compileErrorPrefix(stream.errorPrefix)
  const left = await leftSegments(dataDir)
  const parquet = await ParquetWriter.create()
  const delivery = new Delivery({ lakeDir, stream, prefix, errorPrefix, parquet, log: logger, observer })
  const writeAhead = new WriteAhead({
    dir: dataDir,
    bufferBytes: stream.bufferBytes,
    bufferSeconds: stream.bufferSeconds,
    onComplete: (segment) => delivery.add(segment),
    log: logger,
  })
  const server = createServer({
    stream,
    accept: (data, bytes) => writeAhead.append(data, bytes),
    logger,
    faults,
    observer,
  })
  try {
    // Before anything is delivered: a port that is taken may mean that another process works in these folders.
    await server.listen({ host, port })
  } catch (error) {
    parquet.close()
    throw error
  }
  if (left.length > 0) logger.info({ segments: left.length }, 'delivering what an earlier process accepted')
  for (const segment of left) delivery.add(segment)

  const address = server.server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    async flush() {
      await writeAhead.rotate()
      await delivery.idle()
    },
    async close() {
      await server.close()
      await writeAhead.rotate()
      await delivery.close()
      parquet.close()
    },
  }
}
