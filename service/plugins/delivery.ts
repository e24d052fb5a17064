import type { FirehoseClient } from '@aws-sdk/client-firehose'
import fp from 'fastify-plugin'
import type { Config } from '../config.ts'
import type { PutLines } from '../delivery/bucket.ts'
import { Delivery } from '../delivery/delivery.ts'
import { createPut } from '../delivery/firehose.ts'
import { Ledger } from '../delivery/ledger.ts'

declare module 'fastify' {
  interface FastifyInstance {
    ledger: Ledger
    delivery: Delivery
  }
}

interface Options extends Pick<Config, 'DELIVERY_STREAM' | 'BUFFER_BYTES' | 'DELIVERY_TIMEOUT_MS'> {
  readonly firehose: FirehoseClient
  readonly spill?: PutLines | undefined
}

/** The ledger, and the way of clicks into the delivery stream. */
export default fp<Options>(
  async (app, { firehose, spill, DELIVERY_STREAM, BUFFER_BYTES, DELIVERY_TIMEOUT_MS }) => {
    const ledger = new Ledger()
    const delivery = new Delivery({
      put: createPut(firehose, DELIVERY_STREAM),
      spill,
      ledger,
      log: app.log,
      bufferBytes: BUFFER_BYTES,
      timeoutMs: DELIVERY_TIMEOUT_MS,
    })
    app.decorate('ledger', ledger)
    app.decorate('delivery', delivery)
    // Fastify calls it when the last request was answered: by then nothing waits, and close only makes sure.
    app.addHook('onClose', async () => {
      await delivery.close()
      firehose.destroy()
    })
  },
  { name: 'delivery' },
)
