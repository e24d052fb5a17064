/** The tracker as a module: `import { captureClicks, createTracker } from 'clicklake/tracker'`. */
import { makeClick } from './make.ts'
import { createQueue } from './queue.ts'
import { quietly, warn } from './quietly.ts'
import { createSender } from './sender.ts'
import { createStore, type Place } from './store.ts'
import type { ClickInput, Rejection, Tracker, TrackerOptions } from './types.ts'
import { uuid } from './uuid.ts'

export { captureClicks } from './capture.ts'
export type * from './types.ts'

const CONTEXT = 'contextid'

/** Takes clicks of this page, keeps them until they are safe, and sends them. */
export function createTracker(options: TrackerOptions): Tracker {
  const { callerid, type, privacy } = options
  let { userid } = options
  const url = `${options.endpoint.replace(/\/+$/, '')}/clicks`
  const store = createStore(
    `clicklake:${url}:`,
    open(() => localStorage),
  )
  const queue = createQueue(store)
  const sender = createSender(url, store, queue, report)
  const session = createStore(
    'clicklake:',
    open(() => sessionStorage),
  )

  const tracker: Tracker = {
    onReject: options.onReject,
    click: (input) => quietly(() => take(input)),
    identify(id) {
      userid = id
    },
    flush: async () => quietly(() => sender.send(true)),
  }

  const wake = () => void tracker.flush()
  addEventListener('online', wake)
  addEventListener('pagehide', handOver)
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? handOver() : wake()))
  wake()
  return tracker

  function take(input: ClickInput): string | undefined {
    const signal = asksForPrivacy()
    if (signal && privacy === 'drop') return
    const anonymise = signal && privacy !== 'keep'
    const click = makeClick(
      {
        contextid: anonymise ? undefined : contextid(),
        callerid,
        type: type || 'webpage',
        action: 'click',
        userid,
        url: location.href,
        referrer: document.referrer,
        createdtime: new Date().toISOString(),
      },
      input,
      anonymise,
    )
    if (!click.component) return report({ click, reason: 'component is missing' })
    if (!queue.push(click)) return report({ click, reason: 'too many wait' })
    void sender.send()
    return click.requestid
  }

  /** One for each tab session, made when it is first needed. */
  function contextid(): string | undefined {
    if (!session.get(CONTEXT)) session.put(CONTEXT, uuid())
    return session.get(CONTEXT)
  }

  function handOver(): void {
    quietly(sender.handOver)
  }

  function report(rejection: Rejection): undefined {
    if (tracker.onReject) quietly(() => tracker.onReject?.(rejection))
    else warn(rejection.reason, rejection.click)
  }
}

function asksForPrivacy(): boolean {
  return !!(navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl || navigator.doNotTrack === '1'
}

/** @returns undefined where the browser keeps nothing for this page: reading the property alone throws */
function open(read: () => Storage): Place | undefined {
  try {
    return read() as unknown as Place
  } catch {
    return undefined
  }
}
