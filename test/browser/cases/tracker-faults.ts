/** What networks and services do to the tracker: nothing may be lost, and nobody's trouble may be made worse. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tracker } from '../../../service/tracker/types.ts'
import type { Case } from '../case.ts'
import type { FaultyProxy } from '../proxy.ts'
import { closeTab, type Made, make, openShop, press } from '../shop.ts'

/** In pages. */
declare const clicklake: Tracker

const OFFLINE_MS = 10_000
/** Sooner than a page that backs off would come again by itself. */
const SOON_MS = 3000
const FAULT_MS = 5000
const RETRY_AFTER_S = 4

const posts = ({ seen }: FaultyProxy) => seen.filter(({ method }) => method === 'POST')

export const trackerFaults: readonly Case[] = [
  {
    name: 'tracker: offline for 10 s, then online',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const before = await make(page, 'before')
      await page.evaluate(() => clicklake.flush())
      await shop.visitor.setOffline(true)
      const during = await make(page, 'at once')
      await sleep(OFFLINE_MS / 2)
      const pressed = await press(page, 'buy')
      await sleep(OFFLINE_MS / 2)
      const online = performance.now()
      await shop.visitor.setOffline(false)
      await shop.arrive({ ...before, ...during, ...pressed, ...(await make(page, 'after')) })
      const waited = (posts(shop.proxy).find(({ at }) => at > online)?.at ?? Number.NaN) - online
      assert.ok(waited < SOON_MS, `online again, the page sends after ${Math.round(waited)} ms`)
    },
  },
  {
    name: 'tracker: a tab closed while offline, and the site opened again later',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      await shop.visitor.setOffline(true)
      const made = { ...(await make(page, 'made')), ...(await press(page, 'buy')) }
      await closeTab(page)
      await shop.visitor.setOffline(false)
      await shop.open()
      await shop.arrive(made)
    },
  },
  {
    name: 'tracker: 503 for 5 s – first the service’s own, then a gateway’s that no page can read',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      shop.proxy.fault = { retryAfter: 1 }
      const made: Made[] = [await make(page, 'first')]
      for (let tenth = 0; tenth < 10; tenth += 1) {
        made.push(await make(page, `${tenth}`))
        await sleep(FAULT_MS / 10)
        if (tenth === 4) shop.proxy.fault = { retryAfter: undefined }
      }
      const refused = posts(shop.proxy).length
      assert.ok(refused >= 2 && refused <= 10, `${refused} requests in 5 s: it should back off`)
      shop.proxy.fault = undefined
      await shop.arrive(Object.assign({}, ...made))
    },
  },
  {
    name: 'tracker: Retry-After – nobody sends before it: no tab, no flush, no later page',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      shop.proxy.fault = { retryAfter: RETRY_AFTER_S }
      let made = await make(page, 'refused')
      await shop.proxy.until(
        () => posts(shop.proxy)[0]?.answeredAt !== undefined,
        () => 'a request',
      )
      shop.proxy.fault = undefined
      const until = (posts(shop.proxy)[0]?.answeredAt ?? Number.NaN) + RETRY_AFTER_S * 1000
      // The page has the answer a little later than the proxy has sent it.
      await page.evaluate(() => clicklake.flush())
      made = { ...made, ...(await make(page, 'more')) }
      await page.evaluate(() => clicklake.flush())
      const other = await shop.open()
      made = { ...made, ...(await press(other, 'buy')) }
      await other.evaluate(() => clicklake.flush())
      await closeTab(other)
      await page.reload()
      assert.ok(performance.now() < until, 'this machine is too slow for this case')
      await shop.arrive({ ...made, ...(await make(page, 'last')) })
      for (const { at } of posts(shop.proxy).slice(1)) {
        assert.ok(at >= until, `a request ${Math.round(until - at)} ms before the service wanted one`)
      }
    },
  },
  {
    name: 'tracker: connections that break – before the service took the clicks, and after',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      shop.proxy.fault = 'drop'
      const dropped = await make(page, 'dropped')
      await shop.proxy.until(
        () => posts(shop.proxy).length > 0,
        () => 'a request',
      )
      shop.proxy.fault = 'lose answer'
      const lost = await make(page, 'lost')
      await shop.proxy.until(
        () => posts(shop.proxy).some(({ taken }) => taken.length > 0),
        () => 'another request',
      )
      shop.proxy.fault = undefined
      await page.evaluate(() => clicklake.flush())
      const rows = await shop.arrive({ ...dropped, ...lost, ...(await make(page, 'after')) }, 'at least once')
      // An answer that nobody saw cannot be told from one that never was.
      assert.ok([...rows.values()].some(({ copies }) => Number(copies) > 1, 'the case itself'))
      assert.equal(Number(rows.get('after')?.copies), 1)
    },
  },
  {
    name: 'tracker: the service killed (kill -9) and started again in the middle',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const made: Made[] = []
      const clicking = async (times: number) => {
        for (let n = 0; n < times; n += 1) {
          made.push(await make(page, `${made.length}`))
          await sleep(50)
        }
      }
      await clicking(20)
      await shop.machine.crash()
      await Promise.all([clicking(40), shop.machine.restart()])
      await clicking(10)
      await shop.arrive(Object.assign({}, ...made), 'at least once')
    },
  },
]
