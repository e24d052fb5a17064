/** Pages that make it hard: the tracker neither loses their clicks nor breaks them. */
import assert from 'node:assert/strict'
import type { Rejection, Tracker } from '../../../service/tracker/types.ts'
import type { Case } from '../case.ts'
import { button, make, OWN_ERROR, openShop, press } from '../shop.ts'

/** In pages. */
declare const clicklake: Tracker
declare const rejections: Rejection[]

const COLLECT = 'window.rejections = []; clicklake.onReject = (rejection) => rejections.push(rejection)'

export const trackerPages: readonly Case[] = [
  {
    name: 'tracker: a strict Content-Security-Policy – violated by nothing',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element, script, endpoint }) => ({
          '/': {
            headers: {
              'content-security-policy': `default-src 'none'; script-src ${script}; connect-src ${endpoint}/clicks; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
            },
            html: `${element()}${button('buy')}`,
          },
        }),
      })
      const page = await shop.visitor.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      await page.goto(shop.origin)
      await shop.arrive({ ...(await make(page, 'made')), ...(await press(page, 'buy')) })
      assert.deepEqual(complaints, [])
    },
  },
  {
    name: 'tracker: shadow roots – an element in an open one, in one inside that, and in a closed one by its host',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element }) => ({
          '/': {
            html: `${element()}
              <div><template shadowrootmode="open">${button('open')}
                <div><template shadowrootmode="open"><p>${button('inner')}</p></template></div>
              </template></div>
              <div id="closed" data-click="host" data-click-attr-n="closed"><template shadowrootmode="closed">
                <button data-click="secret" data-click-attr-n="secret">What is closed is nobody’s business</button>
              </template></div>`,
          },
        }),
      })
      const page = await shop.open()
      await shop.arrive(await press(page, 'open', 'inner', 'closed'))
    },
  },
  {
    name: 'tracker: elements added later, whose handlers stop the event – each click once, of the innermost element',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      await page.evaluate(`
        document.body.insertAdjacentHTML('beforeend', '<div data-click="outer" data-click-attr-n="outer">${button('later')}</div>')
        for (const phase of [true, false]) later.addEventListener('click', (event) => {
          event.stopImmediatePropagation()
          event.preventDefault()
        }, phase)`)
      await shop.arrive(await press(page, 'later'))
    },
  },
  {
    name: 'tracker: clicks that are none – told to onReject, never sent again, and their neighbours arrive',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      await page.evaluate(COLLECT)
      const before = await make(page, 'before')
      const ids = await page.evaluate(() => [
        clicklake.click({ component: 'bad', nonsense: 'x' } as never),
        clicklake.click({ component: 'bad', createdtime: 'yesterday' }),
      ])
      const after = await make(page, 'after')
      await shop.arrive({ ...before, ...after })
      const told = await page.evaluate(() => rejections.map(({ click, reason }) => [click.requestid, reason] as const))
      assert.deepEqual(
        told.map(([id]) => id),
        ids,
      )
      assert.match(told[0]?.[1] ?? '', /nonsense/)
      assert.match(told[1]?.[1] ?? '', /createdtime/)

      const posts = shop.proxy.seen.length
      await page.evaluate(() => clicklake.flush())
      assert.equal(shop.proxy.seen.length, posts, 'requests')
    },
  },
  {
    name: 'tracker: a call that makes no sense – throws nothing, and undefined says that it was not taken',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const answers = await page.evaluate(() => {
        clicklake.onReject = () => {
          throw new Error('a fault in the page’s own onReject')
        }
        const trap = {
          get component(): string {
            throw new Error('a getter')
          },
        }
        const calls = [undefined, null, 7, 'buy', {}, { component: '' }, { component: ' ' }, trap]
        return calls.map((call) => clicklake.click(call as never))
      })
      // A text that is blank only to the service is for the service to reject.
      assert.deepEqual(
        answers.filter((_, n) => n !== 6),
        Array(7).fill(undefined),
      )
      await shop.arrive(await make(page, 'good'))
    },
  },
  {
    name: 'tracker: texts of every kind and length – cut to what the lake takes, not lost',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      await page.evaluate(COLLECT)
      const before = await make(page, 'before')
      const large = await page.evaluate(() => {
        // 82 KB: more than a browser lets a page that ends still send.
        const attributes = Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`a${n}`, '😀'.repeat(1024)]))
        return clicklake.click({ component: 'large', attributes: { n: 'large', ...attributes } })
      })
      const odd = await page.evaluate(() =>
        clicklake.click({
          component: `\ud83d${'x'.repeat(999)}`,
          itemid: 'a\u2028b\nc"d\0',
          url: `https://shop.example/${'y'.repeat(5000)}`,
          attributes: { n: 'odd', 'Data-Été': '\udc00', 7: 8 },
        }),
      )
      const rows = await shop.arrive({ ...before, large, odd, ...(await make(page, 'after')) })
      assert.deepEqual(await page.evaluate(() => rejections), [])
      assert.equal(rows.get('odd')?.component.length, 256)
      assert.equal(rows.get('large')?.attributes.a18, '😀'.repeat(1024))
    },
  },
  {
    name: 'tracker: a click larger than may outlive a page, and the tab closed – the small ones behind it arrive',
    async run(context) {
      const shop = await openShop(context)
      const page = await shop.open()
      const made = await page.evaluate(() => {
        const attributes = Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`a${n}`, '😀'.repeat(1024)]))
        const click = (n: string, more = {}) => clicklake.click({ component: 'made', attributes: { n, ...more } })
        return { large: click('large', attributes), small: click('small') }
      })
      const closed = page.waitForEvent('close')
      await page.close({ runBeforeUnload: true })
      await closed
      await shop.proxy.until(
        () => shop.proxy.seen.some(({ taken }) => taken.some(({ requestid }) => requestid === made.small)),
        () => 'the small click',
      )
      await shop.open()
      await shop.arrive(made, 'at least once')
    },
  },
  {
    name: 'tracker: storage blocked – the clicks of a living page arrive',
    async run(context) {
      const shop = await openShop(context)
      await shop.visitor.addInitScript(`
        for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {
          get() { throw new DOMException('Access is denied for this document.', 'SecurityError') },
        })`)
      const page = await shop.open()
      const made = { ...(await make(page, 'a', 'b')), ...(await press(page, 'buy')) }
      const rows = await shop.arrive(made)
      assert.equal(new Set([...rows.values()].map(({ contextid }) => contextid)).size, 1, 'sessions of a page')
    },
  },
  {
    name: 'tracker: storage full – the clicks of a living page arrive, over a 503 too',
    async run(context) {
      const shop = await openShop(context)
      await shop.visitor.addInitScript(`
        // The blank page that a tab begins with has none.
        for (const storage of location.protocol === 'http:' ? [localStorage, sessionStorage] : []) {
          for (let length = 1 << 22; length >= 1; length >>= 1) {
            try { for (;;) storage.setItem(String(Math.random()), 'x'.repeat(length)) } catch {}
          }
        }`)
      const page = await shop.open()
      shop.proxy.fault = { retryAfter: 1 }
      const made = { ...(await make(page, 'a', 'b')), ...(await press(page, 'buy')) }
      await shop.proxy.until(
        () => shop.proxy.seen.some(({ clicks, answeredAt }) => clicks.length > 0 && answeredAt !== undefined),
        () => 'a request',
      )
      shop.proxy.fault = undefined
      await shop.arrive({ ...made, ...(await make(page, 'c')) })
    },
  },
  {
    name: 'tracker: included twice – each click once',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element }) => ({ '/': { html: `${element()}${element('async')}${button('buy')}${element()}` } }),
      })
      const page = await shop.open()
      await page.waitForLoadState('load')
      await shop.arrive({ ...(await press(page, 'buy')), ...(await make(page, 'made')) })
    },
  },
  {
    name: 'tracker: a page that is broken itself – is not broken further, and its clicks arrive',
    async run(context) {
      const shop = await openShop(context, {
        pages: ({ element }) => ({
          '/': {
            html: `<script>
                Object.prototype.inherited = 'by everything'
                Array.prototype.last = function () { return this[this.length - 1] }
                Array.prototype.toJSON = String.prototype.toJSON = function () { return this.valueOf() }
                for (const { prototype } of [Object, Array, Function, String, Promise, Event, EventTarget, Element, Storage]) Object.freeze(prototype)
                Object.freeze(JSON)
                addEventListener('click', () => { throw new Error('${OWN_ERROR}') }, true)
                addEventListener('pagehide', () => { throw new Error('${OWN_ERROR}') }, true)
              </script>
              <form id="clicklake"></form>${element()}${button('buy')}
              <script>throw new Error('${OWN_ERROR}')</script>`,
          },
        }),
      })
      const page = await shop.open()
      await shop.arrive({ ...(await press(page, 'buy')), ...(await make(page, 'made')) })
    },
  },
]
