import t from 'tap'
import { keyOf, keyOfItem, toItem, withoutDuplicates } from '../../../infra/lambda/items.ts'
import { click, longest } from './support.ts'

t.test('items – hold every field, and when they expire in seconds', async (t) => {
  const { requestid, ...rest } = click('a', { itemid: '', attributes: { size: 'L', note: '' } })
  t.same(toItem({ requestid, ...rest }, 90), {
    requestid: { S: 'a' },
    contextid: { S: 'session' },
    callerid: { S: 'shop' },
    component: { S: 'button' },
    action: { S: 'click' },
    type: { S: 'webpage' },
    userid: { S: 'GUEST' },
    createdtime: { S: '2026-01-31T23:59:50.000Z' },
    receivedat: { S: '2026-01-31T23:59:51.000Z' },
    client: { S: 'SHOP' },
    itemid: { S: '' },
    attributes: { M: { size: { S: 'L' }, note: { S: '' } } },
    expiresat: { N: String(Date.UTC(2026, 4, 1, 23, 59, 51) / 1000) },
  })
})

t.test('items – of one key are the click received first', async (t) => {
  const late = click('a', { receivedat: '2026-01-31T23:59:52.000Z' })
  const early = click('a', { receivedat: '2026-01-31T23:59:51.999Z' })
  const other = click('a', { contextid: 'other' })
  for (const clicks of [
    [late, early, other],
    [other, early, late],
  ]) {
    t.same(new Set(withoutDuplicates(clicks).values()), new Set([early, other]))
  }
})

t.test('items – keep keys apart that a separator would join', async (t) => {
  t.not(keyOf(click('c', { contextid: 'a,b' })), keyOf(click('b,c', { contextid: 'a' })))
  t.equal(keyOfItem(toItem(click('a"\n'), 1)), keyOf(click('a"\n')))
})

t.test('items – twenty-five of the longest clicks stay within DynamoDB’s limits', async (t) => {
  // A control character is one byte of an item and six of JSON; an emoji is four of both.
  for (const character of ['\u0001', '😀']) {
    const item = toItem(longest(character), 90)
    const strings = (value: object): string[] =>
      Object.entries(value).flatMap(([key, inner]) => [key, ...(typeof inner === 'string' ? [inner] : strings(inner))])
    t.ok(Buffer.byteLength(strings(item).join('')) < 400 * 1024, 'an item')
    t.ok(Buffer.byteLength(JSON.stringify(item)) * 25 < 16 * 1024 * 1024, 'a call')
  }
})
