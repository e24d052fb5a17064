import t from 'tap'
import { type Delivery, delivered, dropped, failed, fit, MAX_ANSWER } from '../../../infra/lambda/answer.ts'
import { click, contents, record } from './support.ts'

const delivery = (recordId: string, plain: number, facts: number): Delivery => {
  const clicks = [click(recordId, { attributes: { own: 'x'.repeat(plain) } })]
  const enriched = clicks.map((one) => ({ ...one, attributes: { ...one.attributes, fact: 'y'.repeat(facts) } }))
  return { record: record(recordId, clicks), plain: clicks, clicks: enriched }
}
const bytes = (deliveries: Delivery[]) => Buffer.byteLength(JSON.stringify({ records: deliveries.map(delivered) }))

t.test('answer – what fits stays as it is', async (t) => {
  const deliveries = [delivery('1', 10, 10), delivery('2', 10, 10)]
  for (const [index, kept] of fit(deliveries).entries()) t.equal(kept, deliveries[index])
  t.same(fit([]), [])
})

t.test('answer – what does not fit gives up facts, as few as must be, and no click', async (t) => {
  const deliveries = Array.from({ length: 10 }, (_, index) => delivery(`${index}`, 50_000, 900_000))
  t.ok(bytes(deliveries) > MAX_ANSWER)
  const fitted = fit(deliveries)
  t.ok(bytes(fitted) <= MAX_ANSWER)
  t.same(
    fitted.map(({ record }) => record.recordId),
    deliveries.map(({ record }) => record.recordId),
    'in order',
  )
  t.same(
    fitted.map(({ clicks, plain }) => clicks === plain),
    [false, false, false, false, ...Array(6).fill(true)],
  )
})

t.test('answer – the data of records that may yet fail counts too', async (t) => {
  const blanks = record('1', ' '.repeat(3_000))
  const deliveries = [{ ...delivery('1', 1, 1), record: blanks }, delivery('2', 1, 1_000)]
  t.same(
    fit(deliveries, 5_500).map(({ clicks, plain }) => clicks === plain),
    [false, true],
  )
})

t.test('answer – a record’s result and data', async (t) => {
  const one = delivery('1', 1, 1)
  t.match(delivered(one), { recordId: '1', result: 'Ok' })
  t.same(contents(delivered(one)), one.clicks)
  t.equal(Buffer.from(delivered(one).data, 'base64').at(-1), 0x0a, 'ends in a newline')
  t.same(dropped(one.record), { recordId: '1', result: 'Dropped', data: one.record.data })
  t.same(failed(one.record), { recordId: '1', result: 'ProcessingFailed', data: one.record.data })
})
