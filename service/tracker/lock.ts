import type { Store } from './store.ts'
import { uuid } from './uuid.ts'

const LOCK = 'lock'
/** A tab that held the lock this long is gone. Longer than a request may take. */
const LOCK_MS = 60_000
/** Until every tab sees what one wrote: browsers pass it on between their processes when they get to it. */
export const SETTLE_MS = 250

/**
 * Runs work while no other tab of the origin does. Pages without TLS have no Web Locks: there a lock is what a tab wrote
 * and still finds when all have seen it.
 */
export async function exclusively(store: Store, work: () => Promise<void>): Promise<void> {
  if (!store.shared) return work()
  if (navigator.locks) return navigator.locks.request(store.prefix, work)
  const mine = uuid()
  for (;;) {
    const [owner, until] = (store.get(LOCK) ?? '').split(' ')
    const left = Number(until) - Date.now()
    if (owner === mine) break
    // More than it ever gets: the clock was set back.
    if (!(left > 0 && left <= LOCK_MS)) store.put(LOCK, `${mine} ${Date.now() + LOCK_MS}`)
    await sleep(SETTLE_MS)
  }
  try {
    await work()
  } finally {
    store.remove(LOCK)
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
