/** Firehose's events, of clicks as the service stamps and packs them. */
import { randomUUID } from 'node:crypto'
import type { FirehoseTransformationEvent } from '../../../infra/lambda/firehose-event.ts'
import { createClicks } from '../../../infra/load/clicks.ts'
import { TRANSFORMER } from '../../../infra/pipeline.ts'
import type { StoredClick } from '../../../service/click.ts'
import { Batch, contents, createRecordBuffers } from '../../../service/delivery/pack.ts'

export interface Invocation {
  readonly event: FirehoseTransformationEvent
  readonly clicks: number
}

/** @returns gives another invocation at each call, of clicks that none had before */
export type CreateInvocation = () => Invocation

/** As the service packs them, and as much as Firehose gathers for a call. */
export function createPacked(): CreateInvocation {
  const next = createLines()
  const buffers = createRecordBuffers()
  return () => {
    const batch = new Batch<'bench'>(buffers)
    for (;;) {
      const line = next()
      const bytes = Buffer.byteLength(line)
      if (batch.bytes + bytes > TRANSFORMER.bufferMiB * 1024 * 1024) break
      batch.tryAdd(line, bytes, 'bench', 0)
    }
    return { event: eventOf(batch.records.map((record) => contents(record).toString())), clicks: batch.clicks }
  }
}

/** One click a record. */
export function createSingle(clicks: number): CreateInvocation {
  const next = createLines()
  return () => ({ event: eventOf(Array.from({ length: clicks }, next)), clicks })
}

/** Lines of JSON, each a click as it is stored. */
function createLines(): () => string {
  const next = createClicks('bench')
  const receivedat = new Date().toISOString()
  const arrival = {
    userid: 'GUEST',
    createdtime: receivedat,
    receivedat,
    clientip: '192.0.2.0',
    useragent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    client: 'https://shop.example',
  }
  return () => `${JSON.stringify({ ...next(), ...arrival } satisfies StoredClick)}\n`
}

function eventOf(texts: readonly string[]): FirehoseTransformationEvent {
  return {
    invocationId: randomUUID(),
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/clicks',
    region: 'us-east-1',
    records: texts.map((text, index) => ({
      recordId: String(index),
      approximateArrivalTimestamp: Date.now(),
      data: Buffer.from(text).toString('base64'),
    })),
  }
}
