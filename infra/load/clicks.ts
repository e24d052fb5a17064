/** Clicks for load tests and benchmarks. */
import { randomBytes } from 'node:crypto'
import type { Click } from '../../service/click.ts'

const COMPONENTS = ['buy-button', 'search', 'menu', 'profile', 'newsletter'] as const

/**
 * Makes clicks as a shop's pages send them, some 300 bytes of JSON each.
 *
 * @param callerid by which they can be told from others in the lake
 * @returns gives another click at each call, with a requestid that no other has
 */
export function createClicks(callerid: string): () => Click {
  // Ids that are unique over processes, at the price of a counter: a random UUID for each would cost the generator more
  // than the click costs the service.
  const run = randomBytes(9).toString('base64url')
  let n = 0
  return () => {
    n += 1
    return {
      requestid: `${run}-${n.toString(36).padStart(8, '0')}`,
      contextid: `${run}-session-${n % 1000}`,
      callerid,
      component: COMPONENTS[n % COMPONENTS.length] as string,
      action: 'click',
      type: 'webpage',
      itemid: `m-${String((n % 20) + 1).padStart(2, '0')}`,
      url: `https://shop.example/catalogue/page-${n % 97}?colour=red`,
      attributes: { colour: 'red', position: String(n % 24) },
    }
  }
}
