import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openLake } from '../../../infra/local/lake.ts'
import type { Json } from '../../../infra/local/lake-values.ts'
import { VIEW_SQL } from '../../../infra/pipeline.ts'
import { NAMED_QUERIES } from '../../../infra/queries/queries.ts'
import { type RowSql, writeParquet } from '../local/lake-support.ts'
import { loadTrino } from './trino.ts'

const NAMES = ['clicks-per-hour', 'duplicates', 'freshness', 'sessions', 'top-items']

const NOW = Date.now()
/** The day so many days ago, UTC. */
const day = (ago: number) => new Date(NOW - ago * 86_400_000).toISOString().slice(0, 10)
const at = (ago: number, time: string) => `TIMESTAMP '${day(ago)} ${time}'`
const iso = (ago: number, time: string) => `${day(ago)}T${time}Z`

/** A click with its times, and its texts as SQL has them. */
const click = (requestid: string, time: string, { attributes, ...texts }: RowSql = {}): RowSql => ({
  requestid: `'${requestid}'`,
  createdtime: time,
  receivedat: time,
  ...(attributes === undefined ? {} : { attributes }),
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, `'${text}'`])),
})

/**
 * Asks one of the named queries over the given partitions, and over a click of nine days ago that is none of its
 * business: its file is damaged, and whoever reads it fails.
 */
async function ask(t: Test, name: string, partitions: Record<string, RowSql[]>): Promise<Record<string, Json>[]> {
  const dir = t.testdir()
  for (const [partition, rows] of Object.entries(partitions)) await writeParquet(dir, `${partition}/a.parquet`, rows)
  const old = `dt=${day(9)}/hour=10/a.parquet`
  await writeParquet(dir, old, [click('r-old', at(9, '10:00:00')), click('r-old', at(9, '10:00:00'))])
  await damage(join(dir, 'clicks', old))

  const lake = await openLake(dir)
  t.teardown(() => lake.close())
  await t.rejects(lake.query('SELECT max(receivedat) FROM clicks_raw'), 'the damaged file cannot be read')
  return [...(await lake.query(sqlOf(name))).rows]
}

