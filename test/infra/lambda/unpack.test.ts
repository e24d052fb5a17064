import t from 'tap'
import { pack, unpack } from '../../../infra/lambda/unpack.ts'
import { base64, click, longest } from './support.ts'

const good = JSON.stringify(click('a'))

t.test('unpack – cuts out what is no click and keeps its neighbours', async (t) => {
  const cases = [
    { name: 'garbage', line: 'not json', kind: 'json', reason: /valid JSON/ },
    { name: 'half a document', line: good.slice(0, -5), kind: 'json', reason: /valid JSON/ },
    { name: 'two documents in one line', line: good + good, kind: 'json', reason: /valid JSON/ },
    { name: 'broken UTF-8', line: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), kind: 'encoding', reason: /UTF-8/ },
    { name: 'an array', line: `[${good}]`, kind: 'schema', reason: /must be an object/ },
    { name: 'null', line: 'null', kind: 'schema', reason: /must be an object/ },
    { name: 'deep nesting', line: '['.repeat(50_000) + ']'.repeat(50_000), kind: 'schema', reason: /object/ },
    { name: 'an unknown key', line: good.replace('{', '{"user":"x",'), kind: 'schema', reason: /unknown key "user"/ },
    { name: '__proto__', line: good.replace('{', '{"__proto__":{},'), kind: 'schema', reason: /unknown key/ },
    { name: 'a blank key', line: JSON.stringify(click('\u00a0')), kind: 'schema', reason: /requestid/ },
    { name: 'a number', line: JSON.stringify({ ...click('a'), action: 7 }), kind: 'schema', reason: /action must be/ },
    { name: 'no time', line: JSON.stringify(click('a', { receivedat: 'now' })), kind: 'schema', reason: /receivedat/ },
    { name: 'a lone surrogate', line: JSON.stringify(click('a', { url: '\ud800' })), kind: 'schema', reason: /url/ },
    { name: 'a wire click', line: '{"requestid":"a"}', kind: 'schema', reason: /missing/ },
    {
      name: 'an attribute with a capital',
      line: JSON.stringify(click('a', { attributes: { Size: 'L' } })),
      kind: 'schema',
      reason: /attributes/,
    },
  ] as const
  for (const { name, line, kind, reason } of cases) {
    const bytes = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(line), Buffer.from(`\n${good}\n`)])
    const { clicks, rejects } = unpack(base64(bytes))
    t.same(clicks, [click('a'), click('a')], `${name}: neighbours stay`)
    t.equal(rejects.length, 1)
    t.match(rejects[0], { kind, reason }, name)
    t.ok(rejects[0]?.line.equals(Buffer.from(line)), `${name}: the line is kept as it came`)
  }
})

t.test('unpack – takes lines as they come', async (t) => {
  const cases = [
    { name: 'no last newline', content: good, clicks: 1 },
    { name: 'CRLF', content: `${good}\r\n${good}\r\n`, clicks: 2 },
    { name: 'blank lines', content: `\n \t\n${good}\n\n`, clicks: 1 },
    { name: 'nothing', content: '', clicks: 0 },
    { name: 'only newlines', content: '\n\n', clicks: 0 },
  ]
  for (const { name, content, clicks } of cases) {
    const unpacked = unpack(base64(content))
    t.equal(unpacked.clicks.length, clicks, name)
    t.same(unpacked.rejects, [], name)
  }
})

t.test('unpack – survives arbitrary bytes', async (t) => {
  let seed = 1
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed
  }
  for (let round = 0; round < 200; round += 1) {
    const bytes = Buffer.from(good)
    for (let change = 0; change < 5; change += 1) bytes[random() % bytes.length] = random() % 256
    const { clicks, rejects } = unpack(base64(bytes))
    if (clicks.length + rejects.length === 0) t.fail('a line vanished')
  }
})

t.test('unpack – writes times in the one form that the lake reads', async (t) => {
  const { clicks } = unpack(base64(JSON.stringify(click('a', { createdtime: '2026-01-31T12:00+02:00' }))))
  t.equal(clicks[0]?.createdtime, '2026-01-31T10:00:00.000Z')
})

t.test('unpack – takes its own output, forty attributes included', async (t) => {
  const clicks = [click('a'), longest('ü'), longest('\u0001')]
  const again = unpack(base64(pack(clicks)))
  t.same(again, { clicks, rejects: [] })
  t.equal(pack(again.clicks), pack(clicks), 'byte by byte')
})
