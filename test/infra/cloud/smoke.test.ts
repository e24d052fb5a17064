import { execFile } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { smoke } from '../../../infra/cloud/smoke.ts'
import { createAuthorizer } from '../../../infra/lambda/authorize.ts'
import { createTestApp } from '../../helpers/app.ts'

interface Request {
  /** Method and path. */
  readonly route: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}
interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
/** Answers in place of the gateway, or changes what the gateway answers; undefined leaves it to the gateway. */
type Wrong = (
  request: Request,
  gateway: () => Promise<Answer>,
) => Promise<Answer> | Answer | 'hang' | 'break' | undefined

const KEY = 'hunter2-hunter2'
const ORIGIN = 'https://shop.example'
const own = (status: number, message: string): Answer => ({ status, body: JSON.stringify({ message }) })
const IDENTITY: Record<string, string> = {
  'POST /clicklogger': 'authorization',
  'POST /clicks': 'origin',
  'PUT /clicks': 'origin',
}

const authorize = createAuthorizer({
  readSecret: async () => JSON.stringify({ SHOP: KEY }),
  origins: [ORIGIN],
  now: () => 0,
  log: () => {},
})

/** What an HTTP API with our routes, CORS and authorizer does with a request, before the service itself. */
async function gateway(app: FastifyInstance, { route, headers, body }: Request): Promise<Answer> {
  const allowed = headers.origin === ORIGIN
  if (route.startsWith('OPTIONS ')) {
    const cors = {
      'access-control-allow-methods': 'GET,POST,PUT',
      'access-control-allow-headers': 'authorization,content-type',
    }
    return { status: 204, headers: allowed ? { 'access-control-allow-origin': ORIGIN, ...cors } : {} }
  }
  const identity = IDENTITY[route]
  if (identity === undefined) return own(404, 'Not Found')
  if (headers[identity] === undefined) return own(401, 'Unauthorized')
  const decision = await authorize({ routeKey: route, headers })
  if (!decision.isAuthorized) return own(403, 'Forbidden')

  const [method, url] = route.split(' ') as [InjectOptions['method'], string]
  const passedOn = { ...headers, 'x-click-client': decision.context.client, 'x-click-ip': '192.0.2.7' }
  const answer = await app.inject({ method, url, headers: passedOn, payload: body } as InjectOptions)
  const cors = { 'access-control-allow-origin': ORIGIN, 'access-control-expose-headers': 'retry-after' }
  return { status: answer.statusCode, body: answer.body, headers: allowed ? cors : {} }
}

async function readRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  return { route: `${request.method} ${request.url}`, headers, body: Buffer.concat(chunks) }
}

/** A gateway before the real service, with the real authorizer. */
async function startGateway(t: Test, wrong: Wrong = () => undefined) {
  const { app, stub } = await createTestApp(t, { AUTH: 'gateway' })
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming)
    const asItShould = () => gateway(app, request)
    const answer = (await wrong(request, asItShould)) ?? (await asItShould())
    if (answer === 'hang') return
    if (answer === 'break') return void response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stub }
}

/** Runs the checks. @returns what they wrote, by result the names of the checks */
async function check(
  url: string,
  target: { key?: string; origin?: string } = { key: KEY, origin: ORIGIN },
  timeoutMs = 5_000,
) {
  const lines: string[] = []
  const passed = await smoke({ url, ...target }, (line) => lines.push(line), timeoutMs)
  const named = (result: string) =>
    lines.filter((line) => line.startsWith(`${result} `)).map((line) => line.slice(9).split(':')[0])
  return { passed, lines, ok: named('ok'), failed: named('FAILED'), skipped: named('skipped') }
}

const KEY_CHECKS = [
  'click with a key',
  'click with a key, gzip',
  'click with a blank component',
  'a key in place of an origin',
]
const ORIGIN_CHECKS = ['click from an origin', 'click as sendBeacon sends it', 'preflight']
const OPEN_CHECKS = [
  'no key',
  'wrong key',
  'no key, but the headers that the gateway sets',
  'no origin',
  'foreign origin',
  'unknown method',
  'metrics from outside',
  'health from outside',
]

