/** What became of the requests of a load test and of their clicks. Pure, but for what it counts. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { ClickResult } from '../../service/take.ts'

/**
 * What became of a click. `refused`: 503 or 429, to be sent again later; `rejected`: found to be no click; `failed`: any
 * other answer; `lost`: no answer.
 */
export type Outcome = 'accepted' | 'refused' | 'rejected' | 'failed' | 'lost'

/** Answers of one kind. */
export interface Kind {
  requests: number
  /** Microseconds; without values for what got no answer. */
  readonly latency: RecordableHistogram
  /** The first that was said, as it came. */
  readonly message: string | undefined
}

interface Reading {
  readonly kind: string
  readonly clicks: Partial<Record<Outcome, number>>
  readonly message?: string | undefined
  readonly foreign?: boolean
}

export class Tally {
  /** Clicks in one request. */
  readonly size: number
  /** Requests that were sent. */
  sent = 0
  /** Requests that were answered, or lost. */
  ended = 0
  /** Answers that neither Clicklake nor its gateway gives. */
  foreign = 0
  readonly clicks: Record<Outcome, number> = { accepted: 0, refused: 0, rejected: 0, failed: 0, lost: 0 }
  readonly kinds = new Map<string, Kind>()
  /** By code, connections that failed while no request was on them. */
  readonly unconnected = new Map<string, number>()

  constructor(size: number) {
    this.size = size
  }

  answer(status: number, body: string, ms: number): void {
    const reading = read(status, body, this.size)
    // A histogram counts from 1.
    this.#end(reading).latency.record(Math.max(1, Math.round(ms * 1000)))
    if (reading.foreign) this.foreign += 1
  }

  lose(reason: string): void {
    this.#end({ kind: `no answer: ${reason}`, clicks: { lost: this.size } })
  }

  failConnection(code: string): void {
    this.unconnected.set(code, (this.unconnected.get(code) ?? 0) + 1)
  }

  #end({ kind: name, clicks, message }: Reading): Kind {
    const kind = this.kinds.get(name) ?? { requests: 0, latency: createHistogram(), message }
    this.kinds.set(name, kind)
    kind.requests += 1
    this.ended += 1
    for (const [outcome, count] of Object.entries(clicks)) this.clicks[outcome as Outcome] += count
    return kind
  }
}

/** @param size clicks that were sent */
function read(status: number, body: string, size: number): Reading {
  const json = objectOf(body)
  if (status === 200 && json.status === 'OK') return { kind: '200 OK', clicks: { accepted: size } }
  if (json.status === 'PARTIAL' && Array.isArray(json.results) && json.results.length === size) {
    const results = json.results as readonly ClickResult[]
    const count = (wanted: ClickResult['status']) => results.filter((result) => result?.status === wanted).length
    const [accepted, refused, rejected] = [count('ok'), count('retry'), count('rejected')]
    if (accepted + refused + rejected === size) {
      const message = results.find(({ reason }) => reason !== undefined)?.reason
      return { kind: `${status} PARTIAL`, clicks: { accepted, refused, rejected }, message }
    }
  }
  const clicks = { [status === 503 || status === 429 ? 'refused' : 'failed']: size }
  const { code, message } = json
  if (typeof message === 'string') {
    if (/^CLK_[A-Z_]+$/.test(`${code}`)) return { kind: `${status} ${code}`, clicks, message }
    if (Object.keys(json).length === 1) return { kind: `${status} of the gateway`, clicks, message }
  }
  return { kind: `${status} not of Clicklake`, clicks, message: body, foreign: true }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Not JSON, and nothing of Clicklake.
  }
  return {}
}
