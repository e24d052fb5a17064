import t from 'tap'
import { readRows, readTimestamp } from '../../../../infra/local/firehose/documents.ts'

const columns = [
  { name: 'id', type: 'string', comment: '' },
  { name: 'at', type: 'timestamp', comment: '' },
  { name: 'attributes', type: 'map<string,string>', comment: '' },
] as const

const read = (text: string) => readRows(Buffer.from(text), columns)

for (const [name, text, ids] of [
  ['newline-delimited', '{"id":"1"}\n{"id":"2"}\n', ['1', '2']],
  ['one after the other', '{"id":"1"}{"id":"2"}', ['1', '2']],
  ['over several lines', '{\n  "id": "1"\n}\r\n\r\n{"id":"2"}', ['1', '2']],
  ['brackets and quotes in a string', '{"id":"}{\\"[\\\\"}{"id":"2"}', ['}{"[\\', '2']],
] as const) {
  t.test(`documents – ${name} are read`, async (t) => {
    t.strictSame(
      read(text).rows.map(({ id }) => id),
      ids,
    )
  })
}

t.test('documents – missing and null are NULL, unknown keys are counted and vanish', async (t) => {
  t.strictSame(read('{"id":null,"foreign":1,"__proto__":{"at":1},"attributes":{"a":"b"}}'), {
    rows: [{ attributes: { a: 'b' } }],
    unknownKeys: 2,
  })
})

t.test('documents – unpaired surrogates are replaced and NUL is kept', async (t) => {
  t.strictSame(read('{"id":"a\\ud800b\\u0000","attributes":{"k\\udc00":"\\ud800"}}').rows, [
    { id: 'a\ufffdb\0', attributes: { 'k\ufffd': '\ufffd' } },
  ])
})

const PARSE = 'DataFormatConversion.ParseError'
const MALFORMED = 'DataFormatConversion.MalformedData'
for (const [name, text, code] of [
  ['no JSON', 'nonsense', PARSE],
  ['an open document', '{"id":"1"}\n{"id":', PARSE],
  ['an open string', '{"id":"1}', PARSE],
  ['too many brackets', '{"id":"1"}}', PARSE],
  ['rubbish between', '{"id":"1"} x {"id":"2"}', PARSE],
  ['an array', '[{"id":"1"}]', MALFORMED],
  ['a primitive', '7', MALFORMED],
  ['nothing', '', MALFORMED],
  ['white space', ' \n', MALFORMED],
  ['a number for a string', '{"id":7}', MALFORMED],
  ['an object for a string', '{"id":{}}', MALFORMED],
  ['a word for a timestamp', '{"at":"yesterday"}', MALFORMED],
  ['an array for a map', '{"attributes":[]}', MALFORMED],
  ['a number in a map', '{"attributes":{"a":1}}', MALFORMED],
] as const) {
  t.test(`documents – ${name} fails with ${code}`, async (t) => {
    t.throws(() => read(text), { code })
  })
}

t.test('documents – bytes that are no UTF-8 do not parse', async (t) => {
  t.throws(() => readRows(Buffer.from([0x7b, 0xff, 0x7d]), columns), { code: PARSE })
})

for (const [value, expected] of [
  ['2026-01-31T12:00:00.123Z', '2026-01-31 12:00:00.123000'],
  ['2026-01-31T12:00:00Z', '2026-01-31 12:00:00.000000'],
  ['2026-01-31T12:00:00.123456789Z', '2026-01-31 12:00:00.123456'],
  ['2026-01-31 12:00:00', '2026-01-31 12:00:00.000000'],
  ['2026-01-31 12:00:00.5', '2026-01-31 12:00:00.500000'],
  [1_769_860_800_123, '2026-01-31 12:00:00.123000'],
  [1_769_860_800, '2026-01-31 12:00:00.000000'],
  ['1769860800.5', '2026-01-31 12:00:00.500000'],
  ['2026-01-31T12:00:00+02:00', undefined],
  ['2026-01-31 12:00:00Z', undefined],
  ['2026-02-30 12:00:00', undefined],
  ['2026-01-31T24:00:00Z', undefined],
  ['2026-01-31', undefined],
  [-1, undefined],
  [1e300, undefined],
  [true, undefined],
  [[7], undefined],
] as const) {
  t.test(`timestamp – ${JSON.stringify(value)} is ${expected ?? 'none'}`, async (t) => {
    t.equal(readTimestamp(value), expected)
  })
}
