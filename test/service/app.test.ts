import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { click, createTestApp, JSON_TYPE, KEY, ORIGIN, SAMPLE } from '../helpers/app.ts'
import { startBucket } from '../helpers/bucket.ts'
import { answer } from '../helpers/firehose-stub.ts'

const post = (payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url: '/clicklogger',
  headers: { ...KEY, ...JSON_TYPE, ...headers },
  payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
})
const OK = { status: 'OK' }
const NDJSON = { 'content-type': 'application/x-ndjson' }
const TEXT = { 'content-type': 'text/plain;charset=UTF-8' }

t.test('POST /clicklogger – the older click logger’s sample', async (t) => {
  const { app, stub } = await createTestApp(t)
  const response = await app.inject(post(SAMPLE))
  t.equal(response.statusCode, 200)
  t.same(response.json(), OK)
  t.match(response.headers['content-type'], /^application\/json/)
  const [stored] = stub.clicks()
  t.match(stored, { ...SAMPLE, userid: 'GUEST', client: 'SHOP', clientip: '127.0.0.0' })
  t.equal(stored?.createdtime, stored?.receivedat)
  t.match(stored?.receivedat, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

t.test('user agent – kept, and cut', async (t) => {
  const { app, stub } = await createTestApp(t)
  await app.inject(post(SAMPLE, { 'user-agent': 'x'.repeat(600) }))
  t.equal(stub.clicks()[0]?.useragent, 'x'.repeat(512))
})

t.test('PUT /clicks – the older site’s profile view', async (t) => {
  const { app, stub } = await createTestApp(t)
  const headers = { ...ORIGIN, ...JSON_TYPE }
  const response = await app.inject({
    method: 'PUT',
    url: '/clicks',
    headers,
    payload: '{"userId":"guest","mysfitId":"m-01"}',
  })
  t.equal(response.statusCode, 200)
  t.same(response.json(), OK)
  t.equal(response.headers['access-control-allow-origin'], ORIGIN.origin)
  t.match(stub.clicks()[0], { callerid: 'MythicalMysfits', itemid: 'm-01', userid: 'GUEST', client: ORIGIN.origin })

  t.equal(
    (await app.inject({ method: 'PUT', url: '/clicks', headers, payload: SAMPLE })).statusCode,
    200,
    'a click as well',
  )
  for (const [payload, message] of [
    [{ userId: 'guest' }, /mysfitId is missing/],
    [{ userId: ' ', mysfitId: 'm-01' }, /userId must not be blank/],
    [{ userId: 'guest', mysfitId: 'm-01', likes: 1 }, /unknown key "likes"/],
    [[SAMPLE], /PUT takes one click/],
  ] as const) {
    const refused = await app.inject({ method: 'PUT', url: '/clicks', headers, payload: payload as object })
    t.equal(refused.statusCode, 400)
    t.match(refused.json(), { code: 'CLK_INVALID_CLICK', message })
  }
  t.equal(app.ledger.mismatch(), 0)
})

t.test('content types and encodings – taken', async (t) => {
  const { app, stub } = await createTestApp(t)
  const one = JSON.stringify(SAMPLE)
  const taken: [name: string, payload: string | Buffer, headers: Record<string, string>, clicks: number][] = [
    ['JSON', one, JSON_TYPE, 1],
    ['JSON with a charset', one, { 'content-type': 'application/json; charset=utf-8' }, 1],
    ['JSON array', `[${one},${one}]`, JSON_TYPE, 2],
    ['JSON with a byte order mark', `\ufeff${one}`, JSON_TYPE, 1],
    ['newline-delimited', `${one}\n${one}\n`, NDJSON, 2],
    ['newline-delimited, CRLF, empty lines', `${one}\r\n\r\n${one}`, NDJSON, 2],
    ['text with JSON', one, TEXT, 1],
    ['text with JSON over several lines', JSON.stringify(SAMPLE, null, 2), TEXT, 1],
    ['text with an array', `[${one},${one}]`, TEXT, 2],
    ['text with lines', `${one}\n${one}`, TEXT, 2],
    ['gzip', gzipSync(one), { ...JSON_TYPE, 'content-encoding': 'gzip' }, 1],
    ['brotli', brotliCompressSync(`${one}\n${one}`), { ...NDJSON, 'content-encoding': 'br' }, 2],
    ['500 clicks', JSON.stringify(Array.from({ length: 500 }, () => SAMPLE)), JSON_TYPE, 500],
  ]
  let clicks = 0
  for (const [name, payload, headers, count] of taken) {
    const response = await app.inject(post(payload, headers))
    t.equal(response.statusCode, 200, name)
    t.same(response.json(), OK, name)
    clicks += count
    t.equal(stub.clicks().length, clicks, name)
  }
  t.equal(app.ledger.received, clicks)
  t.equal(app.ledger.delivered, clicks)
  t.equal(app.ledger.mismatch(), 0)
})

t.test('errors – the status, the code, and what was wrong', async (t) => {
  const { app, stub } = await createTestApp(t)
  const big = 'x'.repeat(2 * 1024 * 1024)
  const gzip = { 'content-encoding': 'gzip' }
  const get = (method: string, url: string, headers = {}) => ({ method, url, headers }) as InjectOptions
  const clicks = (headers: Record<string, string>) => ({
    ...post(SAMPLE),
    url: '/clicks',
    headers: { ...JSON_TYPE, ...headers },
  })
  const wrong: [name: string, request: InjectOptions, status: number, code: string, message: RegExp][] = [
    ['blank field', post(click({ component: ' ' })), 400, 'CLK_INVALID_CLICK', /component must not be blank/],
    ['unknown key', post(click({ colour: 'red' })), 400, 'CLK_INVALID_CLICK', /unknown key "colour"/],
    ['number for text', post(click({ type: 7 })), 400, 'CLK_INVALID_CLICK', /type must be a string, not a number/],
    [
      '__proto__',
      post(JSON.stringify(SAMPLE).replace('{', '{"__proto__":{"x":1},')),
      400,
      'CLK_INVALID_CLICK',
      /unknown key "__proto__"/,
    ],
    [
      'constructor',
      post(JSON.stringify(SAMPLE).replace('{', '{"constructor":{"prototype":1},')),
      400,
      'CLK_INVALID_CLICK',
      /unknown key "constructor"/,
    ],
    ['no click', post('7'), 400, 'CLK_INVALID_CLICK', /a click must be an object, not a number/],
    ['null', post('null'), 400, 'CLK_INVALID_CLICK', /not null/],
    ['no JSON', post('{"requestid":'), 400, 'CLK_MALFORMED_BODY', /it is not JSON/],
    ['deep nesting', post('['.repeat(200_000)), 400, 'CLK_MALFORMED_BODY', /it is not JSON/],
    ['text that is no JSON', post('hello', TEXT), 400, 'CLK_MALFORMED_BODY', /it is not JSON/],
    ['text of lines that are no JSON', post('hello\nworld', TEXT), 400, 'CLK_MALFORMED_BODY', /it is not JSON/],
    ['bytes that are no UTF-8', post(Buffer.from([0x22, 0xff, 0x22])), 400, 'CLK_MALFORMED_BODY', /not valid UTF-8/],
    ['no gzip', post('hello', gzip), 400, 'CLK_MALFORMED_BODY', /does not inflate/],
    ['empty body', post(''), 400, 'CLK_EMPTY_BODY', /empty/],
    ['white space', post(' \n'), 400, 'CLK_EMPTY_BODY', /empty/],
    ['empty lines', post('\n\n', NDJSON), 400, 'CLK_EMPTY_BODY', /empty/],
    ['empty text', post(' ', TEXT), 400, 'CLK_EMPTY_BODY', /empty/],
    ['empty array', post('[]'), 400, 'CLK_EMPTY_BODY', /empty/],
    ['no body and no type', { method: 'POST', url: '/clicklogger', headers: KEY }, 400, 'CLK_EMPTY_BODY', /empty/],
    ['501 clicks', post(Array.from({ length: 501 }, () => SAMPLE)), 413, 'CLK_TOO_MANY_CLICKS', /at most 500/],
    ['2 MiB', post(click({ url: big })), 413, 'CLK_BODY_TOO_LARGE', /1048576 bytes/],
    [
      '2 MiB inflated',
      post(gzipSync(JSON.stringify(click({ url: big }))), gzip),
      413,
      'CLK_BODY_TOO_LARGE',
      /inflated/,
    ],
    [
      'form',
      post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'CLK_UNSUPPORTED_MEDIA_TYPE',
      /application\/json/,
    ],
    [
      'no type',
      { method: 'POST', url: '/clicklogger', headers: KEY, payload: 'x' },
      415,
      'CLK_UNSUPPORTED_MEDIA_TYPE',
      /application\/json/,
    ],
    ['unknown encoding', post(SAMPLE, { 'content-encoding': 'zstd' }), 415, 'CLK_UNSUPPORTED_MEDIA_TYPE', /gzip or br/],
    ['no key', { ...post(SAMPLE), headers: JSON_TYPE }, 401, 'CLK_UNKNOWN_KEY', /ALLOW=/],
    ['wrong key', post(SAMPLE, { authorization: 'ALLOW=x' }), 401, 'CLK_UNKNOWN_KEY', /ALLOW=/],
    ['no key and a malformed body', { ...post('{'), headers: JSON_TYPE }, 401, 'CLK_UNKNOWN_KEY', /ALLOW=/],
    ['no key and 2 MiB', { ...post(big), headers: JSON_TYPE }, 401, 'CLK_UNKNOWN_KEY', /ALLOW=/],
    ['an origin is no key', post(SAMPLE, { authorization: '', ...ORIGIN }), 401, 'CLK_UNKNOWN_KEY', /ALLOW=/],
    ['no origin', clicks({}), 401, 'CLK_MISSING_ORIGIN', /Origin/],
    ['a key is no origin', clicks(KEY), 401, 'CLK_MISSING_ORIGIN', /Origin/],
    ['foreign origin', clicks({ origin: 'http://evil.example' }), 403, 'CLK_FOREIGN_ORIGIN', /not allowed/],
    [
      'foreign preflight',
      get('OPTIONS', '/clicks', { origin: 'http://evil.example', 'access-control-request-method': 'PUT' }),
      403,
      'CLK_FOREIGN_ORIGIN',
      /not allowed/,
    ],
    ['unknown route', get('GET', '/nothing?key=secret'), 404, 'CLK_UNKNOWN_ROUTE', /no GET \/nothing here/],
    [
      'unknown route with a body',
      { ...post('{'), url: '/nothing' },
      404,
      'CLK_UNKNOWN_ROUTE',
      /no POST \/nothing here/,
    ],
    ['wrong method', get('DELETE', '/clicks'), 405, 'CLK_METHOD_NOT_ALLOWED', /allowed: POST, PUT/],
    ['wrong method with a body', { ...post('{'), method: 'PATCH' }, 405, 'CLK_METHOD_NOT_ALLOWED', /allowed: POST\./],
    ['an address that cannot be decoded', get('GET', '/%zz'), 400, 'CLK_BAD_REQUEST', /cannot be read/],
  ]
  for (const [name, request, status, code, message] of wrong) {
    const response = await app.inject(request)
    t.equal(response.statusCode, status, name)
    const body = response.json()
    t.match(body, { statusCode: status, code, message, error: String }, name)
    t.same(Object.keys(body), ['statusCode', 'code', 'error', 'message'], name)
    t.equal(response.headers['www-authenticate'] !== undefined, code === 'CLK_UNKNOWN_KEY', name)
    t.equal(response.headers.allow !== undefined, status === 405, name)
    t.notMatch(response.body, /secret/, name)
  }
  t.equal(stub.calls.length, 0, 'none of it reached Firehose')
  t.equal(app.ledger.mismatch(), 0)
})

t.test('several clicks – each stands for itself', async (t) => {
  const { app, stub } = await createTestApp(t)
  const good = (requestid: string) => click({ requestid })
  const bad = click({ requestid: 'bad', component: '' })
  const cases: [name: string, request: InjectOptions, status: number, results: string[], ids: unknown[]][] = [
    ['array', post([good('1'), bad, good('2')]), 200, ['ok', 'rejected', 'ok'], ['1', 'bad', '2']],
    [
      'all rejected',
      post([bad, {}, 7, null, [good('x')]]),
      400,
      ['rejected', 'rejected', 'rejected', 'rejected', 'rejected'],
      ['bad', null, null, null, null],
    ],
    ['an array of one', post([bad]), 400, ['rejected'], ['bad']],
    [
      'a malformed line',
      post(`${JSON.stringify(good('3'))}\n{"reque\n${JSON.stringify(good('4'))}`, NDJSON),
      200,
      ['ok', 'rejected', 'ok'],
      ['3', null, '4'],
    ],
    [
      'a malformed first line',
      post(`{"reque\n${JSON.stringify(good('5'))}`, TEXT),
      200,
      ['rejected', 'ok'],
      [null, '5'],
    ],
    [
      'a line that is an array',
      post(`[]\n${JSON.stringify(good('6'))}\nnull`, NDJSON),
      200,
      ['rejected', 'ok', 'rejected'],
      [null, '6', null],
    ],
    [
      'a line of broken bytes',
      post(Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(JSON.stringify(good('7')))]), NDJSON),
      200,
      ['rejected', 'ok'],
      [null, '7'],
    ],
    ['one poisoned', post(`[{"__proto__":{}},${JSON.stringify(good('8'))}]`), 200, ['rejected', 'ok'], [null, '8']],
  ]
  for (const [name, request, status, results, ids] of cases) {
    const response = await app.inject(request)
    t.equal(response.statusCode, status, name)
    const body = response.json()
    t.equal(body.status, 'PARTIAL', name)
    t.same(
      body.results.map(({ status }: { status: string }) => status),
      results,
      name,
    )
    t.same(
      body.results.map(({ requestid }: { requestid: string }) => requestid),
      ids,
      name,
    )
    for (const { status, reason } of body.results)
      t.equal(typeof reason, status === 'ok' ? 'undefined' : 'string', name)
  }
  t.same(
    stub.clicks().map(({ requestid }) => requestid),
    ['1', '2', '3', '4', '5', '6', '7', '8'],
    'the good ones, once each',
  )
  t.equal(app.ledger.mismatch(), 0)
})

t.test('503 – not delivered is not answered 200, and says when to come back', async (t) => {
  const { app } = await createTestApp(t, { DELIVERY_TIMEOUT_MS: '200' }, (_texts, _call, response) =>
    answer(response, 500, { __type: 'ServiceUnavailableException', message: 'Slow down.' }),
  )
  const single = await app.inject(post(SAMPLE))
  t.equal(single.statusCode, 503)
  t.match(single.json(), {
    statusCode: 503,
    code: 'CLK_NOT_DELIVERED',
    error: 'Service Unavailable',
    message: /not stored in time/,
  })
  t.match(single.headers['retry-after'], /^[1-9]\d*$/)

  const several = await app.inject(post([SAMPLE, {}, SAMPLE]))
  t.equal(several.statusCode, 503, 'none is ok and one is to be sent again')
  t.match(several.headers['retry-after'], /^[1-9]\d*$/)
  t.same(
    several.json().results.map(({ status }: { status: string }) => status),
    ['retry', 'rejected', 'retry'],
  )
  t.same(
    app.ledger.refused,
    { buffer_full: 0, timeout: 1, firehose: 2, spill: 0 },
    'the outage is not waited for twice',
  )
  t.equal(app.ledger.mismatch(), 0)
  t.equal((await app.inject('/health/ready')).statusCode, 200, 'Firehose’s failure is not ours: still ready')
})

t.test('503 – a delivery stream that does not exist is told at once, in words that name no secret', async (t) => {
  const { app, log } = await createTestApp(t, {}, (_texts, _call, response) =>
    answer(response, 400, {
      __type: 'ResourceNotFoundException',
      message: 'Firehose clicks under account 1 not found.',
    }),
  )
  const response = await app.inject(post(SAMPLE))
  t.equal(response.statusCode, 503)
  t.notMatch(response.body, /account/)
  t.ok(
    log.some(({ error, level }) => error === 'ResourceNotFoundException' && level === 50),
    'the operator is told why',
  )
})

t.test('partly delivered – ok for what Firehose took, retry for the rest', async (t) => {
  const fat = 'v'.repeat(1024)
  const attributes = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`a${n}`, fat]))
  // Some 21 KB each: two share a record, so four are two records, of which the second fails.
  const { app } = await createTestApp(t, { DELIVERY_TIMEOUT_MS: '1000' }, (texts) =>
    texts.map((text) => (text.includes('"requestid":"3"') ? 'ServiceUnavailableException' : undefined)),
  )
  const response = await app.inject(post(['1', '2', '3', '4'].map((requestid) => click({ requestid, attributes }))))
  t.equal(response.statusCode, 200)
  t.same(
    response.json().results.map(({ status }: { status: string }) => status),
    ['ok', 'ok', 'retry', 'retry'],
  )
  t.notOk(response.headers['retry-after'])
  t.equal(app.ledger.delivered, 2)
  t.equal(app.ledger.mismatch(), 0)
})

