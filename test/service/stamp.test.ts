import t from 'tap'
import type { Click } from '../../service/click.ts'
import { GUEST } from '../../service/click.ts'
import { type Arrival, createKeepAddress, createStamp } from '../../service/stamp.ts'
import { SAMPLE } from '../helpers/app.ts'

const receivedat = '2026-01-31T12:00:00.000Z'
const arrival = { receivedat, client: 'SHOP', clientip: '192.0.2.0', useragent: 'curl', anonymise: false }

/** What is stored of a click. */
const stamp = (click: Click, arrival: Arrival) => JSON.parse(createStamp(arrival)({ ...click }))

t.test('stamp – what the service knows is added, times are UTC', async (t) => {
  t.same(stamp(SAMPLE, arrival), {
    ...SAMPLE,
    userid: GUEST,
    createdtime: receivedat,
    receivedat,
    clientip: '192.0.2.0',
    useragent: 'curl',
    client: 'SHOP',
  })
  t.equal(stamp({ ...SAMPLE, createdtime: '2026-01-31T14:00:00+02:00' }, arrival).createdtime, receivedat)
  t.equal(stamp({ ...SAMPLE, userid: 'u-7' }, arrival).userid, 'u-7')
})

t.test('stamp – anonymised: nothing says who it was', async (t) => {
  const stored = stamp({ ...SAMPLE, userid: 'u-7' }, { ...arrival, anonymise: true })
  t.equal(stored.userid, GUEST)
  t.notOk('clientip' in stored || 'useragent' in stored)
})

t.test('address – by policy', async (t) => {
  const cases: [string | undefined, 'truncate' | 'keep' | 'drop', string | undefined][] = [
    ['203.0.113.77', 'truncate', '203.0.113.0'],
    ['203.0.113.77', 'keep', '203.0.113.77'],
    ['203.0.113.77', 'drop', undefined],
    ['::ffff:203.0.113.77', 'truncate', '203.0.113.0'],
    ['2001:db8:aaaa:bbbb:cccc::1', 'truncate', '2001:db8:aaaa::'],
    ['2001:db8:aaaa:bbbb:cccc::1', 'keep', '2001:db8:aaaa:bbbb:cccc::1'],
    ['not an address', 'keep', undefined],
    [undefined, 'keep', undefined],
  ]
  for (const [address, policy, kept] of cases) t.equal(createKeepAddress(policy)(address), kept, `${address} ${policy}`)
})
