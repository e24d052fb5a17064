import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import {
  breakEven,
  clicklake,
  clicksPerRecord,
  FIXED,
  firehose,
  fullRecord,
  older,
  PARTS,
  sum,
  tasksFor,
} from '../../infra/cost-model.ts'

const MILLION = 1_000_000
const PER_REQUEST = [1, 2, 10, 13, 100, 153, 500]

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

/** Rounded to so many digits after the point. */
const near = (t: Test, actual: number, expected: number, digits: number, name: string) =>
  t.equal(actual.toFixed(digits), expected.toFixed(digits), name)

t.test('cost – docs/cost.md is what the command prints', async (t) => {
  const printed = execFileSync(process.execPath, [path('infra/cost.ts')], { encoding: 'utf8' })
  t.equal(printed, readFileSync(path('docs/cost.md'), 'utf8'), 'npm run --silent cost > docs/cost.md')
  t.notMatch(printed, /NaN|Infinity|undefined/)
})

t.test('cost – what runs before the first click', async (t) => {
  // 4 endpoints × 2 zones × 730 h × $0.01
  near(t, FIXED.endpoints, 58.4, 2, 'endpoints')
  // 2 × 730 h × (0.25 × $0.03238 + 0.5 × $0.00356)
  near(t, FIXED.tasks, 14.42, 2, 'tasks')
  // 730 h × $0.0225
  near(t, FIXED.balancer, 16.425, 3, 'load balancer')
})

t.test('cost – a million clicks by hand', async (t) => {
  const million = clicklake(MILLION, 1)
  near(t, million.gateway, 1, 6, '$1 a million requests')
  // 400 B in base64: 533,333,333 B, 0.4967 GB × $0.01
  near(t, million.endpoints, 0.004967, 6, 'endpoints')
  // 500 bytes are one write.
  near(t, million.writes, 0.625, 6, 'writes')
  // 0.4657 GB × 90 d ÷ 30.417 d × $0.45
  near(t, million.items, 0.62, 3, 'items')
  // 11.1 LCU-hours × $0.008
  near(t, million.balancer, 0.0889, 4, 'load balancer')
  t.equal(million.tasks, 0)

  near(t, clicklake(MILLION, 10).gateway, 0.1, 6, 'ten clicks are one request')
  // 500 clicks of 400 bytes are 195 KB: one step.
  near(t, clicklake(MILLION, 500).gateway, 0.002, 6, 'one step of 512 KB')
  // 300 × $1 + 700 × $0.90
  near(t, clicklake(1000 * MILLION, 1).gateway, 930, 6, 'tiers')

  const old = older(MILLION)
  near(t, old.gateway, 3.5, 6, 'REST API')
  // 333 × $3.50 + 667 × $2.80
  near(t, older(1000 * MILLION).gateway, 3033.1, 6, 'tiers of the REST API')
  near(t, old.writes, 1.25, 6, 'the index repeats each write')
  // $0.20 of calls, 25,000 GB-seconds
  near(t, old.logger, 0.6167, 4, 'click logger')
})

t.test('cost – Firehose bills records in steps of 5 KB', async (t) => {
  const alone = sum(firehose(MILLION, 1, 300))
  // 4.768 GB × $0.047
  near(t, alone, 0.2241, 4, 'one click a record')
  // 204 clicks are 61,200 B and 12 steps: 0.2805 GB × $0.047
  near(t, sum(firehose(MILLION, fullRecord(300), 300)), 0.0132, 4, 'full records')
  near(t, alone / sum(firehose(MILLION, fullRecord(300), 300)), 17, 0, 'times')
  // 12 clicks of 400 bytes fit into a step, 13 do not.
  near(t, sum(firehose(MILLION, 12, 400)), 0.2241 / 12, 4, 'within a step')
  near(t, sum(firehose(MILLION, 13, 400)), (2 * 0.2241) / 13, 4, 'beyond a step')
})

t.test('cost – records and tasks', async (t) => {
  t.equal(clicksPerRecord(0, 10), 10, 'a request alone')
  // 200 requests a second: one more comes within 5 ms.
  near(t, clicksPerRecord(200 * 730 * 3600, 10), 20, 6, 'with what comes while it lingers')
  t.equal(clicksPerRecord(1e12, 500), fullRecord(400), 'full')
  t.equal(tasksFor(MILLION, MILLION), 2)
  // 1,000 requests a second at 0.52 ms, three times at the peak: 1.56 vCPU, of 0.15 that a task may use
  near(t, tasksFor(1000 * 730 * 3600, 1000 * 730 * 3600), 10.4, 6, 'busy')
})

t.test('cost – more clicks cost more, more clicks in a request less', async (t) => {
  const volumes = Array.from({ length: 60 }, (_, index) => 1000 * 1.3 ** index)
  for (const perRequest of PER_REQUEST) {
    const totals = volumes.map((clicks) => sum(clicklake(clicks, perRequest)))
    t.same(
      totals,
      totals.toSorted((a, b) => a - b),
      `${perRequest} a request`,
    )
  }
  for (const clicks of volumes) {
    const [one, ten, hundred] = [1, 10, 100].map((perRequest) => sum(clicklake(clicks, perRequest)))
    t.ok(Number(one) > Number(ten) && Number(ten) > Number(hundred), `${clicks}`)
    for (const part of PARTS) t.ok(clicklake(clicks, 10)[part] >= 0 && older(clicks)[part] >= 0, part)
  }
})

t.test('cost – where the older system becomes the dearer one', async (t) => {
  for (const perRequest of PER_REQUEST) {
    const clicks = breakEven(perRequest) ?? Infinity
    const saved = (clicks: number) => sum(older(clicks)) - sum(FIXED) - sum(clicklake(clicks, perRequest))
    t.ok(saved(clicks) >= 0 && saved(clicks - 2000) < 0, `${perRequest} a request: ${clicks}`)
  }
})
