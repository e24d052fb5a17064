import { open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openLake, QueryError } from '../../../infra/local/lake.ts'
import { writeParquet } from './lake-support.ts'

async function createTestLake(t: Test, dir = t.testdir()) {
  const lake = await openLake(dir)
  t.teardown(() => lake.close())
  const one = async (sql: string) => (await lake.query(sql)).rows[0]
  return { lake, dir, one }
}

const TYPES = {
  requestid: 'VARCHAR',
  contextid: 'VARCHAR',
  callerid: 'VARCHAR',
  component: 'VARCHAR',
  action: 'VARCHAR',
  type: 'VARCHAR',
  userid: 'VARCHAR',
  itemid: 'VARCHAR',
  url: 'VARCHAR',
  referrer: 'VARCHAR',
  createdtime: 'TIMESTAMP',
  attributes: 'MAP(VARCHAR, VARCHAR)',
  receivedat: 'TIMESTAMP',
  clientip: 'VARCHAR',
  useragent: 'VARCHAR',
  client: 'VARCHAR',
  dt: 'VARCHAR',
  hour: 'INTEGER',
}
const types = (columns: readonly { name: string; type: string }[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]))

t.test('lake – no file yet: both tables are there, empty, with their types', async (t) => {
  const { lake, dir } = await createTestLake(t, join(t.testdir(), 'not', 'there'))
  for (const table of ['clicks', 'clicks_raw']) {
    const { columns, rows } = await lake.query(`SELECT * FROM ${table}`)
    t.same(rows, [])
    t.same(types(columns), TYPES)
    t.same(
      columns.map(({ name }) => name),
      Object.keys(TYPES),
    )
  }
  await writeParquet(dir, 'dt=2026-01-01/hour=10/a.parquet', [{}])
  t.same((await lake.query('SELECT count(*) AS n FROM clicks')).rows, [{ n: 1 }], 'and the first file is seen')
})

t.test('lake – a row, with its partition', async (t) => {
  const { lake, dir } = await createTestLake(t)
  await writeParquet(dir, 'dt=2026-01-01/hour=09/a.parquet', [{ url: "'https://shop.example/ü'" }])
  const { columns, rows } = await lake.query('SELECT * FROM clicks')
  t.same(types(columns), TYPES)
  t.same(rows, [
    {
      requestid: 'r-1',
      contextid: 'c-1',
      callerid: 'shop',
      component: 'login',
      action: 'click',
      type: 'webpage',
      userid: 'GUEST',
      itemid: null,
      url: 'https://shop.example/ü',
      referrer: null,
      createdtime: '2026-01-01T10:00:00.123Z',
      attributes: { goodevil: 'Good' },
      receivedat: '2026-01-01T10:00:01.000Z',
      clientip: null,
      useragent: null,
      client: 'SHOP',
      dt: '2026-01-01',
      hour: 9,
    },
  ])
})

t.test('lake – the view has one row per contextid and requestid, the first received', async (t) => {
  const { lake, dir } = await createTestLake(t)
  const at = (time: string) => `TIMESTAMP '2026-01-01 ${time}'`
  await writeParquet(dir, 'dt=2026-01-01/hour=10/a.parquet', [
    { requestid: "'r-1'", receivedat: at('10:00:02') },
    { requestid: "'r-1'", receivedat: at('10:00:03') },
    { requestid: "'r-1'", contextid: "'c-2'", receivedat: at('10:00:04') },
  ])
  await writeParquet(dir, 'dt=2026-01-01/hour=11/b.parquet', [{ requestid: "'r-1'", receivedat: at('10:00:01') }])
  t.same((await lake.query('SELECT count(*) AS n FROM clicks_raw')).rows, [{ n: 4 }])
  t.same((await lake.query('SELECT contextid, receivedat, hour FROM clicks ORDER BY contextid')).rows, [
    { contextid: 'c-1', receivedat: '2026-01-01T10:00:01.000Z', hour: 11 },
    { contextid: 'c-2', receivedat: '2026-01-01T10:00:04.000Z', hour: 10 },
  ])
})

t.test('lake – a day’s query reads that day’s rows only', async (t) => {
  const { lake, dir, one } = await createTestLake(t)
  for (const day of ['01', '02', '03']) await writeParquet(dir, `dt=2026-01-${day}/hour=10/a.parquet`, [{}])
  const file = await open(join(dir, 'clicks/dt=2026-01-01/hour=10/a.parquet'), 'r+')
  // After the magic bytes come the rows. The footer, which tells the columns, is at the end.
  await file.write(Buffer.alloc(100, 0xff), 0, 100, 4)
  await file.close()
  await t.rejects(lake.query('SELECT count(*) AS n FROM clicks'), QueryError, 'reading the damaged file fails')
  t.same(await one("SELECT count(*) AS n FROM clicks WHERE dt >= '2026-01-02' AND hour = 10"), { n: 2 })
})

