import { Ajv } from 'ajv'
import t from 'tap'
import { Click, fromProfileView, GUEST, ProfileView, parseTime, StoredClick } from '../../service/click.ts'
import { compile } from '../../service/validate.ts'
import { click } from '../helpers/app.ts'

const check = compile(Click)

t.test('click – taken', async (t) => {
  const taken: Record<string, Record<string, unknown>> = {
    'the older system’s sample': {},
    'every field at its longest': {
      ...Object.fromEntries(
        ['requestid', 'contextid', 'callerid', 'component', 'action', 'type', 'userid', 'itemid'].map((key) => [
          key,
          'x'.repeat(256),
        ]),
      ),
      url: 'u'.repeat(2048),
      referrer: 'r'.repeat(2048),
      attributes: Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [
          `a${'_'.repeat(61)}${n % 10}${n > 9 ? 'b' : ''}`.slice(0, 64),
          'v'.repeat(1024),
        ]),
      ),
    },
    'lengths in characters, not in UTF-16 units': { component: '🦆'.repeat(256) },
    'text around white space': { component: ' login ' },
    'empty optional text': { itemid: '', url: '' },
    'a time with an offset': { createdtime: '2026-01-31T12:00:00+02:00' },
  }
  for (const [name, changes] of Object.entries(taken)) t.equal(check(click(changes)), undefined, name)
})

t.test('click – refused, and the reason names the field', async (t) => {
  const refused: [name: string, value: unknown, reason: string | RegExp][] = [
    ['missing field', click({ action: undefined }), 'action is missing'],
    ['empty field', click({ component: '' }), 'component must not be blank'],
    ['blank field', click({ component: '  \t' }), 'component must not be blank'],
    ['no-break space', click({ component: '\u00a0' }), 'component must not be blank'],
    ['number for text', click({ type: 7 }), 'type must be a string, not a number'],
    ['null for text', click({ type: null }), 'type must be a string, not null'],
    ['too long', click({ requestid: 'x'.repeat(257) }), 'requestid must be at most 256 characters'],
    ['unknown key', click({ user: 'x' }), 'unknown key "user"'],
    ['unknown key __proto__', JSON.parse('{"__proto__":{"a":1}}'), /missing|unknown key "__proto__"/],
    ['unpaired surrogate', click({ url: 'https://x/\ud800' }), /url has an unpaired surrogate/],
    [
      'unpaired surrogate in an attribute',
      click({ attributes: { a: '\udc00' } }),
      /attributes.a has an unpaired surrogate/,
    ],
    ['no date', click({ createdtime: 'yesterday' }), /createdtime must be an ISO 8601 time/],
    ['upper-case attribute', click({ attributes: { Size: 'L' } }), /attributes has the key "Size"/],
    ['nested attribute', click({ attributes: { a: {} } }), 'attributes.a must be a string, not an object'],
    [
      '21 attributes',
      click({ attributes: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a${n}`, ''])) }),
      'attributes must have at most 20 keys',
    ],
    [
      'attribute too long',
      click({ attributes: { a: 'v'.repeat(1025) } }),
      'attributes.a must be at most 1024 characters',
    ],
    ['array', [], 'a click must be an object, not an array'],
    ['null', null, 'a click must be an object, not null'],
    ['text', 'click', 'a click must be an object, not a string'],
  ]
  for (const [name, value, reason] of refused) t.match(check(value), reason, name)
})

t.test('click – the reason never shows a value', async (t) => {
  t.notMatch(check(click({ type: { secret: 'hunter2' } })), /hunter2|secret/)
})

t.test('createdtime – read as one moment', async (t) => {
  const times: [string, string | undefined][] = [
    ['2026-01-31T12:00:00.123Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31 12:00:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T12:00:00-0530', '2026-01-31T17:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2023-02-29', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['1969-12-31T23:59:59.999Z', undefined],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['+010000-01-01T00:00:00Z', undefined],
    ['2026-01-31T25:00:00Z', undefined],
    ['foo 1', undefined],
    ['1', undefined],
    ['', undefined],
  ]
  for (const [text, moment] of times) t.equal(parseTime(text), moment, text)
})

t.test('profile view – becomes a click', async (t) => {
  t.match(fromProfileView({ userId: 'u-7', mysfitId: 'm-01' }, false), {
    contextid: 'u-7',
    userid: 'u-7',
    itemid: 'm-01',
    callerid: 'MythicalMysfits',
    component: 'mysfit-profile',
    action: 'click',
    type: 'webpage',
  })
  for (const [userId, anonymise] of [
    ['guest', false],
    ['u-7', true],
  ] as const) {
    const one = fromProfileView({ userId, mysfitId: 'm-01' }, anonymise)
    t.equal(one.userid, GUEST)
    t.equal(one.contextid, one.requestid, 'nobody’s views are not one hot partition')
    t.notMatch(JSON.stringify(one), /u-7/)
    t.match(one.requestid, /^[0-9a-f]{8}-[0-9a-f]{4}-7/, 'UUID v7')
  }
  t.equal(check(fromProfileView({ userId: 'guest', mysfitId: 'm-01' }, false)), undefined)
})

t.test('stored click – takes what a click becomes, with enrichment beyond the sender’s attributes', async (t) => {
  const attributes = Object.fromEntries(Array.from({ length: 23 }, (_, n) => [`a${n}`, 'v']))
  const time = '2026-01-31T12:00:00.000Z'
  const stored = { ...click({ attributes }), userid: GUEST, createdtime: time, receivedat: time, client: 'SHOP' }
  t.equal(compile(StoredClick)(stored), undefined)
  t.equal(compile(StoredClick)({ ...stored, receivedat: undefined }), 'receivedat is missing')
})

t.test('click – its schemas are valid JSON Schema, which nobody checks at the start', async (t) => {
  for (const schema of [Click, StoredClick, ProfileView]) t.ok(new Ajv({ strict: false }).validateSchema(schema))
})
