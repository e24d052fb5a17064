/** The demo site, as its first visitor sees it. */

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { CREATURES } from '../../../infra/local/catalogue-data.ts'
import type { Case, Context } from '../case.ts'
import { startMachine } from '../machine.ts'

export const demoSite: readonly Case[] = [
  {
    name: 'site – profiles and buttons become clicks of both kinds in the lake',
    async run({ browser, scope }) {
      const machine = await startMachine(scope)
      const page = await browser.newPage()
      const errors = watch(page)
      await page.goto(machine.url)

      await page.getByRole('radio', { name: 'Evil' }).check()
      await page.getByText('3 creatures').waitFor()
      await page.getByRole('radio', { name: 'Chaotic' }).check()
      await page.getByText('1 creature', { exact: true }).waitFor()
      assert.deepEqual(await page.getByRole('listitem').getByRole('link').allInnerTexts(), [
        'Skirrawhisk\nAttic Gale\nHas a home',
      ])
      for (const all of await page.getByRole('radio', { name: 'All' }).all()) await all.check()
      await page.getByText('12 creatures').waitFor()

      // By mouse, closed by Escape; the address names the profile while it is open.
      await page.getByRole('link', { name: 'Bramblewick' }).click()
      await profile(page, 'Bramblewick').waitFor()
      assert.equal(page.url(), `${machine.url}/#m-01`)
      await page.getByRole('button', { name: 'Adopt' }).click()
      assert.ok(await page.getByRole('button', { name: 'Has a home' }).isDisabled())
      await page.getByRole('button', { name: 'Like' }).click()
      await page.keyboard.press('Escape')
      await profile(page, 'Bramblewick').waitFor({ state: 'hidden' })
      await page.waitForURL(`${machine.url}/`)

      // By keyboard, closed by Back.
      await page.getByRole('link', { name: 'Ooloop' }).focus()
      await page.keyboard.press('Enter')
      await profile(page, 'Ooloop').waitFor()
      await page.goBack()
      await profile(page, 'Ooloop').waitFor({ state: 'hidden' })

      // By a link that somebody shared, closed by its button.
      await page.goto(`${machine.url}/?shared#m-08`)
      await profile(page, 'Grudgel').waitFor()
      await page.getByRole('button', { name: 'Close the profile' }).click()
      await profile(page, 'Grudgel').waitFor({ state: 'hidden' })

      await page.getByText('Sent from here').click()
      const answers = page.getByRole('complementary').getByRole('listitem')
      await answers.filter({ hasText: 'Opened Grudgel' }).filter({ hasText: 'answered 200: safe' }).waitFor()
      await answers.filter({ hasText: 'close-button: m-08' }).filter({ hasText: 'answered 200: safe' }).waitFor()

      await machine.queryUntil(
        "select itemid from clicks where callerid = 'MythicalMysfits' and component = 'mysfit-profile' order by itemid",
        (rows) => rows.map(({ itemid }) => itemid).join() === 'm-01,m-08,m-11',
      )
      await machine.queryUntil(
        "select component, action, itemid from clicks where callerid = 'mysfits' and itemid in ('m-01', 'm-08') order by component",
        (rows) =>
          rows.map(({ component, action, itemid }) => `${component} ${action} ${itemid}`).join() ===
          'adopt-button click m-01,close-button click m-08,like-button like m-01',
      )
      await machine.queryUntil(
        "select attributes from clicks where component = 'filter'",
        (rows) => rows.length === 4 && JSON.stringify(rows).includes('Chaotic'),
      )
      assert.deepEqual(errors, [])
    },
  },
  {
    name: 'site – fits a telephone and a wide screen, light and dark, and shows every drawing',
    async run({ browser, scope }: Context) {
      const machine = await startMachine(scope)
      const grounds = new Set<unknown>()
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [375, 1440]) {
          const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
          const errors = watch(page)
          await page.goto(machine.url)
          await page.getByText('12 creatures').waitFor()
          await page.waitForLoadState('networkidle')
          grounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
          // A drawing that is not well-formed has no size.
          const drawn = await page.evaluate('[...document.querySelectorAll("#cards img")].map((i) => i.naturalWidth)')
          assert.deepEqual(
            (drawn as number[]).map((size) => size > 0),
            CREATURES.map(() => true),
          )
          await assertFits(page)
          await page.getByRole('link', { name: 'Hesper' }).click()
          await profile(page, 'Hesper Nettlecloak').waitFor()
          await assertFits(page)
          assert.deepEqual(errors, [])
          await page.close()
        }
      }
      assert.equal(grounds.size, 2, 'each scheme has its own ground')
    },
  },
]

const profile = (page: Page, name: string) => page.getByRole('dialog', { name })

/** What the page complains of, a broken policy too, as it comes. */
function watch(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', ({ message }) => errors.push(message))
  return errors
}

async function assertFits(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[]
  assert.ok(Number(content) <= Number(window), `the page is ${content} px wide in a window of ${window}`)
}
