/**
 * A shop whose pages have the tracker, and its customers. Every click bears a mark, its attribute `n`: by that, what was
 * clicked is compared with what is in the lake.
 */
import assert from 'node:assert/strict'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Click } from '../../service/click.ts'
import type { Tracker } from '../../service/tracker/types.ts'
import type { Context } from './case.ts'
import type { Machine } from './machine.ts'
import { type FaultyProxy, startProxy } from './proxy.ts'
import { type SitePage, startSite } from './site.ts'

/** In pages. */
declare const clicklake: Tracker

/** Clicks by their marks, with the requestid where the page got to know it. */
export type Made = Readonly<Record<string, string | undefined>>

/** A row of `clicks`, and how often it is in `clicks_raw`. */
export type Arrived = Required<Click> & { readonly clientip: string | null; readonly useragent: string | null } & {
  readonly copies: number
}

export interface Parts {
  readonly callerid: string
  /** Where pages send clicks. */
  readonly endpoint: string
  /** Where the tracker's script is, on another origin than the endpoint. */
  readonly script: string
  /** The tracker's element. @param attributes in addition to callerid and endpoint */
  element(attributes?: string): string
}

export interface Shop {
  readonly callerid: string
  readonly origin: string
  readonly proxy: FaultyProxy
  readonly machine: Machine
  /** The customer's browser, with storage of its own. */
  readonly visitor: BrowserContext
  /** A tab. */
  open(path?: string): Promise<Page>
  /** Waits until the service has taken clicks with these marks. */
  taken(marks: readonly string[]): Promise<void>
  /**
   * Waits until the clicks have been taken, and compares them with the lake, where each is to be once, and no other.
   *
   * @param times how often a click may be in `clicks_raw`: more than once where the page did not see an answer
   * @returns the rows, by mark
   */
  arrive(made: Made, times?: 'once' | 'at least once'): Promise<Map<string, Arrived>>
}

/** Errors that a page of the shop has by itself say so. */
export const OWN_ERROR = 'the page’s own error'

export const button = (n: string) => `<button id="${n}" data-click="buy" data-click-attr-n="${n}">Buy</button>`

const usual = (parts: Parts): Record<string, SitePage> => ({ '/': { html: `${parts.element()}${button('buy')}` } })

let shops = 0

export async function openShop(
  { browser, scope, machine: startMachine }: Context,
  { pages = usual, ...options }: BrowserContextOptions & { pages?: (parts: Parts) => Record<string, SitePage> } = {},
): Promise<Shop> {
  shops += 1
  const callerid = `shop-${shops}`
  const machine = await startMachine()
  const proxy = await startProxy(scope, machine.url)
  const script = `${machine.url}/tracker.js`
  const element = (attributes = '') =>
    `<script src="${script}" data-callerid="${callerid}" data-endpoint="${proxy.url}" ${attributes} defer></script>`
  const { origin } = await startSite(scope, pages({ callerid, endpoint: proxy.url, script, element }))
  const visitor = await browser.newContext(options)
  scope.defer(() => visitor.close())
  const errors: string[] = []
  visitor.on('weberror', (error) => errors.push(String(error.error().stack)))

  const taken = () => proxy.seen.flatMap(({ taken }) => taken)
  const untilTaken = (marks: readonly string[]) => {
    const missing = () => {
      const there = new Set(taken().map(markOf))
      return marks.filter((mark) => !there.has(mark))
    }
    return proxy.until(
      () => missing().length === 0,
      () => `${missing().length} of ${marks.length} clicks did not come to the service: ${missing().slice(0, 20)}`,
    )
  }

  return {
    callerid,
    origin,
    proxy,
    machine,
    visitor,
    async open(path = '/') {
      const page = await visitor.newPage()
      await page.goto(origin + path)
      return page
    },
    taken: untilTaken,
    async arrive(made, times = 'once') {
      const marks = Object.keys(made)
      await untilTaken(marks)
      // What a living page would send twice, it sends now.
      await Promise.all(visitor.pages().map((page) => page.evaluate(() => clicklake.flush())))
      const count = taken().length
      const rows = (await machine.queryUntil(
        `SELECT c.*, r.copies FROM clicks c JOIN (
           SELECT requestid, count(*) AS copies FROM clicks_raw WHERE callerid = '${callerid}' GROUP BY requestid
         ) r USING (requestid) WHERE c.callerid = '${callerid}'`,
        (rows) => rows.reduce((sum, { copies }) => sum + Number(copies), 0) >= count,
      )) as unknown as Arrived[]

      assert.deepEqual(rows.map(markOf).sort(), marks.toSorted(), 'clicks in the lake')
      const byMark = new Map(rows.map((row) => [markOf(row), row]))
      for (const [mark, row] of byMark) {
        if (made[mark] !== undefined) assert.equal(row.requestid, made[mark], `requestid of ${mark}`)
        if (times === 'once') assert.equal(Number(row.copies), 1, `copies of ${mark} in clicks_raw`)
      }
      assertPolite(proxy)
      assert.deepEqual(
        errors.filter((error) => !error.includes(OWN_ERROR)),
        [],
        'errors in pages',
      )
      return byMark
    },
  }
}

const markOf = ({ attributes }: Pick<Click, 'attributes'>) => attributes?.n ?? 'no mark'

/** No preflight, which would double what a click costs, and no cookie, which would be somebody else's. */
function assertPolite({ seen }: FaultyProxy): void {
  for (const { method, path, headers } of seen) {
    assert.match(`${method} ${path}`, /^(POST \/clicks|GET \/tracker\.js)$/)
    if (method === 'GET') continue
    assert.match(headers['content-type'] ?? '', /^text\/plain/)
    assert.equal(headers.cookie, undefined, 'cookie of a request with clicks')
  }
}

/** Calls the tracker's `click` for each mark. @throws if one was not taken */
export async function make(page: Page, ...marks: string[]): Promise<Made> {
  const made = await page.evaluate(
    (marks) => Object.fromEntries(marks.map((n) => [n, clicklake.click({ component: 'made', attributes: { n } })])),
    marks,
  )
  for (const [mark, requestid] of Object.entries(made)) assert.ok(requestid, `click() did not take ${mark}`)
  return made
}

/** Clicks elements as a person does. @param marks which are their ids, too */
export async function press(page: Page, ...marks: string[]): Promise<Made> {
  for (const mark of marks) await page.click(`#${mark}`)
  return Object.fromEntries(marks.map((mark) => [mark, undefined]))
}

/** Closes the tab as a person does: the page is told. */
export async function closeTab(page: Page): Promise<void> {
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
}