t.test('lake – files that are not finished are not read', async (t) => {
  const dir = t.testdir({ clicks: { 'dt=2026-01-01': { 'hour=10': { 'a.parquet.tmp': 'x' } } }, '.tmp': { x: 'x' } })
  const { one } = await createTestLake(t, dir)
  t.same(await one('SELECT count(*) AS n FROM clicks'), { n: 0 })
})

t.test('lake – files from before a column was added', async (t) => {
  const { dir, lake } = await createTestLake(t)
  await writeParquet(dir, 'dt=2026-01-01/hour=10/a.parquet', [{ itemid: undefined, attributes: undefined }])
  const old = await lake.query('SELECT * FROM clicks')
  t.same(types(old.columns), TYPES, 'when there is no other file')
  await writeParquet(dir, 'dt=2026-01-02/hour=10/b.parquet', [{ itemid: "'m-01'" }])
  t.same((await lake.query('SELECT itemid, attributes FROM clicks ORDER BY dt')).rows, [
    { itemid: null, attributes: null },
    { itemid: 'm-01', attributes: { goodevil: 'Good' } },
  ])
})

t.test('lake – beside a writer that renames', async (t) => {
  const { dir, lake } = await createTestLake(t)
  const FILES = 20
  let writing = true
  const writer = (async () => {
    for (let index = 0; index < FILES; index++) {
      await writeParquet(dir, 'dt=2026-01-01/hour=10/next.tmp', [{ requestid: `'r-${index}'` }])
      const folder = join(dir, 'clicks/dt=2026-01-01/hour=10')
      await rename(join(folder, 'next.tmp'), join(folder, `${index}.parquet`))
    }
    writing = false
  })()
  let last = 0
  while (writing) {
    const [a, b] = await Promise.all(
      ['clicks', 'clicks_raw'].map((table) => lake.query(`SELECT count(*) AS n FROM ${table}`)),
    )
    t.ok(Number(a?.rows[0]?.n) >= last)
    last = Number(b?.rows[0]?.n)
  }
  await writer
  t.same((await lake.query('SELECT count(*) AS n FROM clicks')).rows, [{ n: FILES }])
})

t.test('lake – paths that SQL or a pattern would take for something else', async (t) => {
  for (const name of ["it's", 'a[b]c', 'a*b?', 'ü "x" %20']) {
    const { dir, one } = await createTestLake(t, join(t.testdir(), name))
    await writeParquet(dir, 'dt=2026-01-01/hour=10/a.parquet', [{}])
    t.same(await one('SELECT count(*) AS n FROM clicks'), { n: 1 }, name)
  }
})

t.test('lake – values as JSON has them', async (t) => {
  const { one } = await createTestLake(t)
  for (const [sql, value] of [
    ['NULL', null],
    ['true', true],
    ['1.5::DOUBLE', 1.5],
    ["'nan'::DOUBLE", 'NaN'],
    ['9007199254740993', '9007199254740993'],
    ['-123456789012345', -123456789012345],
    ['sum(2::BIGINT)', 2],
    ['1.50::DECIMAL(9,2)', 1.5],
    ['1234567890123456.78::DECIMAL(18,2)', '1234567890123456.78'],
    ["DATE '2026-02-03'", '2026-02-03'],
    ["TIMESTAMP '2026-02-03 04:05:06.789999'", '2026-02-03T04:05:06.789Z'],
    ["TIMESTAMP '1969-12-31 23:59:59.9999'", '1969-12-31T23:59:59.999Z'],
    ["TIMESTAMPTZ '2026-02-03 04:05:06+02:00'", '2026-02-03T02:05:06.000Z'],
    ["TIMESTAMPTZ '2026-02-03 04:05:06'", '2026-02-03T04:05:06.000Z'],
    ["'2026-02-03'::TIMESTAMP_S", '2026-02-03T00:00:00.000Z'],
    ["'2026-02-03'::TIMESTAMP_MS", '2026-02-03T00:00:00.000Z'],
    ["'2026-02-03'::TIMESTAMP_NS", '2026-02-03T00:00:00.000Z'],
    ["'infinity'::TIMESTAMP", 'infinity'],
    ["TIME '04:05:06'", '04:05:06'],
    ['[1, NULL]', [1, null]],
    ['[1, 2]::INTEGER[2]', [1, 2]],
    ["{'a': DATE '2026-02-03', 'b': {'c': 1}}", { a: '2026-02-03', b: { c: 1 } }],
    ["MAP {'a': [1]}", { a: [1] }],
    ['MAP {1: true}', { '1': true }],
    ["MAP {'__proto__': 'x'}", JSON.parse('{"__proto__":"x"}')],
    ["'1b4db7eb-4057-5ddf-91e0-36dec72071f5'::UUID", '1b4db7eb-4057-5ddf-91e0-36dec72071f5'],
    ["element_at(MAP {'a': 'b'}, 'a')", 'b'],
    ["element_at(MAP {'a': 'b'}, 'z')", null],
    ["element_at(NULL::MAP(VARCHAR, VARCHAR), 'a')", null],
    ["array_join(['b', NULL, 'a'], ' > ')", 'b > a'],
    ["(SELECT array_join(array_agg(x ORDER BY x DESC), '') FROM (VALUES (1), (2)) AS t (x))", '21'],
  ] as const)
    t.strictSame((await one(`SELECT ${sql} AS v`))?.v, value, sql)
  t.same(await one('SELECT 1 AS a, 2 AS a'), { a: 1, 'a:1': 2 }, 'two columns of one name')
})

