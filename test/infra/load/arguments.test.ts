import t from 'tap'
import { LOCAL_ORIGIN, readArguments, UsageError } from '../../../infra/load/arguments.ts'
import { loadServiceConfig } from '../../../infra/local/config.ts'

const GATEWAY = 'https://id.execute-api.eu-west-1.amazonaws.com'

t.test('arguments – a key goes to /clicklogger, an origin to /clicks', async (t) => {
  t.same(readArguments([`${GATEWAY}/`, '--key', 'secret']), {
    url: `${GATEWAY}/clicklogger`,
    sender: { key: 'secret' },
    rate: undefined,
    connections: 100,
    seconds: 10,
    clicks: 1,
    gzip: false,
    json: false,
  })
  const all = '--origin https://shop.example --rate 2000 --connections 300 --duration 60 --clicks 500 --gzip --json'
  t.same(readArguments([GATEWAY, ...all.split(' ')], 'secret'), {
    url: `${GATEWAY}/clicks`,
    sender: { origin: 'https://shop.example' },
    rate: 2000,
    connections: 300,
    seconds: 60,
    clicks: 500,
    gzip: true,
    json: true,
  })
  t.match(readArguments([GATEWAY], 'secret'), { sender: { key: 'secret' } }, 'of the environment')
  t.match(readArguments([GATEWAY, '--key', 'named'], 'secret'), { sender: { key: 'named' } })
  t.equal(readArguments(['--help']), undefined)
})

t.test('arguments – a service of this machine needs neither', async (t) => {
  for (const url of ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:3000']) {
    t.match(readArguments([url], ''), { url: `${url}/clicks`, sender: { origin: LOCAL_ORIGIN } })
  }
  t.ok(loadServiceConfig({}).clients.byOrigin(LOCAL_ORIGIN), 'and allows the origin that is sent')
})

t.test('arguments – what makes no load test is told, with the usage and without the key', async (t) => {
  for (const [args, message] of [
    [[], /^Name one <url>\./],
    [[GATEWAY, GATEWAY], /^Name one <url>\./],
    [['hunter2'], /^<url> must be/],
    [['localhost:3000'], /^<url> must be/],
    [['ftp://localhost'], /^<url> must be/],
    [['https://user:hunter2@a.example'], /^<url> must be/],
    [[GATEWAY], /^Name --key \(or CLICKLAKE_KEY\) or --origin/],
    [['http://localhost.example', '--rate', '5'], /^Name --key/],
    [[GATEWAY, '--key', 'hunter2', '--origin', 'https://shop.example'], /exclude each other/],
    [[GATEWAY, '--key', 'hunter2\n'], /visible ASCII/],
    [[GATEWAY, '--key', ''], /visible ASCII/],
    [[GATEWAY, '--origin', 'https://shop.example/'], /is no origin/],
    [['http://localhost', '--rate', '0'], /^--rate must be an integer from 1 to 1000000, not "0"/],
    [['http://localhost', '--rate', '1.5'], /^--rate/],
    [['http://localhost', '--connections', '10001'], /^--connections/],
    [['http://localhost', '--duration', '10s'], /^--duration/],
    [['http://localhost', '--clicks', '501'], /^--clicks must be an integer from 1 to 500/],
    [['http://localhost', '--fast'], /--fast/],
  ] as const) {
    try {
      readArguments(args)
      t.fail(`taken: ${args.join(' ')}`)
    } catch (error) {
      t.ok(error instanceof UsageError)
      t.match((error as Error).message, message)
      t.match((error as Error).message, /^Usage: npm run load/m)
      t.notMatch((error as Error).message, /hunter2/)
    }
  }
})
