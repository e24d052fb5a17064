import t from 'tap'
import { compileErrorPrefix, compilePrefix } from '../../../../infra/local/firehose/prefix.ts'
import { DELIVERY_ERROR_PREFIX, DELIVERY_PREFIX } from '../../../../infra/pipeline.ts'

const context = { time: new Date('2026-12-31T23:07:59.999Z'), seed: 'segment' }

for (const [expression, expected] of [
  [DELIVERY_PREFIX, 'clicks/dt=2026-12-31/hour=23/'],
  ['a/!{timestamp:yyyy/MM/dd/HH-mm}/b', 'a/2026/12/31/23-07/b'],
  ["!{timestamp:'year='yyyy''}", "year=2026'"],
  ['plain/', 'plain/2026/12/31/23/'],
  ['', '2026/12/31/23/'],
] as const) {
  t.test(`prefix – ${expression || 'nothing'} is evaluated in UTC`, async (t) => {
    t.equal(compilePrefix(expression)(context), expected)
  })
}

t.test('error prefix – it names the type of error', async (t) => {
  t.equal(
    compileErrorPrefix(DELIVERY_ERROR_PREFIX)({ ...context, errorOutputType: 'processing-failed' }),
    'errors/processing-failed/dt=2026-12-31/hour=23/',
  )
})

t.test('random string – it is the same for a seed, and another for each place and seed', async (t) => {
  const prefix = compilePrefix('!{firehose:random-string}/!{firehose:random-string}/!{timestamp:yyyy}')
  const [first, second] = prefix(context).split('/')
  t.match(first, /^[a-z0-9]{11}$/)
  t.not(first, second)
  t.equal(prefix(context), prefix(context))
  t.not(prefix(context), prefix({ ...context, seed: 'another' }))
})

for (const [expression, message] of [
  ['!{timestamp:YYYY}/', /unknown time field YYYY/],
  ['!{timestamp:yyyy-MM-DD}/', /unknown time field DD/],
  ['!{partitionKeyFromQuery:client}/', /unknown expression !\{partitionKeyFromQuery:client\}/],
  ['!{firehose:version}/', /unknown expression/],
  ['a/!{timestamp:yyyy', /not closed/],
  ['!{firehose:error-output-type}/', /error prefix only/],
] as const) {
  t.test(`prefix – ${expression} is an error at start`, async (t) => {
    t.throws(() => compilePrefix(expression), { message })
  })
}

t.test('error prefix – one that cannot tell errors apart is an error at start', async (t) => {
  t.throws(() => compileErrorPrefix('errors/!{timestamp:yyyy}/'), { message: /error-output-type\} is missing/ })
})
