import t from 'tap'
import { addFacts, checkFields, pick } from '../../../infra/lambda/facts.ts'
import { click } from './support.ts'

t.test('facts – are the strings, numbers and booleans among the fields', async (t) => {
  const entry = JSON.parse('{"name":"Evan","age":831,"adopted":false,"likes":null,"tags":["a"],"more":{},"other":"x"}')
  t.same(pick(entry, ['name', 'age', 'adopted', 'likes', 'tags', 'more', 'absent', 'constructor']), {
    name: 'Evan',
    age: '831',
    adopted: 'false',
  })
})

t.test('facts – fit an attribute', async (t) => {
  t.equal(pick({ a: '😀'.repeat(1025) }, ['a']).a, '😀'.repeat(1024), 'cut between characters')
  t.equal(pick({ a: '😀'.repeat(1024) }, ['a']).a, '😀'.repeat(1024), 'not cut')
  t.equal(pick({ a: 'x\ud800' }, ['a']).a, 'x\ufffd', 'well-formed')
})

t.test('facts – go over the client’s own values', async (t) => {
  const own = click('a', { attributes: { species: 'made up', size: 'L' } })
  t.same(addFacts(own, { species: 'Chimera' }).attributes, { species: 'Chimera', size: 'L' })
  t.same(own.attributes, { species: 'made up', size: 'L' }, 'the click itself stays')
  t.same(addFacts(click('a'), { constructor: 'x' }).attributes, { constructor: 'x' })
})

t.test('facts – leave a click alone that nothing is known of', async (t) => {
  t.notOk('attributes' in addFacts(click('a')))
  t.same(addFacts(click('a', { attributes: { species: 'Chimera' } })).attributes, { species: 'Chimera' })
})

t.test('facts – never make more attributes than a stored click may have', async (t) => {
  const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'old']))
  const { attributes = {} } = addFacts(click('a', { attributes: names(39) }), { a0: 'new', b: 'new', c: 'new' })
  t.match(attributes, { a0: 'new', b: 'new' })
  t.equal(Object.keys(attributes).length, 40)
})

t.test('facts – fields are checked when configured', async (t) => {
  t.throws(() => checkFields(['Species']), /"Species" is no attribute name/)
  t.throws(() => checkFields(['']), /"" is no attribute name/)
  t.throws(() => checkFields(Array.from({ length: 21 }, (_, i) => `a${i}`)), /at most 20 fields, not 21/)
  t.doesNotThrow(() => checkFields(['goodevil', 'lawchaos', 'species']))
})
