/** What was seen of the pipeline behind the service: counts, and the last clicks. */
import type { FirehoseTransformationResult } from '../../lambda/firehose-event.ts'
import type { TransformSummary } from '../../lambda/summary.ts'
import type { Delivered, StreamObserver } from '../firehose/observer.ts'
import type { SeenClick, Snapshot } from './snapshot.ts'

/** Clicks that are shown. */
export const SHOWN_CLICKS = 20

/** Objects whose number of clicks is remembered: more than are shown. */
const REMEMBERED_FILES = 50

/** Watches the stream and its transformer. It only counts, and keeps a reference or two, until somebody looks. */
export class PipelineWatch implements StreamObserver {
  readonly firehose = { puts: 0, records: 0, bytes: 0, slowedDown: 0 }
  readonly transformer = { invocations: 0, records: 0, clicks: 0, items: 0 }
  readonly lake = { files: 0, clicks: 0, failedRecords: 0 } satisfies Snapshot['lake']
  /** Clicks by key of the object, of the last objects. */
  readonly clicksOf = new Map<string, number>()
  /** Grows with every transformed record. */
  revision = 0
  /** Data of the last records that hold the clicks to show, the newest last. */
  #records: readonly string[] = []

  put({ records, bytes, slowedDown }: Parameters<StreamObserver['put']>[0]): void {
    this.firehose.puts += 1
    this.firehose.records += records
    this.firehose.bytes += bytes
    this.firehose.slowedDown += slowedDown
  }

  delivered({ clicks, failed, file }: Delivered): void {
    this.lake.failedRecords += failed
    if (file === undefined) return
    this.lake.files += 1
    this.lake.clicks += clicks
    this.clicksOf.set(file, clicks)
    for (const oldest of this.clicksOf.keys()) {
      if (this.clicksOf.size <= REMEMBERED_FILES) break
      this.clicksOf.delete(oldest)
    }
  }

  /** What an invocation says of itself. */
  transformed({ records, clicks, written }: TransformSummary): void {
    this.transformer.invocations += 1
    this.transformer.records += records
    this.transformer.clicks += clicks
    this.transformer.items += written
  }

  /** What an invocation answers: the clicks as they go into the lake. */
  answered({ records }: FirehoseTransformationResult): void {
    const good = records.filter(({ result }) => result === 'Ok').map(({ data }) => data)
    if (good.length === 0) return
    this.#records = [...this.#records, ...good.slice(-SHOWN_CLICKS)].slice(-SHOWN_CLICKS)
    this.revision += 1
  }

  /** The last clicks, the newest first. Decoded when it is asked for. */
  lastClicks(): SeenClick[] {
    const clicks: SeenClick[] = []
    for (const record of this.#records.toReversed()) {
      const lines = Buffer.from(record, 'base64').toString('utf8').trimEnd().split('\n')
      for (const line of lines.toReversed()) {
        if (clicks.length === SHOWN_CLICKS) return clicks
        clicks.push(show(JSON.parse(line)))
      }
    }
    return clicks
  }
}

/** Without what tells a person's address and browser: nobody needs it to see that the pipeline works. */
function show({ requestid, receivedat, component, action, userid, client, itemid, attributes }: SeenClick): SeenClick {
  return { requestid, receivedat, component, action, userid, client, itemid, attributes }
}