t.test('query – wrong SQL', async (t) => {
  const { lake } = await createTestLake(t)
  for (const [sql, message] of [
    ['SELEC 1', /^Parser Error: syntax error at or near "SELEC"/],
    ['SELECT nosuch FROM clicks', /^Binder Error: Referenced column "nosuch" not found/],
    ['SELECT * FROM nosuch', /^Catalog Error: Table with name nosuch does not exist/],
    ["SELECT 'x'::INTEGER", /^Conversion Error: /],
    ['SELECT ?', /./],
    ['SELECT 1; SELECT 2', /^One SELECT at a time: there are 2 statements/],
    ['-- nothing', /^One SELECT at a time: there are 0 statements/],
  ] as const) {
    await t.rejects(lake.query(sql), QueryError, sql)
    await t.rejects(lake.query(sql), { message }, sql)
  }
  t.same((await lake.query('SELECT 1 AS a;')).rows, [{ a: 1 }], 'and it goes on')
})

t.test('query – reads nothing outside the lake and writes nothing', async (t) => {
  const dir = t.testdir({
    'secret.csv': 'a\n1',
    'lake-of-others': { 'x.csv': 'a\n1' },
    lake: { clicks: {}, 'x.csv': 'a\n1' },
  })
  const { lake } = await createTestLake(t, join(dir, 'lake'))
  t.same((await lake.query(`SELECT * FROM read_csv('${dir}/lake/x.csv')`)).rows, [{ a: 1 }], 'the lake it may read')
  const inside = `${dir}/lake/clicks`
  for (const sql of [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    `SELECT * FROM '${dir}/secret.csv'`,
    `SELECT * FROM read_csv('${inside}/../../secret.csv')`,
    `SELECT * FROM read_csv('${dir}/lake-of-others/x.csv')`,
    "SELECT * FROM glob('/etc/*')",
    `COPY (SELECT 1) TO '${inside}/x.csv'`,
    `COPY (SELECT 1) TO '${dir}/x.csv'`,
    `EXPLAIN ANALYZE COPY (SELECT 1) TO '${inside}/x.csv'`,
    `WITH x AS (SELECT 1) INSERT INTO clicks SELECT * FROM x`,
    `PREPARE x AS COPY (SELECT 1) TO '${inside}/x.csv'`,
    `SELECT * FROM query('COPY (SELECT 1) TO ''${inside}/x.csv''')`,
    `ATTACH '${inside}/x.db'`,
    `EXPORT DATABASE '${inside}/x'`,
    'INSERT INTO clicks_raw SELECT * FROM clicks_raw',
    'CREATE TABLE x AS SELECT 1',
    'DROP VIEW clicks',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    'PRAGMA database_list',
    'INSTALL httpfs',
    'LOAD httpfs',
    "SELECT * FROM read_csv('https://example.com/x.csv')",
  ])
    await t.rejects(lake.query(sql), QueryError, sql)
  t.same(await readdir(inside), [])
  t.same(await readdir(dir), ['lake', 'lake-of-others', 'secret.csv'])
})

t.test('lake – the first rows, and whether there are more', async (t) => {
  const { lake } = await createTestLake(t)
  t.match(await lake.query('SELECT 1 AS n FROM range(5)', { rows: 5 }), { rows: { length: 5 }, more: false })
  t.match(await lake.query('SELECT 1 AS n FROM range(6)', { rows: 5 }), { rows: { length: 5 }, more: true })
  t.match(await lake.query('SELECT 1 AS n FROM range(10000)'), { rows: { length: 10_000 }, more: false })
})
