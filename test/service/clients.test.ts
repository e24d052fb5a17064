import t from 'tap'
import { createClients, parseKeys, parseOrigins } from '../../service/clients.ts'

const clients = createClients({ SHOP: 'k1', BILLING: 'k2' }, ['https://shop.example', 'http://localhost:*'])

t.test('clients – by key, exact', async (t) => {
  t.equal(clients.byKey('ALLOW=k1'), 'SHOP')
  t.equal(clients.byKey('ALLOW=k2'), 'BILLING')
  for (const header of [
    undefined,
    '',
    'k1',
    'ALLOW=',
    'ALLOW=K1',
    'allow=k1',
    'ALLOW=k1 ',
    'ALLOW= k1',
    'Bearer k1',
    'ALLOW=k1k2',
    'ALLOW=SHOP',
  ])
    t.equal(clients.byKey(header), undefined, String(header))
})

t.test('clients – by origin, exact but for a port wildcard', async (t) => {
  for (const origin of ['https://shop.example', 'http://localhost', 'http://localhost:3000', 'http://localhost:65535'])
    t.equal(clients.byOrigin(origin), origin)
  for (const origin of [
    undefined,
    '',
    'null',
    'http://shop.example',
    'https://shop.example:444',
    'https://shop.example.evil.example',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost:3000.evil.example',
    'http://localhost:',
    'http://localhost:x',
    'https://localhost:3000',
  ])
    t.equal(clients.byOrigin(origin), undefined, String(origin))
})

t.test('clients – unreadable settings say what is wrong, and show no key', async (t) => {
  const wrong: [string, RegExp][] = [
    ['hunter2', /is not JSON/],
    ['["hunter2"]', /is not a JSON object/],
    ['"hunter2"', /is not a JSON object/],
    ['{"SHOP":7}', /no key for client "SHOP"/],
    ['{"SHOP":" "}', /no key for client "SHOP"/],
    ['{"":"hunter2"}', /client name that is blank/],
    ['{"Caf\u00e9":"hunter2"}', /other than printable ASCII/],
    ['{"SHOP\\r\\nx-click-ip: 1":"hunter2"}', /other than printable ASCII/],
    ['{"a \\"quoted\\" name":"hunter2"}', /with a quote/],
    ['{"back\\\\slash":"hunter2"}', /or backslash/],
  ]
  for (const [json, message] of wrong) {
    t.throws(() => parseKeys(json), { message })
    t.doesNotThrow(() => {
      try {
        parseKeys(json)
      } catch (error) {
        t.notMatch((error as Error).message, /hunter2/)
      }
    })
  }
  t.same(parseKeys('{"SHOP":"k","Shop [2] (west), ~50%":"l"}'), { SHOP: 'k', 'Shop [2] (west), ~50%': 'l' })
})

t.test('origins – a comma list', async (t) => {
  t.same(parseOrigins(' https://a.example, http://localhost:*,'), ['https://a.example', 'http://localhost:*'])
  t.same(parseOrigins(''), [])
  for (const list of ['*', 'shop.example', 'https://shop.example/', 'https://*.shop.example/x', 'null'])
    t.throws(() => parseOrigins(list), /is no origin/, list)
})
