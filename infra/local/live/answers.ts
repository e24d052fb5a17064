/** How long requests with clicks take to be answered, over the last seconds. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server } from 'node:http'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { AnswerTimes } from './snapshot.ts'

const STARTED = 'http.server.request.start'
const FINISHED = 'http.server.response.finish'

/** Enough for a 99th percentile under load, and soon over. */
const WINDOW_S = 10

/** The routes that take clicks. */
const WITH_CLICKS = /^(?:POST|PUT) \/(?:clicks|clicklogger)(?:\?|$)/

/** Times of one second, in microseconds. */
interface Slot {
  second: number
  readonly histogram: RecordableHistogram
}

interface Message {
  readonly request: IncomingMessage
  readonly server: Server
}

/**
 * Times answers by Node's own channels, between `start` and `stop`: while nobody looks it costs nothing, and the
 * service does not know of it. One histogram a second, of which the last ones count.
 */
export class AnswerWatch {
  readonly #server: Server
  readonly #now: () => number
  readonly #started = new WeakMap<IncomingMessage, number>()
  readonly #slots: Slot[] = Array.from({ length: WINDOW_S }, () => ({ second: -1, histogram: createHistogram() }))

  /** @param server whose requests count; @param now a clock that never jumps, milliseconds */
  constructor(server: Server, now: () => number = () => performance.now()) {
    this.#server = server
    this.#now = now
  }

  start(): void {
    subscribe(STARTED, this.#onStart)
    subscribe(FINISHED, this.#onFinish)
  }

  stop(): void {
    unsubscribe(STARTED, this.#onStart)
    unsubscribe(FINISHED, this.#onFinish)
  }

  read(): AnswerTimes {
    const second = Math.floor(this.#now() / 1000)
    const all = createHistogram()
    for (const slot of this.#slots) {
      if (slot.second > second - WINDOW_S && slot.histogram.count > 0) all.add(slot.histogram)
    }
    const { count } = all
    const percentile = (p: number) => (count === 0 ? null : all.percentile(p) / 1000)
    return { seconds: WINDOW_S, count, p50: percentile(50), p99: percentile(99) }
  }

  #onStart = (message: unknown): void => {
    const { request, server } = message as Message
    if (server !== this.#server || !WITH_CLICKS.test(`${request.method} ${request.url}`)) return
    this.#started.set(request, this.#now())
  }

  #onFinish = (message: unknown): void => {
    const { request } = message as Message
    const started = this.#started.get(request)
    if (started === undefined) return
    const now = this.#now()
    const second = Math.floor(now / 1000)
    const slot = this.#slots[second % WINDOW_S] as Slot
    if (slot.second !== second) {
      slot.second = second
      slot.histogram.reset()
    }
    slot.histogram.record(Math.max(1, Math.round((now - started) * 1000)))
  }
}
