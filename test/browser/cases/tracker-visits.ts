/** Ways through a site with the tracker, while everything works. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { bundleForBrowsers } from '../../../service/browser.ts'
import type { Tracker } from '../../../service/tracker/types.ts'
import type { Case } from '../case.ts'
import { button, closeTab, type Made, make, openShop, press } from '../shop.ts'

/** In pages. */
declare const clicklake: Tracker

const CARD = `<article id="card" data-click="card" data-click-item="m-03" data-click-action="open"
  data-click-attr-n="card" data-click-attr-page-part="hall of fame"><b>A creature</b></article>`

export const trackerVisits: readonly Case[] = [
  {
    name: 'tracker: normal use – all that is known of each click arrives, over two pages of one session',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ callerid, endpoint }) => {
          // As an author writes it who needs nothing special: the endpoint is where the script comes from.
          const element = `<script src="${endpoint}/tracker.js" data-callerid="${callerid}" data-userid="u-1" defer></script>`
          return {
            '/': { html: `${element}${CARD}<a id="go" href="/next">Next</a>` },
            '/next': { html: `${element}${button('later')}` },
          }
        },
      })
      const page = await shop.open('/?q=1#top')
      await page.click('#card b')
      const called = await make(page, 'called')
      await page.evaluate(() => clicklake.identify('u-2'))
      const known = await make(page, 'known')
      await page.evaluate(() => clicklake.flush())
      await page.click('#go')
      await page.waitForURL('**/next')
      const rows = await shop.arrive({ card: undefined, ...called, ...known, ...(await press(page, 'later')) })

      const { component, itemid, action, type, userid, url, attributes } = rows.get('card') ?? assert.fail()
      assert.deepEqual(
        { component, itemid, action, type, userid, url },
        {
          component: 'card',
          itemid: 'm-03',
          action: 'open',
          type: 'webpage',
          userid: 'u-1',
          url: `${shop.origin}/?q=1`,
        },
      )
      assert.equal(attributes.page_part, 'hall of fame')
      assert.equal(rows.get('called')?.action, 'click')
      assert.equal(rows.get('known')?.userid, 'u-2')
      assert.equal(rows.get('later')?.referrer, `${shop.origin}/?q=1`)
      assert.equal(new Set([...rows.values()].map(({ contextid }) => contextid)).size, 1, 'sessions')
    },
  },
  {
    name: 'tracker: module – a tracker that a page makes itself',
    async run(context) {
      const tracker = bundleForBrowsers(new URL('../../../service/tracker/tracker.ts', import.meta.url), 'esm')
      const shop = await openShop(context, {
        pages: ({ callerid, endpoint }) => ({
          '/': {
            html: `<script type="module">${tracker}
              window.clicklake = createTracker({ callerid: '${callerid}', endpoint: '${endpoint}/', type: 'app' })
            </script>`.replace(/export\s*\{.*?(\w+) as createTracker.*?\}/, 'const createTracker = $1'),
          },
        }),
      })
      const rows = await shop.arrive(await make(await shop.open(), 'a'))
      assert.equal(rows.get('a')?.type, 'app')
    },
  },
  {
    name: 'tracker: closing the tab right after a click – by hand, and by the script in the same turn',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element }) => ({ '/': { html: `${element()}${button('buy')}` }, '/other': { html: 'No tracker' } }),
      })
      const first = await shop.open()
      const pressed = await press(first, 'buy')
      await closeTab(first)
      // Before there is another page, which would bring what this one has left.
      await shop.taken(['buy'])

      // Only what a script has opened may it close.
      const opener = await shop.open('/other')
      const popup = opener.waitForEvent('popup')
      await opener.evaluate('void open("/")')
      const second = await popup
      await second.waitForFunction('window.clicklake')
      const closed = second.waitForEvent('close')
      await second.evaluate(() => {
        clicklake.click({ component: 'made', attributes: { n: 'last' } })
        // What the types of Node.js have not.
        ;(globalThis as unknown as { close(): void }).close()
      })
      await closed
      await shop.taken(['last'])
      await opener.close()
      await shop.arrive({ ...pressed, last: undefined })
    },
  },
  {
    name: 'tracker: a link with data-click – the page that it leaves loses nothing',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element }) => ({
          '/': { html: `${element()}<a id="go" data-click="link" data-click-attr-n="go" href="/next">Next</a>` },
          '/next': { html: element() },
        }),
      })
      const page = await shop.open()
      const pressed = await press(page, 'go')
      await page.waitForURL('**/next')
      await shop.arrive(pressed)
    },
  },
  {
    name: 'tracker: a tab whose process dies right after a click – the next visit brings it',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const made = await make(page, 'before')
      const crashed = page.waitForEvent('crash')
      page.goto('chrome://crash').catch(() => undefined) // It never loads.
      await crashed
      await page.close()
      await shop.open()
      await shop.arrive(made)
    },
  },
  tabsAtOnce('tracker: two tabs at once, and a third – none missing, none twice, though answers are slow'),
  tabsAtOnce(
    'tracker: tabs at once without Web Locks, as pages without TLS are – none missing, none twice',
    "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })",
  ),
  {
    name: 'tracker: 1,000 clicks in 10 s – none missing, none twice, in far fewer requests',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const made = await page.evaluate(async () => {
        const made: Record<string, string | undefined> = {}
        const began = performance.now()
        for (let n = 0; n < 1000; n += 1) {
          made[n] = clicklake.click({ component: 'made', attributes: { n } })
          const ahead = began + n * 10 - performance.now()
          if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead))
        }
        return made
      })
      await shop.arrive(made)
      const posts = shop.proxy.seen.filter(({ method }) => method === 'POST').length
      assert.ok(posts <= 100, `${posts} requests for 1,000 clicks`)
    },
  },
  {
    name: 'tracker: a tab put aside and taken up again – the page lived, so nothing is sent twice',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.visitor.newPage()
      await page.clock.install()
      await page.goto(shop.origin)
      const made = await make(page, 'a', 'b')
      await show(page, 'hidden')
      await shop.proxy.until(
        () => shop.proxy.seen.some(({ taken }) => taken.length > 0),
        () => 'a hidden page sends',
      )
      await show(page, 'visible')
      // Longer than a request may take: whoever thinks that an answer will not come any more sends again.
      await page.clock.fastForward('05:00')
      await shop.arrive({ ...made, ...(await make(page, 'c')) })
    },
  },
]

/** @param before what makes their pages special */
function tabsAtOnce(name: string, before = ''): Case {
  return {
    name,
    async run(context) {
      const shop = await openShop(context)
      await shop.visitor.addInitScript(before)
      shop.proxy.fault = { delayMs: 300 }
      const tabs = [await shop.open(), await shop.open(), await shop.open()]
      const made: Made[] = []
      for (let round = 0; round < 20; round += 1) {
        made.push(...(await Promise.all(tabs.map((tab, n) => make(tab, `${n}-${round}`)))))
      }
      await shop.arrive(Object.assign({}, ...made))
    },
  }
}

/** Headless Chromium thinks every page visible. */
async function show(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))`)
}