/** Spoils the rows and leaves the footer, which tells the columns and comes last: metadata, its length, a magic word. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path)
  const footer = bytes.readUInt32LE(bytes.length - 8) + 8
  await writeFile(path, bytes.fill(0xff, 4, bytes.length - footer))
}

function sqlOf(name: string): string {
  const query = NAMED_QUERIES.find((query) => query.name === name)
  if (query === undefined) throw new Error(name)
  return query.sql
}

t.test('queries – are there, each with what it answers', async (t) => {
  t.same(
    NAMED_QUERIES.map(({ name }) => name),
    NAMES,
  )
  for (const { name, description, sql } of NAMED_QUERIES) {
    t.match(description, /^(How|What|Which) .*\.$/, name)
    t.ok(sql.startsWith(`-- ${description}\n`), name)
  }
})

t.test('queries – an empty lake has no answer, and no error', async (t) => {
  const lake = await openLake(join(t.testdir(), 'nothing'))
  t.teardown(() => lake.close())
  for (const { name, sql } of NAMED_QUERIES) t.same((await lake.query(sql)).rows, [], name)
})

t.test('clicks-per-hour – without duplicates, the latest hour first', async (t) => {
  const rows = await ask(t, 'clicks-per-hour', {
    [`dt=${day(1)}/hour=23`]: [
      click('r-1', at(1, '23:00:00'), { component: 'cart' }),
      click('r-2', at(1, '23:00:01'), { component: 'login' }),
      click('r-3', at(1, '23:00:02'), { component: 'login' }),
      click('r-3', at(1, '23:00:03'), { component: 'login' }),
    ],
    [`dt=${day(1)}/hour=09`]: [click('r-4', at(1, '09:00:00'))],
    [`dt=${day(0)}/hour=00`]: [click('r-5', at(0, '00:00:00'))],
    [`dt=${day(6)}/hour=10`]: [click('r-6', at(6, '10:00:00'))],
  })
  t.same(rows, [
    { dt: day(0), hour: 0, component: 'login', clicks: 1 },
    { dt: day(1), hour: 23, component: 'login', clicks: 2 },
    { dt: day(1), hour: 23, component: 'cart', clicks: 1 },
    { dt: day(1), hour: 9, component: 'login', clicks: 1 },
    { dt: day(6), hour: 10, component: 'login', clicks: 1 },
  ])
})

t.test('sessions – the journey is in the order of the clicks, across days, without duplicates', async (t) => {
  const step = (requestid: string, time: string, component: string, action: string) =>
    click(requestid, time, { contextid: 'c-1', component, action })
  const rows = await ask(t, 'sessions', {
    [`dt=${day(2)}/hour=23`]: [
      step('r-2', at(2, '23:59:59.900'), 'cart', 'open'),
      step('r-1', at(2, '23:59:00'), 'search', 'submit'),
      step('r-1', at(2, '23:59:00'), 'search', 'submit'),
    ],
    [`dt=${day(1)}/hour=00`]: [
      step('r-3', at(1, '00:00:01.150'), 'pay', 'click'),
      click('r-4', at(1, '00:10:00'), { contextid: 'c-2' }),
    ],
  })
  t.same(rows, [
    {
      contextid: 'c-2',
      clicks: 1,
      started: iso(1, '00:10:00.000'),
      ended: iso(1, '00:10:00.000'),
      seconds: 0,
      journey: 'login/click',
    },
    {
      contextid: 'c-1',
      clicks: 3,
      started: iso(2, '23:59:00.000'),
      ended: iso(1, '00:00:01.150'),
      seconds: 61.15,
      journey: 'search/submit > cart/open > pay/click',
    },
  ])
})

t.test('top-items – the most clicked first, with what was last known of it', async (t) => {
  const on = (requestid: string, time: string, itemid: string, contextid: string, attributes: string) =>
    click(requestid, time, { itemid, contextid, attributes })
  const unknown = 'MAP {}::MAP(VARCHAR, VARCHAR)'
  const rows = await ask(t, 'top-items', {
    [`dt=${day(1)}/hour=10`]: [
      on('r-1', at(1, '10:00:00'), 'm-01', 'c-1', "MAP {'goodevil': 'Evil', 'lawchaos': 'Lawful', 'species': 'Troll'}"),
      on('r-2', at(1, '10:00:01'), 'm-01', 'c-1', "MAP {'goodevil': 'Good'}"),
      // The catalogue failed: that says nothing about the item.
      on('r-3', at(1, '10:00:02'), 'm-01', 'c-2', unknown),
      on('r-4', at(1, '10:00:03'), 'm-03', 'c-1', 'NULL::MAP(VARCHAR, VARCHAR)'),
      on('r-5', at(1, '10:00:04'), 'm-02', 'c-1', unknown),
      click('r-6', at(1, '10:00:05')),
    ],
  })
  const nothing = { goodevil: null, lawchaos: null, species: null }
  t.same(rows, [
    { itemid: 'm-01', clicks: 3, sessions: 2, goodevil: 'Good', lawchaos: 'Lawful', species: 'Troll' },
    { itemid: 'm-02', clicks: 1, sessions: 1, ...nothing },
    { itemid: 'm-03', clicks: 1, sessions: 1, ...nothing },
  ])
})

t.test('duplicates – of the pipeline and of the sender, within a day and across', async (t) => {
  const rows = await ask(t, 'duplicates', {
    [`dt=${day(2)}/hour=23`]: [
      click('r-1', at(2, '23:59:59.500')),
      click('r-2', at(2, '23:00:00')),
      click('r-2', at(2, '23:00:00')),
      click('r-3', at(2, '23:00:00')),
      // The same requestid of another session is another click.
      click('r-3', at(2, '23:00:00'), { contextid: 'c-2' }),
    ],
    [`dt=${day(1)}/hour=00`]: [click('r-1', at(1, '00:00:00.250')), click('r-1', at(1, '00:00:01'))],
  })
  t.same(rows, [
    {
      contextid: 'c-1',
      requestid: 'r-1',
      copies: 3,
      arrivals: 3,
      days: 2,
      firstreceived: iso(2, '23:59:59.500'),
      lastreceived: iso(1, '00:00:01.000'),
      secondsapart: 1.5,
    },
    {
      contextid: 'c-1',
      requestid: 'r-2',
      copies: 2,
      arrivals: 1,
      days: 1,
      firstreceived: iso(2, '23:00:00.000'),
      lastreceived: iso(2, '23:00:00.000'),
      secondsapart: 0,
    },
  ])
})

t.test('freshness – age and delay of each hour, duplicates included', async (t) => {
  const rows = await ask(t, 'freshness', {
    // Straight through: the object was opened in hour 10, and its last click came after it.
    [`dt=${day(2)}/hour=10`]: [click('r-1', at(2, '10:59:00')), click('r-2', at(2, '11:01:00.250'))],
    // Spilled an hour and a half before the stream took them again.
    [`dt=${day(1)}/hour=01`]: [click('r-3', at(2, '23:30:00')), click('r-3', at(2, '23:30:00'))],
  })
  t.match(rows, [
    { dt: day(1), hour: 1, clicks: 2, newest: iso(2, '23:30:00.000'), secondslate: 5400 },
    { dt: day(2), hour: 10, clicks: 2, newest: iso(2, '11:01:00.250'), secondslate: 0 },
  ])
  for (const { newest, secondsold } of rows) {
    const age = (Date.now() - Date.parse(String(newest))) / 1000
    t.ok(Math.abs(Number(secondsold) - age) < 60, `${secondsold} is about ${age}`)
  }
})

t.test('queries – Athena can read them', async (t) => {
  const validate = await loadTrino()

  await t.test('the parser refuses what is not Trino’s SQL', async (t) => {
    for (const sql of [
      'SELEC 1',
      'SELECT a FROM (SELECT 1',
      'SELECT a b c FROM t',
      'SELECT x::integer FROM t',
      'SELECT * EXCLUDE (a) FROM t',
      'SELECT a FROM t QUALIFY row_number() OVER (ORDER BY b) = 1',
      'FROM t',
      VIEW_SQL.replace('WHERE', 'WERE'),
      ...NAMED_QUERIES.map(({ sql }) => sql.replace('GROUP BY', 'GROUP')),
    ])
      t.not(validate(sql).length, 0, sql)
  })

  await t.test('well-formed', async (t) => {
    for (const { name, sql } of NAMED_QUERIES) t.same(validate(sql), [], name)
    t.same(validate(VIEW_SQL), [], 'view')
  })

  await t.test('functions that Trino has', async (t) => {
    // The grammar knows no functions. https://trino.io/docs/current/functions/list.html
    const functions = new Set(
      'array_agg array_join count date_diff element_at greatest max max_by min row_number'.split(' '),
    )
    const syntax = new Set(['cast', 'filter', 'from', 'over', 'where'])
    for (const sql of [VIEW_SQL, ...NAMED_QUERIES.map(({ sql }) => sql)]) {
      const code = sql.replace(/--.*$/gm, '')
      const names = [...code.matchAll(/([a-z_]\w*)\s*\(/gi)].map(([, name = '']) => name.toLowerCase())
      t.not(names.length, 0)
      t.same(
        names.filter((name) => !functions.has(name) && !syntax.has(name)),
        [],
        code,
      )
    }
  })

  await t.test('partitions can be told before anything is read', async (t) => {
    // A comparison of dt itself with a constant, not of a function of dt.
    for (const { name, sql } of NAMED_QUERIES)
      t.match(sql, /WHERE dt >= cast\(cast\(current_date - INTERVAL '7' DAY/, name)
  })
})