t.test('smoke – a gateway as it should be passes every check', async (t) => {
  const { url, stub } = await startGateway(t)
  const { passed, ok, lines } = await check(`${url}/`)
  t.ok(passed, lines.join('\n'))
  t.same([...ok].sort(), [...KEY_CHECKS, ...ORIGIN_CHECKS, ...OPEN_CHECKS].sort())
  t.equal(lines.length, ok.length + 1)
  t.equal(lines.at(-1), `${ok.length} ok, 0 failed, 0 skipped`)

  const clicks = stub.clicks()
  t.match(clicks, Array(4).fill({ callerid: 'smoke', client: /^(SHOP|https:\/\/shop\.example)$/ }))
  t.equal(new Set(clicks.map(({ requestid }) => requestid)).size, 4)
})

t.test('smoke – what needs a key or an origin is skipped without, and says so', async (t) => {
  const { url } = await startGateway(t)
  for (const [target, skipped] of [
    [{}, [...KEY_CHECKS, ...ORIGIN_CHECKS]],
    [{ key: KEY }, ORIGIN_CHECKS],
    [{ origin: ORIGIN }, KEY_CHECKS],
  ] as const) {
    const result = await check(url, target)
    t.ok(result.passed)
    t.same([...result.skipped].sort(), [...skipped].sort())
    t.equal(result.ok.length + result.skipped.length, KEY_CHECKS.length + ORIGIN_CHECKS.length + OPEN_CHECKS.length)
    t.match(result.lines.at(-1), new RegExp(` 0 failed, ${skipped.length} skipped$`))
  }
})