t.test('privacy signals – by policy', async (t) => {
  const named = click({ userid: 'u-7' })
  const signals: Record<string, string>[] = [{ 'sec-gpc': '1' }, { dnt: '1' }]
  for (const signal of signals) {
    const anonymise = await createTestApp(t)
    t.same((await anonymise.app.inject(post(named, signal))).json(), OK)
    const [stored] = anonymise.stub.clicks()
    t.equal(stored?.userid, 'GUEST')
    t.notOk(stored && ('clientip' in stored || 'useragent' in stored))
    const view = {
      method: 'PUT',
      url: '/clicks',
      headers: { ...ORIGIN, ...JSON_TYPE, ...signal },
      payload: '{"userId":"u-7","mysfitId":"m-01"}',
    } as const
    await anonymise.app.inject(view)
    t.notMatch(JSON.stringify(anonymise.stub.clicks()), /u-7/)

    const keep = await createTestApp(t, { GPC_POLICY: 'keep' })
    await keep.app.inject(post(named, signal))
    t.match(keep.stub.clicks()[0], { userid: 'u-7', clientip: '127.0.0.0' })

    const drop = await createTestApp(t, { GPC_POLICY: 'drop' })
    t.same((await drop.app.inject(post(named, signal))).json(), { status: 'OK', dropped: 'gpc' })
    t.match((await drop.app.inject(post([named, {}], signal))).json(), {
      status: 'PARTIAL',
      dropped: 'gpc',
      results: [{ status: 'ok' }, { status: 'rejected' }],
    })
    t.equal(drop.stub.calls.length, 0)
    t.equal(drop.app.ledger.dropped.gpc, 2)
    t.equal(drop.app.ledger.mismatch(), 0)
  }
})

