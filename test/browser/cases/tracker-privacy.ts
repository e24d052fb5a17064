/** Visitors who ask not to be tracked, by Global Privacy Control or the older Do Not Track. */
import assert from 'node:assert/strict'
import type { Tracker } from '../../../service/tracker/types.ts'
import type { Case, Context } from '../case.ts'
import { button, make, openShop, press } from '../shop.ts'

/** In pages. */
declare const clicklake: Tracker

/** What no click of such a visitor may tell. */
const USER = 'user-4711'
const QUERY = 'mail=ada@example.org'

type Signal = 'GPC' | 'DNT'

const SIGNALS: Record<Signal, string> = {
  GPC: "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
  DNT: "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
}

export const trackerPrivacy: readonly Case[] = [
  anonymised('GPC'),
  anonymised('DNT'),
  {
    name: 'tracker: GPC as browsers have it, header and all – the lake has no address and no user agent either',
    async run(context) {
      const shop = await openShop(context, { extraHTTPHeaders: { 'Sec-GPC': '1' } })
      await shop.visitor.addInitScript(SIGNALS.GPC)
      const page = await shop.open()
      const rows = await shop.arrive(await press(page, 'buy'))
      assert.deepEqual([rows.get('buy')?.clientip, rows.get('buy')?.useragent], [null, null])
    },
  },
  {
    name: 'tracker: GPC or DNT, and the site drops – nothing leaves the page, nothing is kept in it',
    async run(context) {
      for (const signal of ['GPC', 'DNT'] as const) {
        const shop = await openShop(context, {
          pages: ({ element }) => ({ '/': { html: `${element('data-privacy="drop"')}${button('buy')}` } }),
        })
        await shop.visitor.addInitScript(SIGNALS[signal])
        const page = await shop.open()
        await press(page, 'buy')
        assert.equal(await page.evaluate(() => clicklake.click({ component: 'made' })), undefined)
        await page.evaluate(() => clicklake.flush())
        assert.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0, 'things kept')
        assert.deepEqual(shop.proxy.seen, [], 'requests')
        await shop.arrive({})
      }
    },
  },
  {
    name: 'tracker: GPC, and the site keeps – the click is like any other',
    async run(context) {
      const { rows, shop } = await visit(context, 'GPC', 'data-privacy="keep"')
      for (const { userid, url } of rows) assert.deepEqual([userid, url], [USER, `${shop.origin}/?${QUERY}`])
      assert.equal(new Set(rows.map(({ contextid }) => contextid)).size, 1)
    },
  },
]

function anonymised(signal: Signal): Case {
  return {
    name: `tracker: ${signal} on – clicks arrive, and nothing in them tells who it was or which belong together`,
    async run(context) {
      const { rows } = await visit(context, signal)
      assert.equal(new Set(rows.map(({ contextid }) => contextid)).size, rows.length, 'contextids')
      for (const row of rows) {
        assert.equal(row.userid, 'GUEST')
        assert.equal(row.referrer, null)
        assert.doesNotMatch(JSON.stringify(row), new RegExp(`${USER}|${QUERY}`))
      }
    },
  }
}

/** Three clicks of somebody who is known to the site, on a page with a telling address. */
async function visit(context: Context, signal: Signal, attributes = '') {
  const shop = await openShop(context, {
    pages: ({ element }) => {
      const html = `${element(`data-userid="${USER}" ${attributes}`)}${button('buy')}`
      return { '/': { html }, '/from': { html: '<a href="/?mail=ada@example.org">In</a>' } }
    },
  })
  await shop.visitor.addInitScript(SIGNALS[signal])
  const page = await shop.visitor.newPage()
  await page.goto(`${shop.origin}/from?${QUERY}`)
  await page.click('a')
  await page.waitForFunction('window.clicklake')
  const pressed = await press(page, 'buy')
  const made = await make(page, 'made')
  await page.evaluate((user) => clicklake.identify(user), USER)
  const rows = await shop.arrive({ ...pressed, ...made, ...(await make(page, 'identified')) })
  return { shop, rows: [...rows.values()] }
}