t.test('smoke – each wrong behaviour fails its own check, and no other', async (t) => {
  const OK: Answer = { status: 200, body: '{"status":"OK"}' }
  const serviceError = (statusCode: number): Answer => ({
    status: statusCode,
    body: JSON.stringify({ statusCode, code: 'CLK_X', error: 'x', message: 'x' }),
  })
  const withKey = ({ headers }: Request) => headers.authorization === `ALLOW=${KEY}`
  const spoofs = ({ headers }: Request) => 'x-click-client' in headers
  const keyRoute = ({ route }: Request) => route === 'POST /clicklogger'
  const put = ({ route }: Request) => route === 'PUT /clicks'
  const preflight = ({ route }: Request) => route.startsWith('OPTIONS ')
  const at =
    (route: string, answer: Answer): Wrong =>
    (request) =>
      request.route === route ? answer : undefined
  const when =
    (applies: (request: Request) => boolean, answer: Answer): Wrong =>
    (request) =>
      applies(request) ? answer : undefined
  /** The gateway's own answer with other headers; undefined leaves one out. */
  const headed =
    (applies: (request: Request) => boolean, headers: Record<string, string | undefined>): Wrong =>
    (request, asItShould) =>
      applies(request)
        ? asItShould().then((answer) => ({
            ...answer,
            headers: Object.fromEntries(
              Object.entries({ ...answer.headers, ...headers }).flatMap(([name, value]) =>
                value === undefined ? [] : [[name, value]],
              ),
            ),
          }))
        : undefined

  const noKey = (request: Request) => keyRoute(request) && !('authorization' in request.headers) && !spoofs(request)
  const wrongKey = (request: Request) => keyRoute(request) && 'authorization' in request.headers && !withKey(request)
  const noOrigin = (request: Request) => put(request) && !('origin' in request.headers) && !withKey(request)
  const foreign = (request: Request) => put(request) && 'origin' in request.headers && request.headers.origin !== ORIGIN
  const gzip = ({ headers }: Request) => headers['content-encoding'] === 'gzip'
  const plain = (request: Request) => keyRoute(request) && withKey(request) && !gzip(request)
  const blank = (request: Request) => plain(request) && JSON.parse(request.body.toString()).component === ' '
  const good = (request: Request) => plain(request) && !blank(request)
  const fromSite = (request: Request) => put(request) && request.headers.origin === ORIGIN

  const cases: [failed: string, what: string, Wrong][] = [
    ['no key', 'let in', when(noKey, OK)],
    ['no key', 'refused by the service, not by the gateway', when(noKey, serviceError(401))],
    ['wrong key', 'let in', when(wrongKey, OK)],
    ['wrong key', 'a broken authorizer', when(wrongKey, own(500, 'Internal Server Error'))],
    ['no key, but the headers that the gateway sets', 'let in', when(spoofs, OK)],
    ['click with a key', 'refused', when(good, own(403, 'Forbidden'))],
    ['click with a key', 'not delivered', when(good, serviceError(503))],
    ['click with a key', '200 without the status', when(good, { status: 200, body: '' })],
    ['click with a key', 'two hundred, but no JSON', when(good, { status: 200, body: '<html>OK</html>' })],
    ['click with a key, gzip', 'inflated on the way', when(gzip, serviceError(400))],
    ['click with a blank component', 'taken', when(blank, OK)],
    ['click with a blank component', 'refused by the gateway', when(blank, own(400, 'Bad Request: component'))],
    [
      'click with a blank component',
      'not named',
      when(blank, {
        status: 400,
        body: '{"statusCode":400,"code":"CLK_INVALID_CLICK","error":"Bad Request","message":"no"}',
      }),
    ],
    ['no origin', 'let in', when(noOrigin, OK)],
    ['foreign origin', 'let in', when(foreign, OK)],
    ['a key in place of an origin', 'let in', when((request) => put(request) && withKey(request), OK)],
    ['click from an origin', 'not delivered', when(fromSite, serviceError(503))],
    ['click from an origin', 'without CORS headers', when(fromSite, OK)],
    ['click from an origin', 'for any origin', headed(fromSite, { 'access-control-allow-origin': '*' })],
    [
      'click from an origin',
      'retry-after not exposed',
      headed(fromSite, { 'access-control-expose-headers': undefined }),
    ],
    ['click as sendBeacon sends it', 'another type is refused', at('POST /clicks', serviceError(415))],
    ['preflight', 'asks the authorizer', when(preflight, own(401, 'Unauthorized'))],
    ['preflight', 'answered by the service', headed(preflight, { 'access-control-allow-methods': undefined })],
    ['preflight', 'without PUT', headed(preflight, { 'access-control-allow-methods': 'GET,POST' })],
    ['preflight', 'without content-type', headed(preflight, { 'access-control-allow-headers': 'authorization' })],
    ['preflight', 'another origin', headed(preflight, { 'access-control-allow-origin': 'https://other.example' })],
    ['unknown method', 'reaches the service', at('DELETE /clicks', serviceError(405))],
    ['metrics from outside', 'shown', at('GET /metrics', { status: 200, body: 'clicklake_clicks_received 1' })],
    ['metrics from outside', 'moved elsewhere', at('GET /metrics', { status: 302, headers: { location: '/' } })],
    ['health from outside', 'shown', at('GET /health/ready', { status: 200, body: '{"status":"ok"}' })],
    ['health from outside', 'reaches the service', at('GET /health/ready', serviceError(404))],
  ]
  let wrong: Wrong
  const { url } = await startGateway(t, (request, asItShould) => wrong(request, asItShould))
  for (const [failed, what, behaviour] of cases) {
    wrong = behaviour
    const result = await check(url)
    t.same(result.failed, [failed], `${failed}: ${what}`)
    t.notOk(result.passed)
    t.match(
      result.lines.find((line) => line.startsWith('FAILED')),
      /: expected .+, saw \d{3}/,
    )
  }
  t.same(new Set(cases.map(([failed]) => failed)), new Set([...KEY_CHECKS, ...ORIGIN_CHECKS, ...OPEN_CHECKS]))
})

