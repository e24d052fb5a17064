/** What became of one click, as the service answers for several. */
interface ClickResult {
  readonly status: 'ok' | 'rejected' | 'retry'
  readonly reason?: string
}

/** What became of a batch: of each click, in the order sent; or it is to be sent in smaller ones; or later. */
export type Outcome = readonly ClickResult[] | 'split' | 'wait'

/** Longest Retry-After that is believed. */
export const MAX_PAUSE_MS = 3_600_000

const MAX_BACKOFF_MS = 300_000

/**
 * Reads the service's answer. What is not clearly the service's own (a proxy's error, the page of a hotel's network
 * with a 200) says nothing about clicks: they wait.
 *
 * @param answer the body, parsed; undefined if it is not JSON
 * @param count clicks that were sent
 */
export function judge(status: number, answer: unknown, count: number): Outcome {
  const { status: word, results, code, message } = Object(answer)
  if (status === 200 && word === 'OK') return Array(count).fill({ status: 'ok' })
  if (Array.isArray(results) && results.length === count && results.every((result) => result?.status)) return results
  if (status === 413 || (status === 400 && /^CLK_/.test(code))) {
    // One of them spoils it for all: in smaller batches it is found.
    return count > 1 ? 'split' : [{ status: 'rejected', reason: message ?? 'too large' }]
  }
  return 'wait'
}

/**
 * With jitter above it, so that pages that were refused together do not come again together.
 *
 * @returns how long to wait, in milliseconds; `header` is in seconds, or a date
 */
export function readRetryAfter(header: string | null): number {
  const ms = Number(header) * 1000 || Date.parse(header ?? '') - Date.now()
  return Math.min(Math.max(ms || 0, 0) * (1 + Math.random() / 2), MAX_PAUSE_MS)
}

/** Full jitter: at most 2 s, 4 s … 5 minutes. */
export function backOff(failures: number): number {
  return Math.random() * Math.min(1000 * 2 ** failures, MAX_BACKOFF_MS)
}
