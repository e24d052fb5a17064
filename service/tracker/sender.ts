import { backOff, judge, MAX_PAUSE_MS, type Outcome, readRetryAfter } from './answer.ts'
import { exclusively, SETTLE_MS, sleep } from './lock.ts'
import { type Batch, LEASE_MS, MAX_BYTES, MAX_CLICKS, MAX_LAST_CLICKS, type Queue } from './queue.ts'
import { warn } from './quietly.ts'
import type { Store } from './store.ts'
import type { Click, Rejection } from './types.ts'

/** The service answers within 30 s, and so does the gateway before it. */
const TIMEOUT_MS = 35_000

/** Until when the service wants to be left alone, for all tabs, and for pages that come later. */
const PAUSE = 'pause'

export interface Sender {
  /**
   * Sends what waits, until nothing does or it has to wait.
   *
   * @param now also when it backs off; what the service asked for by Retry-After is waited for all the same
   */
  send(now?: boolean): Promise<void>
  /** The page may end now: hands what waits to the browser. */
  handOver(): void
}

/** The actor: when, and with what luck. One at a time over all tabs. */
export function createSender(url: string, store: Store, queue: Queue, reject: (rejection: Rejection) => void): Sender {
  let running: Promise<void> | undefined
  let again = false
  let timer: ReturnType<typeof setTimeout>
  let failures = 0
  let retryAt = 0
  let maxClicks = MAX_CLICKS

  return {
    send(now) {
      if (now) retryAt = 0
      return send()
    },
    handOver() {
      // What memory alone holds ends with the page: then the last chance counts for more.
      if (store.isKept() && (pause() > 0 || !navigator.onLine)) return
      // One batch: browsers take no more from a page that ends. It outlives the page, and if the page lives on it sees the
      // answer. A beacon, for browsers without keepalive, shows none, and would bring cookies along. Clicks whose answer
      // nobody sees stay leased, and are sent once more.
      const batch = queue.take(MAX_LAST_CLICKS, true)
      if (batch) {
        if ('keepalive' in Request.prototype) void post(batch).then(send)
        else if (!navigator.sendBeacon(url, batch.body)) batch.release()
      }
      if (!queue.isEmpty()) schedule(LEASE_MS)
    },
  }

  function send(): Promise<void> {
    // Also while it runs: it may have looked into the queue already, and even be at its end.
    again = true
    running ??= run()
      .catch(warn)
      .finally(() => {
        running = undefined
        return again ? send() : undefined
      })
    return running
  }

  async function run(): Promise<void> {
    while (again) {
      again = false
      const wait = Math.max(retryAt - Date.now(), pause())
      if (wait > 0) schedule(wait)
      else await exclusively(store, sendBatch)
    }
  }

  async function sendBatch(): Promise<void> {
    // Clicks gather; and what the tab before wrote arrives, so that nothing is sent that it has sent.
    await sleep(SETTLE_MS)
    const batch = queue.take(maxClicks)
    if (!batch) {
      if (!queue.isEmpty()) schedule(LEASE_MS)
      return
    }
    await post(batch)
    if (!queue.isEmpty()) again = true
  }

  /** Sends clicks, and does with them as the answer says. Never rejects. */
  async function post(batch: Batch): Promise<void> {
    let outcome: Outcome = 'wait'
    try {
      const response = await fetch(url, {
        method: 'POST',
        // As text, which needs no preflight.
        body: batch.body,
        // A larger one holds a single click, and fails if it is to outlive the page.
        keepalive: batch.bytes <= MAX_BYTES,
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const least = readRetryAfter(response.headers.get('retry-after'))
      if (least > 0) store.put(PAUSE, `${Date.now() + least}`)
      const answer = await response.json().catch(() => undefined)
      outcome = judge(response.status, answer, batch.clicks.length)
    } catch {
      // No network, or no answer: nobody knows what became of the clicks, so they wait.
    }
    let failed = outcome === 'wait'
    if (outcome === 'split') maxClicks = batch.clicks.length >> 1
    else if (outcome !== 'wait') {
      maxClicks = Math.min(maxClicks * 2, MAX_CLICKS)
      for (const [n, { status, reason = '' }] of outcome.entries()) {
        const click = batch.clicks[n] as Click
        if (status === 'ok' || status === 'rejected') queue.remove(click)
        else failed = true
        if (status === 'rejected') reject({ click, reason })
      }
    }
    batch.release()
    failures = failed ? failures + 1 : 0
    retryAt = failed ? Date.now() + backOff(failures) : 0
  }

  function pause(): number {
    const left = Number(store.get(PAUSE) ?? 0) - Date.now()
    // More than it ever gets: the clock was set back.
    return left <= MAX_PAUSE_MS ? left : 0
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(send, ms)
  }
}
