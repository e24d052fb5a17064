import t from 'tap'
import { Click } from '../../../service/click.ts'
import { makeClick } from '../../../service/tracker/make.ts'
import { uuid } from '../../../service/tracker/uuid.ts'
import { compile } from '../../../service/validate.ts'

const check = compile(Click)
const PAGE = {
  contextid: 'tab',
  callerid: 'shop',
  type: 'webpage',
  action: 'click',
  userid: 'ada',
  url: 'https://shop.example/a?q=1#top',
  referrer: 'https://search.example/?q=shoes#x',
  createdtime: '2026-01-01T00:00:00.000Z',
}
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/

t.test('click – what the page knows, and what was said of it', async (t) => {
  const click = makeClick(PAGE, { component: 'buy', type: 'app', itemid: undefined, userid: '' }, false)
  t.match(click.requestid, UUID_7)
  t.same(click, {
    ...PAGE,
    requestid: click.requestid,
    url: 'https://shop.example/a?q=1',
    referrer: 'https://search.example/?q=shoes',
    component: 'buy',
    type: 'app',
  })
  t.equal(check(click), undefined)
})

t.test('click – an identity of its own, whatever a page says', async (t) => {
  const input = { component: 'buy', requestid: 'mine' }
  t.match(makeClick(PAGE, input, false).requestid, UUID_7)
})

t.test('anonymised – nothing that ties it to a person or to other clicks', async (t) => {
  const said = { component: 'buy', userid: 'bob', contextid: 'c', referrer: 'https://a.example/', url: '/b?c=1#d' }
  const click = makeClick(PAGE, said, true)
  t.equal(click.contextid, click.requestid)
  t.equal(click.url, '/b')
  t.notOk('userid' in click)
  t.notOk('referrer' in click)
  t.equal(check(click), undefined)
})

t.test('values – as the schema takes them, whatever comes', async (t) => {
  const long = '🛒'.repeat(3000)
  const click = makeClick(
    { ...PAGE, url: long, referrer: long },
    {
      component: long,
      itemid: 'half \ud83d of a pair, and a whole 🛒',
      attributes: {
        'Price-Tag': 12,
        '1st': true,
        '': 'no name',
        nothing: undefined,
        list: [1, 2],
        [long]: 'y',
        value: long,
        ...Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`n${n}`, n])),
      },
    },
    false,
  )
  t.equal(check(click), undefined)
  t.equal(click.url, '🛒'.repeat(2048))
  t.equal(click.component, '🛒'.repeat(256))
  t.equal(click.itemid, 'half \ufffd of a pair, and a whole 🛒')
  t.match(click.attributes, { price_tag: '12', x1st: 'true', x: 'no name', list: '[1,2]', value: '🛒'.repeat(1024) })
  t.equal(Object.keys(click.attributes ?? {}).length, 20)
})

t.test('unknown keys – kept, so that the service tells of them', async (t) => {
  const input = { component: 'buy', colour: 'red' }
  t.match(check(makeClick(PAGE, input, false)), /unknown key "colour"/)
})

t.test('uuid – sorts in the order made, also within a millisecond', async (t) => {
  const made = Array.from({ length: 1000 }, uuid)
  t.same(made, made.toSorted())
  t.equal(new Set(made).size, made.length)
  for (const id of made) t.match(id, UUID_7)
})

t.test('values – what has no text of its own is no reason to lose the click', async (t) => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const attributes = { circular, big: { n: 1n }, bare: Object.create(null), list: [1, 'a'], symbol: Symbol('s') }
  const click = makeClick(PAGE, { component: 'buy', attributes }, false)
  t.match(click.attributes, { circular: '[object Object]', big: '[object Object]', bare: '{}', list: '[1,"a"]' })
  t.equal(check(click), undefined)
})
