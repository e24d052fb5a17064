/** The live view: clicks seen in every stage and asked for by SQL, a fault with its spill and recovery, and its looks. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Case, Context } from '../case.ts'
import { type Machine, startMachine } from '../machine.ts'

/** Soon given up, so that the spill is soon seen. */
const ENV = { DELIVERY_TIMEOUT_MS: '1000', LOG_LEVEL: 'error' }

interface View {
  readonly page: Page
  /** What the browser complained about. */
  readonly complaints: readonly string[]
}

/** The page, connected. */
async function open({ browser, scope }: Context, { url }: Machine, options: BrowserContextOptions = {}): Promise<View> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  scope.defer(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${url}/live`)
  await page.locator('#connection[data-state="open"]').waitFor()
  return { page, complaints }
}

const total = (page: Page, stage: string, text: string) =>
  page.locator(`[data-stage="${stage}"] .total`, { hasText: new RegExp(`^${text}$`) }).waitFor()

function expect(fine: boolean, what: string): void {
  if (!fine) throw new Error(`expected ${what}`)
}

function expectNone({ complaints }: View): void {
  expect(complaints.length === 0, `no complaint in the console, and there was ${complaints.join('; ')}`)
}

export const liveView: readonly Case[] = [
  {
    name: 'live view – three creatures clicked on the demo site pass every stage, and SQL finds them',
    async run(context) {
      // Long enough that the view is open when they are transformed.
      const machine = await startMachine(context.scope, { LOCAL_BUFFER_SECONDS: '4' })
      const site = await context.browser.newPage()
      context.scope.defer(() => site.close())
      await site.goto(machine.url)
      for (const name of ['Bramblewick', 'Zifferling', 'Ooloop']) {
        await site.getByRole('link', { name }).click()
        await site.getByRole('dialog', { name }).waitFor()
        await site.keyboard.press('Escape')
      }

      const view = await open(context, machine)
      const { page } = view
      for (const stage of ['received', 'packed', 'accepted', 'transformed']) await total(page, stage, '3 clicks')
      await total(page, 'items', '3 items')
      await total(page, 'written', '3 rows')
      for (const species of ['Hedge Warden', 'Clock Moth', 'Echo Jelly'])
        await page.locator('#clicks .chip', { hasText: species }).waitFor()
      await page.locator('#sql').fill('SELECT itemid FROM clicks ORDER BY itemid')
      await page.getByRole('button', { name: 'Run' }).click()
      await page.locator('#answer-status', { hasText: /^3 rows in/ }).waitFor()
      const found = await page.locator('#rows td').allTextContents()
      expect(found.join() === 'm-01,m-06,m-11', `the three creatures, and there were ${found.join()}`)
      expectNone(view)
    },
  },
  {
    name: 'live view – clicks pass every stage, and SQL finds them',
    async run(context) {
      const machine = await startMachine(context.scope, ENV)
      const view = await open(context, machine)
      const { page } = view
      await page.getByRole('button', { name: 'Send a click' }).click()
      await page.locator('#feedback', { hasText: 'answered 200' }).waitFor()
      await page.getByRole('button', { name: 'Send 500' }).click()
      for (const stage of ['received', 'packed', 'accepted', 'transformed']) await total(page, stage, '501 clicks')
      await total(page, 'written', '501 rows')
      await total(page, 'items', '501 items')
      await page.locator('#verdict', { hasText: 'Balanced' }).waitFor()
      await page.locator('#clicks .chip', { hasText: 'species' }).first().waitFor()
      await page
        .locator('#parquet li', { hasText: /\d rows?, .*kB/ })
        .first()
        .waitFor()
      await page.locator('#p99', { hasText: /\d m?s$/ }).waitFor()

      await page.locator('#sql').fill('SELECT count(*) AS clicks FROM clicks')
      await page.getByRole('button', { name: 'Run' }).click()
      await page.locator('#rows td', { hasText: /^501$/ }).waitFor()
      await page.locator('#named').selectOption('top-items')
      await page.locator('#sql').press('Control+Enter')
      await page.locator('#answer-status', { hasText: /^12 rows in/ }).waitFor()
      expectNone(view)

      // The browser itself writes what it was answered into the console: from here on it has something to say.
      await page.locator('#sql').fill('SELECT nothing FROM clicks')
      await page.getByRole('button', { name: 'Run' }).click()
      await page.locator('#answer-status.error', { hasText: 'Binder Error' }).waitFor()
    },
  },
  {
    name: 'live view – Firehose down: spill, recovery, replay, for all who look',
    async run(context) {
      const machine = await startMachine(context.scope, ENV)
      const view = await open(context, machine)
      const other = await open(context, machine)
      const { page } = view
      await page.getByRole('radio', { name: 'Is down' }).check()
      await other.page.getByRole('heading', { name: 'A fault is on: Firehose is down' }).waitFor()
      await page.getByRole('button', { name: 'Send a click' }).click()
      await page.locator('#feedback', { hasText: 'answered 200' }).waitFor()
      await total(page, 'spilled', '1 click')
      await page.locator('#spill li').waitFor()

      await other.page.getByRole('button', { name: 'Mend Firehose' }).click()
      await page.locator('#banner[data-kind="after"]').waitFor()
      await page.locator('#replay').click()
      await page.locator('#replay-feedback', { hasText: '1 click of 1 object put back' }).waitFor()
      await page.locator('#spill li').waitFor({ state: 'detached' })
      await total(page, 'written', '1 row')

      // The service leaves Firehose alone for some seconds, and then a batch tries it.
      const accepted = page.locator('[data-stage="accepted"] .total')
      while ((await accepted.textContent()) === '0 clicks') {
        await page.getByRole('button', { name: 'Send a click' }).click()
        await page.waitForTimeout(500)
      }
      await total(page, 'written', '\\d+ rows')
      expectNone(view)
      expectNone(other)
    },
  },
  {
    name: 'live view – fits narrow and wide screens in both schemes, and keeps still where that is asked',
    async run(context) {
      const machine = await startMachine(context.scope, ENV)
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [375, 1440]) {
          const view = await open(context, machine, { viewport: { width, height: 800 }, colorScheme })
          const { page } = view
          await page.getByRole('button', { name: 'Send 500' }).click()
          await page.locator('#parquet li').first().waitFor()
          await page.getByRole('button', { name: 'Run' }).click()
          await page.locator('#rows tr').first().waitFor()
          const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          expect(Number(wider) <= 0, `no sideways scrolling at ${width} px, ${colorScheme}: ${wider} px are outside`)
          expectNone(view)
        }
      }
      const { page } = await open(context, machine, { reducedMotion: 'reduce' })
      await page.getByRole('button', { name: 'Send a click' }).click()
      await page.locator('#density', { hasText: 'Nothing moves' }).waitFor()
    },
  },
]
