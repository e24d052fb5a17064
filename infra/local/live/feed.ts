/** Gathers what the page shows, several times a second, for as long as somebody looks. */
import type { ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Faults } from '../firehose/faults.ts'
import { AnswerWatch } from './answers.ts'
import { LakeFolder } from './files.ts'
import type { PipelineWatch } from './pipeline.ts'
import type { SpillReplay } from './replay.ts'
import type { LakeFiles, Snapshot } from './snapshot.ts'
import { eventText, Viewers } from './viewers.ts'

const TICK_MS = 250
/** The folder is read less often than the counts. */
const FILES_EVERY_TICKS = 4

export interface FeedOptions {
  readonly app: Pick<FastifyInstance, 'server' | 'ledger' | 'delivery'>
  readonly log: FastifyBaseLogger
  readonly watch: PipelineWatch
  readonly faults: Faults
  readonly replay: SpillReplay
  readonly lakeDir: string
}

export class Feed {
  readonly #options: FeedOptions
  readonly #answers: AnswerWatch
  readonly #folder: LakeFolder
  readonly #viewers = new Viewers()
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #reading = false
  #files = { revision: 0, text: '' }
  #clicks = { revision: -1, text: '' }
  #closed = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#answers = new AnswerWatch(options.app.server)
    this.#folder = new LakeFolder(options.lakeDir)
  }

  /** No viewer is taken any more. */
  get closed(): boolean {
    return this.#closed
  }

  /** Sends events until the response is closed, by whoever. Its head is written already. */
  join(response: ServerResponse): void {
    this.#viewers.add(response, () => {
      if (this.#viewers.count === 0) this.#stop()
    })
    if (this.#timer === undefined) {
      this.#answers.start()
      this.#timer = setInterval(() => this.#tick(), TICK_MS)
      this.#ticks = 0
    }
    this.#tick()
  }

  close(): void {
    this.#closed = true
    this.#viewers.close()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#answers.stop()
  }

  #tick(): void {
    if (this.#ticks % FILES_EVERY_TICKS === 0) void this.#readFiles()
    this.#ticks += 1
    const { watch } = this.#options
    if (this.#clicks.revision !== watch.revision)
      this.#clicks = { revision: watch.revision, text: eventText('clicks', watch.lastClicks()) }
    this.#viewers.send({
      snapshot: { revision: this.#ticks, text: eventText('snapshot', this.#snapshot()) },
      clicks: this.#clicks,
      files: this.#files,
    })
  }

  #snapshot(): Snapshot {
    const { app, watch, faults, replay } = this.#options
    const { received, delivered, spilled, inFlight, rejected, refused, dropped } = app.ledger
    const { bufferedBytes, puts, outageSeconds } = app.delivery
    return {
      time: performance.now(),
      ledger: { received, delivered, spilled, inFlight, rejected, refused, dropped, mismatch: app.ledger.mismatch() },
      delivery: { bufferedBytes, puts, outageSeconds },
      answers: this.#answers.read(),
      firehose: { fault: faults.current, ...watch.firehose },
      transformer: watch.transformer,
      lake: watch.lake,
      replay: { running: replay.running, clicks: replay.clicks },
    }
  }

  async #readFiles(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      const text = eventText('files', this.#withClicks(await this.#folder.read()))
      if (text !== this.#files.text) this.#files = { revision: this.#files.revision + 1, text }
    } catch (err) {
      this.#options.log.error({ err }, 'the live view cannot read the lake’s folder')
    } finally {
      this.#reading = false
    }
  }

  #withClicks({ parquet, spill }: LakeFiles): LakeFiles {
    const { clicksOf } = this.#options.watch
    const newest = parquet.newest.map((file) => {
      const clicks = clicksOf.get(file.key)
      return clicks === undefined ? file : { ...file, clicks }
    })
    return { parquet: { ...parquet, newest }, spill }
  }
}