t.test('behind the gateway – its headers tell who and where from', async (t) => {
  const { app, stub, log } = await createTestApp(t, { AUTH: 'gateway', IP_POLICY: 'keep' })
  const gateway = { 'x-click-client': 'SHOP', 'x-click-ip': '203.0.113.77' }
  for (const url of ['/clicklogger', '/clicks']) {
    t.equal((await app.inject({ ...post(SAMPLE, gateway), url })).statusCode, 200)
    t.match(stub.clicks().at(-1), { client: 'SHOP', clientip: '203.0.113.77' })
    const { 'x-click-client': _, ...without } = gateway
    const refused = await app.inject({ ...post(SAMPLE, without), url })
    t.equal(refused.statusCode, 403, 'not even with a key')
    t.match(refused.json(), { code: 'CLK_NOT_THROUGH_GATEWAY' })
  }
  t.ok(log.some(({ level, msg }) => level === 50 && /x-click-client/.test(String(msg))))
  await app.inject(post(SAMPLE, { 'x-click-client': 'SHOP' }))
  t.notOk('clientip' in (stub.clicks().at(-1) ?? {}), 'the load balancer’s own address is nobody’s')
})

t.test('without the gateway – its headers are not believed', async (t) => {
  const { app, stub } = await createTestApp(t, { IP_POLICY: 'keep' })
  await app.inject(post(SAMPLE, { 'x-click-client': 'BANK', 'x-click-ip': '203.0.113.77' }))
  t.match(stub.clicks()[0], { client: 'SHOP', clientip: '127.0.0.1' })
})

