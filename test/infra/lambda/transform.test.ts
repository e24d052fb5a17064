import t, { type Test } from 'tap'
import { keyOfItem, toItem } from '../../../infra/lambda/items.ts'
import type { TransformSummary } from '../../../infra/lambda/summary.ts'
import { createTransformer, type TransformerOptions } from '../../../infra/lambda/transform.ts'
import { pack } from '../../../infra/lambda/unpack.ts'
import { COLUMNS } from '../../../infra/pipeline.ts'
import type { StoredClick } from '../../../service/click.ts'
import {
  base64,
  bucket,
  click,
  contents,
  dynamo,
  event,
  fault,
  faulty,
  items,
  record,
  serve,
  TABLE_NAME,
} from './support.ts'

const SPECIES: Record<string, string> = { 'm-01': 'Chimera', 'm-02': 'Troll' }

async function setup(t: Test, options: Partial<TransformerOptions> = {}, s3Status = 200) {
  const table = options.dynamo ?? (await dynamo(t))
  const { s3, objects, puts } = await bucket(t, s3Status)
  const summaries: TransformSummary[] = []
  const transform = createTransformer({
    ...{ dynamo: table, tableName: TABLE_NAME, s3, bucket: 'lake', retentionDays: 90 },
    log: (summary) => summaries.push(summary),
    ...options,
  })
  return { transform, table, objects, puts, summaries }
}

async function catalogue(t: Test) {
  const asked: string[] = []
  const url = await serve(t, (request, response) => {
    const itemid = decodeURIComponent(request.url?.split('/').at(-1) ?? '')
    asked.push(itemid)
    const species = SPECIES[itemid]
    if (species === undefined) response.writeHead(itemid === 'broken' ? 500 : 404)
    response.end(JSON.stringify({ species, goodevil: 'Good' }))
  })
  return { asked, enrichment: { url: `${url}/mysfits/{itemid}`, fields: ['species', 'goodevil'] } }
}

const rejectedLines = (objects: Map<string, string>) =>
  [...objects.values()].flatMap((body) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )

t.test('transform – delivers packed clicks to table and lake alike, in order', async (t) => {
  const { enrichment } = await catalogue(t)
  const { transform, table, puts, summaries } = await setup(t, { enrichment })
  const first = [click('a', { itemid: 'm-01' }), click('b')]
  const second = [click('c', { itemid: 'm-02', attributes: { species: 'made up' }, useragent: 'x', clientip: '::' })]
  const { records } = await transform(event(record('1', first), record('2', second)))

  t.match(records, [
    { recordId: '1', result: 'Ok' },
    { recordId: '2', result: 'Ok' },
  ])
  const [one, two] = records
  const lake = [...contents(one ?? { data: '' }), ...contents(two ?? { data: '' })] as StoredClick[]
  t.same(lake, [
    { ...first[0], attributes: { species: 'Chimera', goodevil: 'Good' } },
    first[1],
    { ...second[0], attributes: { species: 'Troll', goodevil: 'Good' } },
  ])
  const stored = await items(table)
  for (const one of lake) t.same(stored[one.requestid], toItem(one, 90), 'the sinks agree')
  const columns = new Set(COLUMNS.map(({ name }) => name))
  for (const one of lake)
    t.ok(
      Object.keys(one).every((key) => columns.has(key)),
      'the catalogue has every field',
    )
  t.equal(puts(), 0, 'nothing was rejected')
  t.same(summaries, [
    {
      invocationId: 'invocation',
      stream: 'clicks',
      records: 2,
      results: { Ok: 2 },
      clicks: 3,
      rejected: {},
      written: 3,
      duplicates: 0,
      unwritten: 0,
      writeErrors: {},
      lookups: { asked: 2, found: 2 },
      unenriched: 0,
      failedRecordIds: [],
    },
  ])
})

