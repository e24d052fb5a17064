import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { addresses, ask } from '../../../infra/lambda/catalogue.ts'
import { serve } from './support.ts'

const LIMITS = { timeoutMs: 5_000, maxBytes: 1_000 }

t.test('ask – whatever the catalogue does is an outcome', async (t) => {
  const cases: { name: string; outcome: string; listener: RequestListener; timeoutMs?: number }[] = [
    { name: 'an entry', outcome: 'found', listener: (_, response) => response.end('{"species":"Chimera"}') },
    { name: '404', outcome: 'absent', listener: (_, response) => response.writeHead(404).end('{}') },
    { name: '500', outcome: 'status', listener: (_, response) => response.writeHead(500).end('{}') },
    { name: '204', outcome: 'status', listener: (_, response) => response.writeHead(204).end() },
    {
      name: 'a redirect to an entry',
      outcome: 'status',
      listener: ({ url }, response) =>
        url === '/item' ? response.writeHead(302, { location: '/other' }).end() : response.end('{"species":"Chimera"}'),
    },
    { name: 'garbage', outcome: 'garbage', listener: (_, response) => response.end('<html>') },
    { name: 'an array', outcome: 'garbage', listener: (_, response) => response.end('[{}]') },
    { name: 'null', outcome: 'garbage', listener: (_, response) => response.end('null') },
    { name: 'nothing', outcome: 'garbage', listener: (_, response) => response.end() },
    { name: 'too much', outcome: 'oversize', listener: (_, response) => response.end(`{"a":"${'x'.repeat(1_000)}"}`) },
    {
      name: 'too much once inflated',
      outcome: 'oversize',
      listener: (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`{"a":"${'x'.repeat(1_000_000)}"}`)),
    },
    { name: 'a reset connection', outcome: 'network', listener: ({ socket }) => socket.resetAndDestroy() },
    {
      name: 'a connection reset within the body',
      outcome: 'network',
      listener: ({ socket }, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('{"a":', () => socket.resetAndDestroy())
      },
    },
    { name: 'no answer', outcome: 'timeout', listener: () => {}, timeoutMs: 30 },
    {
      name: 'a body that never ends',
      outcome: 'timeout',
      listener: (_, response) => void response.write('{"a":'),
      timeoutMs: 60,
    },
  ]
  for (const { name, outcome, listener, timeoutMs = LIMITS.timeoutMs } of cases) {
    const url = await serve(t, listener)
    t.equal((await ask(`${url}/item`, { ...LIMITS, timeoutMs })).outcome, outcome, name)
  }
  t.equal((await ask('http://127.0.0.1:1/', LIMITS)).outcome, 'network', 'nobody there')
})

t.test('addresses – an id stays one segment of the path, whatever is in it', async (t) => {
  const addressOf = addresses('https://c.example/items/{itemid}')
  const cases: [string, string | undefined][] = [
    ['m-01', 'https://c.example/items/m-01'],
    ['a/../b', 'https://c.example/items/a%2F..%2Fb'],
    ['x/', 'https://c.example/items/x%2F'],
    ['?a=b#c', 'https://c.example/items/%3Fa%3Db%23c'],
    ['%2e%2e', 'https://c.example/items/%252e%252e'],
    ['...', 'https://c.example/items/...'],
    ['\\..\\', 'https://c.example/items/%5C..%5C'],
    ["$&$'$`", "https://c.example/items/%24%26%24'%24%60"],
    ['{itemid}', 'https://c.example/items/%7Bitemid%7D'],
    ['ü', 'https://c.example/items/%C3%BC'],
    ['@evil.example', 'https://c.example/items/%40evil.example'],
    ['', undefined],
    ['.', undefined],
    ['..', undefined],
  ]
  for (const [itemid, address] of cases) {
    t.equal(addressOf(itemid), address, itemid)
    if (address !== undefined) t.equal(new URL(address).href, address, 'and fetch leaves it so')
  }
})

t.test('addresses – an address is checked when configured', async (t) => {
  for (const template of [
    'https://c.example/items/',
    'https://{itemid}.example/',
    'https://c.example/#{itemid}',
    'file:///{itemid}',
    '/items/{itemid}',
    '',
    'https://user:secret@c.example/{itemid}',
  ]) {
    t.throws(() => addresses(template), /enrichment URL must/, template)
  }
  t.equal(addresses('http://c.example/?id={itemid}&x')('a b'), 'http://c.example/?id=a%20b&x')
})
