import t from 'tap'
import { type AuthorizerOptions, createAuthorizer } from '../../../infra/lambda/authorize.ts'

const KEY = 'ALLOW=hunter2'
const ORIGIN = 'https://shop.example'

function setUp(options: Partial<AuthorizerOptions> = {}) {
  const log: unknown[] = []
  let reads = 0
  const authorize = createAuthorizer({
    readSecret: async () => {
      reads++
      return '{"SHOP":"hunter2"}'
    },
    origins: [ORIGIN, 'http://localhost:*'],
    now: () => 0,
    log: (error) => log.push(error),
    ...options,
  })
  return { authorize, log, reads: () => reads }
}

const refused = { isAuthorized: false }
const passed = (client: string) => ({ isAuthorized: true, context: { client } })

t.test('authorizer – the route decides the credential', async (t) => {
  const cases: [what: string, routeKey: string, headers: Record<string, string>, expected: unknown][] = [
    ['a key', 'POST /clicklogger', { authorization: KEY }, passed('SHOP')],
    [
      'a key, and a foreign origin that nobody asks for',
      'POST /clicklogger',
      { authorization: KEY, origin: 'https://x.example' },
      passed('SHOP'),
    ],
    ['a wrong key', 'POST /clicklogger', { authorization: 'ALLOW=hunter3' }, refused],
    ['a wrong key, and an allowed origin', 'POST /clicklogger', { authorization: 'ALLOW=x', origin: ORIGIN }, refused],
    ['an origin for a key', 'POST /clicklogger', { origin: ORIGIN }, refused],
    ['an origin as a key', 'POST /clicklogger', { authorization: ORIGIN }, refused],
    ['two headers of which one is a key', 'POST /clicklogger', { authorization: `${KEY},ALLOW=x` }, refused],
    ['the key twice', 'POST /clicklogger', { authorization: `${KEY},${KEY}` }, refused],
    ['no header', 'POST /clicklogger', {}, refused],
    ['an empty header', 'POST /clicklogger', { authorization: '' }, refused],
    ['a name of ours that the client sets', 'POST /clicklogger', { 'x-click-client': 'SHOP' }, refused],
    ['an origin', 'POST /clicks', { origin: ORIGIN }, passed(ORIGIN)],
    ['an origin, by PUT', 'PUT /clicks', { origin: ORIGIN }, passed(ORIGIN)],
    [
      'an origin by a wildcard of ports',
      'PUT /clicks',
      { origin: 'http://localhost:8080' },
      passed('http://localhost:8080'),
    ],
    [
      'an origin, and a wrong key that nobody asks for',
      'POST /clicks',
      { origin: ORIGIN, authorization: 'x' },
      passed(ORIGIN),
    ],
    ['a foreign origin', 'POST /clicks', { origin: 'https://x.example' }, refused],
    ['a foreign origin, and a key', 'POST /clicks', { origin: 'https://x.example', authorization: KEY }, refused],
    ['a key for an origin', 'PUT /clicks', { authorization: KEY }, refused],
    ['two origins of which one is allowed', 'PUT /clicks', { origin: `${ORIGIN},https://x.example` }, refused],
    ['the origin null', 'PUT /clicks', { origin: 'null' }, refused],
  ]
  const { authorize, log } = setUp()
  for (const [what, routeKey, headers, expected] of cases)
    t.strictSame(await authorize({ routeKey, headers }), expected, `${what}: ${routeKey}`)
  t.strictSame(await authorize({ routeKey: 'PUT /clicks' }), refused, 'no headers at all')
  t.same(log, [], 'a refusal is for the access log')
})

t.test('authorizer – an unknown route is refused whatever it carries, and logged', async (t) => {
  const headers = { authorization: KEY, origin: ORIGIN }
  const routes = [
    '$default',
    'ANY /clicks',
    'GET /clicks',
    'post /clicks',
    'POST /clicks/',
    'constructor',
    '',
    '__proto__',
  ]
  const { authorize, log, reads } = setUp()
  for (const routeKey of routes) t.strictSame(await authorize({ routeKey, headers }), refused, routeKey)
  t.match(
    log,
    routes.map((routeKey) => ({ level: 'error', message: /does not know this route/, routeKey })),
  )
  t.notMatch(JSON.stringify(log), /hunter2|shop\.example/)
  t.equal(reads(), 0)
})

t.test('authorizer – browsers need no secret', async (t) => {
  const { authorize, log } = setUp({ readSecret: () => Promise.reject(new Error('down')) })
  t.strictSame(await authorize({ routeKey: 'POST /clicks', headers: { origin: ORIGIN } }), passed(ORIGIN))
  t.strictSame(await authorize({ routeKey: 'POST /clicks', headers: { origin: 'https://x.example' } }), refused)
  t.same(log, [])

  const quiet = setUp()
  await quiet.authorize({ routeKey: 'PUT /clicks', headers: { origin: ORIGIN } })
  t.equal(quiet.reads(), 0)
})

t.test('authorizer – throws where it cannot tell, so that no refusal is cached', async (t) => {
  for (const readSecret of [() => Promise.reject(new Error('hunter2')), async () => 'hunter2']) {
    const { authorize, log } = setUp({ readSecret })
    for (const authorization of [KEY, 'ALLOW=wrong'])
      await t.rejects(authorize({ routeKey: 'POST /clicklogger', headers: { authorization } }), {
        name: 'KeysUnavailable',
      })
    t.equal(log.length, 1)
    t.notMatch(JSON.stringify(log), /hunter2/)
  }
})
