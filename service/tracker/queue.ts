import type { Store } from './store.ts'
import type { Click } from './types.ts'
import { uuid } from './uuid.ts'

/** Clicks that wait at most, of all tabs: some 2 MB of the 5 MB that an origin may keep. */
export const MAX_WAITING = 5000

/** Clicks and bytes in one request. Browsers let 64 KiB be in flight beyond the end of a page. */
export const MAX_CLICKS = 50
export const MAX_BYTES = 60_000
/** In the last request of a page: as many as the service takes in one. */
export const MAX_LAST_CLICKS = 500

/** How long clicks that are being sent are nobody else's. Longer than an answer takes, and than a beacon is on its way. */
export const LEASE_MS = 60_000

/** Clicks that go out together. They stay in the queue, leased, until it is known what became of them. */
export interface Batch {
  readonly clicks: readonly Click[]
  readonly body: string
  /** Over MAX_BYTES only for a click that is so alone. */
  readonly bytes: number
  /** Lets others send what is still there. */
  release(): void
}

export interface Queue {
  /** @returns false if it is full */
  push(click: Click): boolean
  /**
   * Some that nobody sends now, leased: those in memory first, then the oldest. Undefined if there is none.
   *
   * @param small leave out what alone is over MAX_BYTES
   */
  take(maxClicks: number, small?: boolean): Batch | undefined
  remove(click: Click): void
  isEmpty(): boolean
}

const CLICK = 'click:'
const LEASE = 'lease:'

/** Passive: what waits, and who has what in hand. A key for each click, and for each lease. */
export function createQueue(store: Store): Queue {
  return {
    push(click) {
      if (store.keys(CLICK).length >= MAX_WAITING) return false
      store.put(CLICK + click.requestid, JSON.stringify(click))
      return true
    },
    take(maxClicks, small) {
      const leased = readLeases()
      const clicks: Click[] = []
      let body = ''
      let bytes = 0
      for (const key of store.keys(CLICK)) {
        if (leased.includes(key)) continue
        const line = store.get(key) ?? ''
        const click = parse(line)
        // Written by somebody else.
        if (CLICK + click?.requestid !== key) {
          store.remove(key)
          continue
        }
        const size = new TextEncoder().encode(line).length + 1
        if (small && size > MAX_BYTES) continue
        if (clicks.length === maxClicks || (body && bytes + size > MAX_BYTES)) break
        bytes += size
        clicks.push(click as Click)
        body += `${line}\n`
      }
      if (!body) return
      const lease = LEASE + uuid()
      store.put(lease, [Date.now() + LEASE_MS, ...clicks.map(({ requestid }) => CLICK + requestid)].join(' '))
      return { clicks, body, bytes, release: () => store.remove(lease) }
    },
    remove: ({ requestid }) => store.remove(CLICK + requestid),
    isEmpty: () => !store.keys(CLICK).length,
  }

  /** Keys of the clicks that are being sent; leases that ran out are removed. */
  function readLeases(): string[] {
    return store.keys(LEASE).flatMap((lease) => {
      const [until, ...keys] = (store.get(lease) ?? '').split(' ')
      const left = Number(until) - Date.now()
      // More than it ever gets: the clock was set back.
      if (left > 0 && left <= LEASE_MS) return keys
      store.remove(lease)
      return []
    })
  }
}

function parse(line: string): Click | undefined {
  try {
    return JSON.parse(line)
  } catch {
    // Not ours; the caller removes it.
    return undefined
  }
}
