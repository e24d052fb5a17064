/** What is sent: clicks as JSON, alone, in arrays and in lines. */
import { gzipSync } from 'node:zlib'
import { createClicks } from '../../infra/load/clicks.ts'
import type { Click } from '../../service/click.ts'

/** Another click at each call. */
export type NextClick = () => Partial<Click>

/** The older click logger's sample, which the README sends: six fields, 185 bytes. Each has an id of its own. */
export function createSamples(): NextClick {
  let n = 0
  return () => {
    n += 1
    return {
      requestid: `OAP-guid-05122020-1345-12345-${String(n).padStart(6, '0')}`,
      contextid: 'OAP-guid-05122020-1345-1234-5678',
      callerid: 'OrderingApplication',
      component: 'login',
      action: 'click',
      type: 'webpage',
    }
  }
}

/** A page's click: ten fields with an address and attributes, some 330 bytes. */
export const createPageClicks = (): NextClick => createClicks('bench')

/** Every tenth lacks its component. */
export function spoil(next: NextClick): NextClick {
  let n = 0
  return () => {
    n += 1
    const { component, ...rest } = next()
    return n % 10 === 0 ? rest : { component, ...rest }
  }
}

export const one = (next: NextClick) => () => JSON.stringify(next())

const several = (next: NextClick, count: number) => Array.from({ length: count }, () => JSON.stringify(next()))

export const array = (next: NextClick, count: number) => () => `[${several(next, count).join(',')}]`

export const lines = (next: NextClick, count: number) => () => several(next, count).join('\n')

export const gzipped = (body: () => string) => () => gzipSync(body())