t.test('transform – every record is answered exactly once, whatever is in it', async (t) => {
  const { transform, table, objects, puts, summaries } = await setup(t)
  const poisoned = Buffer.concat([
    Buffer.from(pack([click('a')])),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from('{"requestid":"secret of a person"}\n'),
    Buffer.from(pack([click('b')])),
  ])
  const sent = event(
    record('good', [click('c')]),
    record('poisoned', poisoned),
    record('binary', Buffer.from([0, 159, 146, 150, 10, 13])),
    record('empty', ''),
    record('newlines', '\n\n'),
    { ...record('not base64', ''), data: '%%%' },
  )
  const { records } = await transform(sent)
  t.same(
    records.map(({ recordId, result }) => [recordId, result]),
    [
      ['good', 'Ok'],
      ['poisoned', 'Ok'],
      ['binary', 'Dropped'],
      ['empty', 'Dropped'],
      ['newlines', 'Dropped'],
      ['not base64', 'Dropped'],
    ],
  )
  t.same(contents(records[1] ?? { data: '' }), [click('a'), click('b')])
  t.equal(records[2]?.data, sent.records[2]?.data)
  t.same(Object.keys(await items(table)).sort(), ['a', 'b', 'c'])

  t.equal(puts(), 1)
  t.match(rejectedLines(objects), [
    { recordId: 'poisoned', encoding: 'base64', data: base64(Buffer.from([0xff, 0xfe])) },
    { recordId: 'poisoned', encoding: 'text', data: '{"requestid":"secret of a person"}', reason: /missing/ },
    { recordId: 'binary', encoding: 'base64' },
  ])
  const [summary] = summaries
  t.match(summary, { results: { Ok: 2, Dropped: 4 }, clicks: 3, rejected: { encoding: 2, schema: 1 } })
  t.ok(objects.has(`/lake/${summary?.rejectedKey}`))
  t.notMatch(JSON.stringify(summaries), /secret|session|GUEST/, 'and the log says nothing of what was clicked')
})

t.test('transform – an event without records', async (t) => {
  const { transform } = await setup(t)
  t.same(await transform(event()), { records: [] })
})

t.test('transform – Firehose’s next try overwrites what the first one wrote', async (t) => {
  const { transform, table, objects } = await setup(t)
  const sent = event(record('1', `${pack([click('a')])}garbage\n`))
  const first = await transform(sent)
  t.same(await transform(sent), first)
  t.equal(objects.size, 1)
  t.equal(Object.keys(await items(table)).length, 1)
})