t.test('smoke – a check without an answer in time fails, and the others are made', async (t) => {
  const { url } = await startGateway(t, ({ route }) => (route === 'GET /metrics' ? 'hang' : undefined))
  const { failed, lines } = await check(url, { key: KEY, origin: ORIGIN }, 2_000)
  t.same(failed, ['metrics from outside'])
  t.match(
    lines.find((line) => line.startsWith('FAILED')),
    /saw no answer within 2000 ms$/,
  )
})

t.test('smoke – without a connection there is one clear line', async (t) => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const nothing = await check(`http://127.0.0.1:${port}`)
  t.notOk(nothing.passed)
  t.same(nothing.lines, [
    `FAILED   no key: no connection to http://127.0.0.1:${port} (ECONNREFUSED); the rest was not tried`,
    '0 ok, 1 failed, 0 skipped',
  ])

  const { url } = await startGateway(t, () => 'break')
  t.match((await check(url)).lines, [/no connection to .+ \(UND_ERR_SOCKET\)/, /^0 ok, 1 failed/])
})

t.test('smoke – the key is not shown, even if it is sent back', async (t) => {
  const { url } = await startGateway(t, ({ headers }) => ({ status: 500, body: `you sent ${JSON.stringify(headers)}` }))
  const { lines } = await check(url)
  t.notMatch(lines.join('\n'), new RegExp(KEY))
  t.match(lines.join('\n'), /ALLOW=<key>/)
})

/** Runs the script. */
async function script(args: string[], env: NodeJS.ProcessEnv = {}) {
  return await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ['infra/cloud/smoke.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

t.test('smoke – the script takes its key from the environment, and its exit code tells', async (t) => {
  let wrong: Wrong = () => undefined
  const { url } = await startGateway(t, (request, asItShould) => wrong(request, asItShould))
  const good = await script([url, '--origin', ORIGIN], { CLICKLAKE_KEY: KEY })
  t.match(good, { code: 0, stdout: /^15 ok, 0 failed, 0 skipped$/m, stderr: '' })
  t.notMatch(good.stdout, new RegExp(KEY))
  t.match(await script([url, '--key', KEY], { CLICKLAKE_KEY: 'wrong' }), {
    code: 0,
    stdout: /^12 ok, 0 failed, 3 skipped$/m,
  })
  t.match(await script([url], { CLICKLAKE_KEY: '' }), { code: 0, stdout: /^8 ok, 0 failed, 7 skipped$/m })
  wrong = () => own(503, 'Service Unavailable')
  t.match(await script([url]), { code: 1, stdout: /^FAILED {3}no key: expected 401 .+ saw 503/m })
})

t.test('smoke – wrong usage is said, without the key', async (t) => {
  const cases: [args: string[], said: RegExp][] = [
    [[], /one <url> is needed/],
    [['https://a.example', 'https://b.example'], /one <url> is needed/],
    [['hunter2'], /<url> must be an http or https address/],
    [['ftp://a.example'], /<url> must be/],
    [['https://user:hunter2@a.example'], /<url> must be/],
    [['https://a.example/?x=1'], /<url> must be/],
    [['https://a.example', '--origin', 'shop.example'], /"shop\.example" is no origin/],
    [['https://a.example', '--origin', 'https://shop.example/'], /is no origin/],
    [['https://a.example', '--key', 'hunter2\n'], /the key has other than visible ASCII/],
    [['https://a.example', '--key'], /--key/],
    [['https://a.example', '--kez', 'x'], /--kez/],
  ]
  await Promise.all(
    cases.map(async ([args, said]) => {
      const { code, stdout, stderr } = await script(args)
      t.equal(code, 2, args.join(' '))
      t.match(stderr, said)
      t.match(stderr, /^usage: npm run smoke/m)
      t.notMatch(stdout + stderr, /hunter2/)
    }),
  )
})
