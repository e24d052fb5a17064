/** What a browser gives the tracker, for tests in Node.js. */
import { mock } from 'node:test'
import type { Test } from 'tap'
import type { Place } from '../../../service/tracker/store.ts'
import type { Click } from '../../../service/tracker/types.ts'
import { uuid } from '../../../service/tracker/uuid.ts'

export const makeClick = (changes: Partial<Click> = {}): Click => ({
  requestid: uuid(),
  contextid: 'tab',
  callerid: 'shop',
  component: 'buy',
  action: 'click',
  type: 'webpage',
  ...changes,
})

/** A localStorage that takes so many characters. */
export function createPlace(quota = Number.POSITIVE_INFINITY): Place {
  return new Proxy<Place>(
    {},
    {
      set(target, key: string, value: string) {
        if (JSON.stringify({ ...target, [key]: value }).length > quota) throw new Error('QuotaExceededError')
        target[key] = value
        return true
      },
    },
  )
}

export interface Clock {
  /** Lets so much time go by, and what hangs on it happen. */
  pass(ms: number): Promise<void>
}

/** Timers and dates stand still until told. Back-off takes its longest. */
export function stopClock(t: Test): Clock {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  t.intercept(Math, 'random', { value: () => 1 })
  return {
    async pass(ms) {
      // In steps, so that a timer that is set by what another one did has its turn.
      for (let left = ms; left >= 0; left -= 50) {
        mock.timers.tick(Math.min(left, 50))
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
      }
    },
  }
}

/** Web Locks of one test: those of Node.js are the process's, and a test that ends would leave them held. */
export function createLocks() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    request(_name: string, work: () => Promise<unknown>): Promise<unknown> {
      last = last.then(work)
      return last
    },
  }
}

export interface SentRequest {
  readonly clicks: readonly Click[]
  readonly init: RequestInit
}

/** Answers requests with one after the other, the last for ever; keeps what was sent. */
export function answerFetch(t: Test, ...answers: readonly ((clicks: readonly Click[]) => Response | Error)[]) {
  const requests: SentRequest[] = []
  t.intercept(globalThis, 'fetch', {
    value: async (_url: string, init: RequestInit) => {
      const clicks = readLines(init.body as string)
      const answer = answers[Math.min(requests.length, answers.length - 1)]?.(clicks)
      requests.push({ clicks, init })
      if (answer instanceof Response) return answer
      throw answer
    },
  })
  return requests
}

export const readLines = (body: string): Click[] =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

export const ok = () => Response.json({ status: 'OK' })
export const unavailable = (headers: Record<string, string> = {}) =>
  Response.json({ code: 'CLK_NOT_DELIVERED' }, { status: 503, headers })