t.test('transform – takes its own output, and adds nothing', async (t) => {
  const { enrichment } = await catalogue(t)
  const { transform, table } = await setup(t, { enrichment })
  const own = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}`, 'x']))
  const { records } = await transform(event(record('1', [click('a', { itemid: 'm-01', attributes: own })])))
  const [output] = records
  const before = await items(table)
  const again = await transform(event({ ...record('2', ''), data: output?.data ?? '' }))
  t.same(again.records, [{ ...output, recordId: '2' }])
  t.same(await items(table), before)
  t.equal(Object.keys((contents(output ?? { data: '' }) as StoredClick[])[0]?.attributes ?? {}).length, 22)
})

t.test('transform – an item is asked for once, however many clicks are about it', async (t) => {
  const { asked, enrichment } = await catalogue(t)
  const { transform } = await setup(t, { enrichment })
  const clicks = Array.from({ length: 60 }, (_, index) => click(`r${index}`, { itemid: 'm-01' }))
  await transform(event(record('1', clicks.slice(0, 30)), record('2', clicks.slice(30))))
  await transform(event(record('3', clicks)))
  t.same(asked, ['m-01'])
})

t.test('transform – an id is one segment of the catalogue’s path', async (t) => {
  const { asked, enrichment } = await catalogue(t)
  const { transform } = await setup(t, { enrichment })
  const ids = ['a/../../admin', 'm-01/', '?x', '..', '.', '', ' ']
  const { records } = await transform(
    event(
      record(
        '1',
        ids.map((itemid, index) => click(`r${index}`, { itemid })),
      ),
    ),
  )
  t.same(asked.sort(), ['a/../../admin', 'm-01/', '?x', ' '].sort())
  t.equal(contents(records[0] ?? { data: '' }).length, ids.length)
})

t.test('transform – a failing catalogue fails no click', async (t) => {
  const { enrichment } = await catalogue(t)
  const sent = ['broken', 'm-01', 'unknown'].map((itemid) => click(itemid, { itemid, attributes: { species: 'own' } }))
  const { transform, summaries } = await setup(t, { enrichment })
  const { records } = await transform(event(record('1', sent)))
  t.match(records, [{ result: 'Ok' }])
  t.same(
    (contents(records[0] ?? { data: '' }) as StoredClick[]).map(({ attributes }) => attributes?.species),
    ['own', 'Chimera', 'own'],
  )
  t.match(summaries, [{ lookups: { asked: 3, found: 1, absent: 1, status: 1 } }])

  const gone = await setup(t, { enrichment: { ...enrichment, url: 'http://127.0.0.1:1/{itemid}' } })
  t.match((await gone.transform(event(record('1', sent)))).records, [{ result: 'Ok' }])
  t.match(gone.summaries, [{ lookups: { network: 3 } }])
})

t.test('transform – duplicates in one invocation are one item, and the lake keeps what came', async (t) => {
  const { transform, table, summaries } = await setup(t)
  const early = click('a', { receivedat: '2026-01-31T23:00:00.000Z' })
  const { records } = await transform(event(record('1', [click('a'), click('a')]), record('2', [early])))
  t.same(records.map(contents), [[click('a'), click('a')], [early]])
  t.same((await items(table)).a, toItem(early, 90))
  t.match(summaries, [{ written: 1, duplicates: 2 }])
})

t.test('transform – only records whose click could not be written fail, with the data they came with', async (t) => {
  const table = await dynamo(t)
  const { dynamo: client } = await faulty(t, table, (requestids) =>
    requestids.includes('poison') ? fault('ValidationException') : undefined,
  )
  const { enrichment } = await catalogue(t)
  const { transform, summaries } = await setup(t, { dynamo: client, enrichment })
  const sent = event(
    record('1', [click('a', { itemid: 'm-01' })]),
    record('2', [click('b', { itemid: 'm-01' }), click('poison')]),
    record('3', [click('c')]),
    record('4', [click('poison')]),
  )
  const { records } = await transform(sent)
  t.same(
    records.map(({ result }) => result),
    ['Ok', 'ProcessingFailed', 'Ok', 'ProcessingFailed'],
  )
  t.equal(records[1]?.data, sent.records[1]?.data)
  t.same(Object.values(await items(table)).map(keyOfItem).length, 3)
  t.match(summaries, [
    { results: { Ok: 2, ProcessingFailed: 2 }, written: 3, unwritten: 1, failedRecordIds: ['2', '4'] },
  ])
})

t.test('transform – a table that is down fails its records, not the invocation', async (t) => {
  const { dynamo: client } = await faulty(t, await dynamo(t), () => fault('AccessDeniedException'))
  const { transform } = await setup(t, { dynamo: client })
  const { records } = await transform(event(record('1', [click('a')]), record('2', 'garbage')))
  t.match(records, [
    { recordId: '1', result: 'ProcessingFailed' },
    { recordId: '2', result: 'Dropped' },
  ])
})

t.test('transform – where rejected/ fails, the records that hold the bad lines fail, and no other', async (t) => {
  const { transform, table, summaries } = await setup(t, {}, 503)
  const sent = event(
    record('1', [click('a')]),
    record('2', `garbage\n${pack([click('b')])}`),
    record('3', 'garbage'),
    record('4', ''),
  )
  const { records } = await transform(sent)
  t.same(
    records.map(({ result }) => result),
    ['Ok', 'ProcessingFailed', 'ProcessingFailed', 'Dropped'],
  )
  t.same(
    [records[1]?.data, records[2]?.data],
    [sent.records[1]?.data, sent.records[2]?.data],
    'with their bad lines: late, never lost',
  )
  t.ok((await items(table)).a)
  t.equal(summaries[0]?.rejectedKey, undefined)
  t.type(summaries[0]?.rejectedError, 'string')
})

t.test('transform – an answer never outgrows Lambda’s limit', async (t) => {
  const fields = Array.from({ length: 20 }, (_, index) => `fact${index}`)
  const entry = JSON.stringify(Object.fromEntries(fields.map((field) => [field, 'ü'.repeat(1_024)])))
  const url = await serve(t, (_, response) => response.end(entry))
  const { transform, table, summaries } = await setup(t, { enrichment: { url: `${url}/{itemid}`, fields } })
  const sent = event(
    ...Array.from({ length: 10 }, (_, r) =>
      record(
        `${r}`,
        Array.from({ length: 30 }, (_, c) => click(`${r}-${c}`, { itemid: 'm-01' })),
      ),
    ),
  )
  const result = await transform(sent)
  t.ok(JSON.stringify(result).length < 6 * 1024 * 1024)
  t.ok(result.records.every(({ result }) => result === 'Ok'))
  const lake = result.records.flatMap(contents) as StoredClick[]
  t.equal(lake.length, 300)
  const { unenriched = 0 } = summaries[0] ?? {}
  t.ok(unenriched > 0 && unenriched < 10, `${unenriched} records without facts`)
  const stored = await items(table)
  for (const one of lake) if (!stored[one.requestid]) t.fail('not in the table')
  t.ok(
    lake.every((one) => 'attributes' in one === 'attributes' in (stored[one.requestid] ?? {})),
    'the sinks agree',
  )
})

t.test('transform – options are checked', async (t) => {
  for (const retentionDays of [0, 1.5, Number.NaN]) await t.rejects(setup(t, { retentionDays }), /positive integer/)
  await t.rejects(setup(t, { enrichment: { url: 'https://c.example/', fields: [] } }), /\{itemid\}/)
})