t.test('CORS – preflight', async (t) => {
  const { app } = await createTestApp(t)
  for (const url of ['/clicks', '/clicklogger']) {
    const { statusCode, headers } = await app.inject({
      method: 'OPTIONS',
      url,
      headers: { ...ORIGIN, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' },
    })
    t.equal(statusCode, 204)
    t.match(headers, {
      'access-control-allow-origin': ORIGIN.origin,
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': 'content-type, content-encoding, authorization',
      'access-control-expose-headers': 'retry-after',
      'access-control-max-age': '86400',
      vary: /Origin/,
    })
    t.notOk(headers['access-control-allow-credentials'])
  }
  const error = await app.inject({ ...post({}), url: '/clicks', headers: { ...ORIGIN, ...JSON_TYPE } })
  t.equal(error.headers['access-control-allow-origin'], ORIGIN.origin, 'a browser can read errors too')
})

t.test('rate limit – per client', async (t) => {
  const { app } = await createTestApp(t, { RATE_LIMIT: '2', ALLOWED_ORIGINS: 'https://a.example,https://b.example' })
  const from = (origin: string) => ({ ...post(SAMPLE), url: '/clicks', headers: { ...JSON_TYPE, origin } })
  const statuses = []
  for (const origin of ['https://a.example', 'https://a.example', 'https://a.example', 'https://b.example'])
    statuses.push((await app.inject(from(origin))).statusCode)
  t.same(statuses, [200, 200, 429, 200])
  const limited = await app.inject(from('https://a.example'))
  t.match(limited.json(), { statusCode: 429, code: 'CLK_TOO_MANY_REQUESTS', message: /Try again in 1 s/ })
  t.match(limited.headers['retry-after'], /^[1-9]/)
  t.equal((await app.inject('/health/live')).statusCode, 200, 'health is not limited')
})

t.test('overload – new clicks are refused before they cost anything, health is not', async (t) => {
  const { app, stub } = await createTestApp(t)
  // The event loop is looked at once a second: keep it busy until it is seen.
  let response = await app.inject(post(SAMPLE))
  for (let tries = 0; tries < 50 && response.statusCode === 200; tries += 1) {
    const until = performance.now() + 700
    while (performance.now() < until);
    response = await app.inject(post(SAMPLE))
  }
  t.match(response.json(), { statusCode: 503, code: 'CLK_OVERLOADED' })
  t.match(response.headers['retry-after'], /^[1-9]/)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.equal(stub.clicks().length, app.ledger.delivered, 'what was answered 200 was delivered')
  t.equal(app.ledger.received, app.ledger.delivered, 'what was refused was not read')
})

t.test('spill – clicks are parked in the bucket, and then they are safe', async (t) => {
  const { s3, objects } = await startBucket(t)
  const { app } = await createTestApp(
    t,
    { DELIVERY_TIMEOUT_MS: '200', SPILL_BUCKET: 'lake' },
    (_texts, _call, response) =>
      answer(response, 500, { __type: 'ServiceUnavailableException', message: 'Slow down.' }),
    s3,
  )
  t.same((await app.inject(post([SAMPLE, SAMPLE]))).json(), OK)
  t.equal(app.ledger.spilled, 2)
  const [object, ...others] = await objects()
  t.same(others, [])
  t.match(object?.key, /^spill\/dt=\d{4}-\d\d-\d\d\/hour=\d\d\/[0-9a-f-]{36}\.ndjson\.gz$/)
  t.match(object?.lines, [{ ...SAMPLE, client: 'SHOP' }, SAMPLE])
})

t.test(
  'quarantine – what was no click is kept with its reason, time and client; the unauthorized is not',
  async (t) => {
    const { s3, objects } = await startBucket(t)
    const { app } = await createTestApp(t, { SPILL_BUCKET: 'lake' }, undefined, s3)
    await app.inject(post([SAMPLE, click({ component: '' })]))
    await app.inject(post('{"requestid"'))
    await app.inject({ ...post('{'), headers: JSON_TYPE })
    await app.close()
    const [object, ...others] = await objects()
    t.same(others, [])
    t.match(object?.key, /^rejected\/dt=/)
    t.match(object?.lines, [
      { reason: 'component must not be blank', time: /Z$/, client: 'SHOP', data: click({ component: '' }) },
      { reason: /it is not JSON/, client: 'SHOP', data: '{"requestid"' },
    ])
    t.equal(object?.lines.length, 2)
  },
)

t.test('quarantine – of a sender who asks for privacy nothing is kept, unless the policy is to keep', async (t) => {
  for (const [policy, kept] of [
    ['anonymise', 0],
    ['drop', 0],
    ['keep', 3],
  ] as const) {
    const { s3, objects } = await startBucket(t)
    const { app } = await createTestApp(t, { SPILL_BUCKET: 'lake', GPC_POLICY: policy }, undefined, s3)
    const signal = { 'sec-gpc': '1' }
    await app.inject(post(click({ component: '', userid: 'u-7' }), signal))
    await app.inject(post('{"userid":"u-7"', signal))
    const view = { ...ORIGIN, ...JSON_TYPE, ...signal }
    await app.inject({ method: 'PUT', url: '/clicks', headers: view, payload: '{"userId":"u-7"}' })
    t.equal(app.ledger.rejected.schema + app.ledger.rejected.malformed, 3, 'all are counted')
    await app.close()
    t.equal((await objects()).flatMap(({ lines }) => lines).length, kept, policy)
  }
})

t.test('quarantine – a flood is sampled', async (t) => {
  const { s3, objects } = await startBucket(t)
  const { app } = await createTestApp(t, { SPILL_BUCKET: 'lake' }, undefined, s3)
  for (let n = 0; n < 3; n += 1) await app.inject(post(Array.from({ length: 400 }, () => ({}))))
  t.equal(app.ledger.rejected.schema, 1200, 'all are counted')
  await app.close()
  t.equal((await objects())[0]?.lines.length, 500)
  t.equal(app.quarantine.leftOut, 700)
})

t.test('health – starting, serving, draining', async (t) => {
  const { app } = await createTestApp(t)
  t.same((await app.inject('/health/live')).json(), { status: 'ok' })
  t.same((await app.inject('/health/ready')).json(), { status: 'ok' })
  app.drain()
  const draining = await app.inject('/health/ready')
  t.equal(draining.statusCode, 503)
  t.same(draining.json(), { status: 'draining' })
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.equal((await app.inject(post(SAMPLE))).statusCode, 200, 'still serving')
})

t.test('metrics – the ledger in Prometheus text', async (t) => {
  const { app } = await createTestApp(t)
  await app.inject(post([SAMPLE, {}]))
  await app.inject(post('{'))
  const { headers, body } = await app.inject('/metrics')
  t.match(headers['content-type'], /^text\/plain/)
  for (const line of [
    'clicklake_clicks_received_total 3',
    'clicklake_clicks_delivered_total 1',
    'clicklake_clicks_rejected_total{reason="schema"} 1',
    'clicklake_clicks_rejected_total{reason="malformed"} 1',
    'clicklake_clicks_refused_total{reason="timeout"} 0',
    'clicklake_clicks_in_flight 0',
    'clicklake_ledger_mismatch 0',
    'clicklake_requests_total{route="/clicklogger",status="200",code=""} 1',
    'clicklake_requests_total{route="/clicklogger",status="400",code="CLK_MALFORMED_BODY"} 1',
  ])
    t.ok(body.split('\n').includes(line), line)
})

t.test('OpenAPI – tells routes, credentials and the schema of a click', async (t) => {
  const { app } = await createTestApp(t)
  const document = (await app.inject('/docs/json')).json()
  t.match(document.openapi, /^3\./)
  t.same(Object.keys(document.paths).sort(), ['/clicklogger', '/clicks', '/health/live', '/health/ready'])
  t.same(document.paths['/clicklogger'].post.security, [{ key: [] }])
  t.same(document.paths['/clicks'].put.security, [{ origin: [] }])
  t.same(Object.keys(document.paths['/clicks'].post.requestBody.content), [
    'application/json',
    'application/x-ndjson',
    'text/plain',
  ])
  t.same(document.components.schemas.Click.required, [
    'requestid',
    'contextid',
    'callerid',
    'component',
    'action',
    'type',
  ])
  t.match(document.components.schemas.ProfileView.required, ['userId', 'mysfitId'])
  t.match(document.paths['/clicks'].put.requestBody.content['application/json'].schema, {
    anyOf: [{ $ref: '#/components/schemas/Click' }, { $ref: '#/components/schemas/ProfileView' }],
  })
})

t.test('log – a request id in every line of a request; no keys, bodies or addresses', async (t) => {
  const { app, log } = await createTestApp(t, { IP_POLICY: 'keep' })
  await app.inject(
    post(click({ component: '', url: 'https://private.example' }), { authorization: 'ALLOW=a-secret-key' }),
  )
  await app.inject(post('{"private', { authorization: 'ALLOW=wrong-private-key' }))
  await app.inject(post('{"private'))
  app.log.error(
    { req: { headers: { authorization: 'ALLOW=private' } }, headers: { authorization: 'ALLOW=private' } },
    'careless',
  )
  const lines = log.filter(({ msg }) => msg === 'request not taken')
  t.equal(lines.length, 3)
  t.equal(new Set(lines.map(({ reqId }) => reqId)).size, 3)
  for (const line of lines) t.match(line, { reqId: String, code: /^CLK_/, statusCode: Number })
  t.notMatch(JSON.stringify(log), /private|secret|127\.0\.0\.1/)
})

t.test('500 – a fault of ours says nothing of itself but in the log', async (t) => {
  const { app, log } = await createTestApp(t)
  app.delivery.deliver = () => {
    throw new TypeError('a private detail')
  }
  const response = await app.inject(post(SAMPLE))
  t.equal(response.statusCode, 500)
  t.match(response.json(), { code: 'CLK_INTERNAL' })
  t.notMatch(response.body, /private/)
  t.match(
    log.find(({ level }) => level === 50),
    { err: { message: 'a private detail' }, reqId: response.headers['x-request-id'] },
  )
})
