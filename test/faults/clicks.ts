/** What is sent: clicks with known ids, alone, in arrays and in lines, a few of them no clicks. */
import { integer, type Random } from './random.ts'

export interface SentClick {
  readonly id: string
  /** Whether the service should take it. */
  readonly valid: boolean
  readonly json: string
}

export interface SentRequest {
  readonly clicks: readonly SentClick[]
  readonly several: boolean
  readonly type: string
  readonly body: string
}

export interface Mixture {
  /** Share of clicks that are none. */
  readonly invalid: number
  /** Most clicks of an array or of lines. */
  readonly several: number
  /** Share of requests with one click alone. */
  readonly single: number
  /** Characters that pad every click. */
  readonly padding: number
}

export const MIXTURE: Mixture = { invalid: 0.03, several: 12, single: 0.4, padding: 0 }

export function makeClick(id: string, random: Random, { invalid, padding }: Mixture): SentClick {
  const click: Record<string, unknown> = {
    requestid: id,
    contextid: `session-${integer(random, 0, 99)}`,
    callerid: 'faults',
    component: 'button',
    action: 'click',
    type: 'webpage',
    itemid: `m-${String(integer(random, 1, 20)).padStart(2, '0')}`,
  }
  for (let left = padding, n = 0; left > 0; left -= 1000, n += 1) {
    click.attributes = { ...(click.attributes as object), [`a${n}`]: 'x'.repeat(Math.min(1000, left)) }
  }
  const valid = random() >= invalid
  if (!valid) {
    const wrong = integer(random, 0, 2)
    if (wrong === 0) delete click.component
    else if (wrong === 1) click.unknown = true
    else click.action = 7
  }
  return { id, valid, json: JSON.stringify(click) }
}

/** A request of the mixture. @param nextId gives an id that nobody has */
export function makeRequest(nextId: () => string, random: Random, mixture: Mixture): SentRequest {
  const kind = random()
  const count = kind < mixture.single ? 1 : integer(random, 2, mixture.several)
  const clicks = Array.from({ length: count }, () => makeClick(nextId(), random, mixture))
  if (count === 1) return pack(clicks)
  // One in ten of the lines is no JSON at all: it must reject itself alone.
  const lines = random() < 0.4
  if (!lines) return pack(clicks)
  const torn = random() < mixture.invalid ? integer(random, 0, count - 1) : -1
  const sent = clicks.map((click, n) =>
    n === torn ? { ...click, valid: false, json: click.json.slice(0, -2) } : click,
  )
  return { clicks: sent, several: true, type: 'application/x-ndjson', body: sent.map(({ json }) => json).join('\n') }
}

/** Clicks as JSON: one alone, or an array. */
export function pack(clicks: readonly SentClick[]): SentRequest {
  const [only] = clicks
  const alone = clicks.length === 1 && only !== undefined
  const body = alone ? only.json : `[${clicks.map(({ json }) => json).join(',')}]`
  return { clicks, several: !alone, type: 'application/json', body }
}
