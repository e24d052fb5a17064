import t from 'tap'
import { PageQueries, SHOWN_ROWS } from '../../../../infra/local/live/query.ts'
import { writeParquet } from '../lake-support.ts'
import { startLive } from './support.ts'

t.test('query – rows of the lake, with types', async (t) => {
  const { send, lakeDir } = await startLive(t)
  await writeParquet(lakeDir, 'dt=2026-01-01/hour=10/a.parquet', [{}, { requestid: "'r-2'" }])
  const answer = await send('POST', '/live/query', { sql: 'SELECT requestid FROM clicks ORDER BY 1' })
  t.equal(answer.status, 200)
  t.match(await answer.json(), {
    columns: [{ name: 'requestid', type: 'VARCHAR' }],
    rows: [{ requestid: 'r-1' }, { requestid: 'r-2' }],
    more: false,
    ms: Number,
  })
})

t.test('query – the first rows, and that there are more', async (t) => {
  const { send } = await startLive(t)
  for (const [rows, more] of [
    [SHOWN_ROWS, false],
    [SHOWN_ROWS + 1, true],
    [1_000_000_000, true],
  ] as const) {
    const answer = await send('POST', '/live/query', { sql: `SELECT * FROM range(${rows})` })
    t.match(await answer.json(), { rows: { length: SHOWN_ROWS }, more, limit: SHOWN_ROWS }, `of ${rows}`)
  }
})

t.test('query – what is wrong with it, in one line', async (t) => {
  const { send } = await startLive(t)
  const cases: [string, RegExp][] = [
    ['SELECT nothing FROM clicks', /^Binder Error: .*nothing/],
    ['SELEC 1', /^Parser Error: /],
    ["COPY clicks TO 'x.csv'", /read-only/],
    ['SELECT 1; SELECT 2', /^One SELECT at a time/],
    ["SELECT * FROM read_text('/etc/passwd')", /^Permission Error: /],
    ["SELECT CAST('x' AS INTEGER)", /^Conversion Error: /],
  ]
  for (const [sql, message] of cases) {
    const answer = await send('POST', '/live/query', { sql })
    const error = (await answer.json()) as { message: string }
    t.match(error, { statusCode: 400, code: 'CLK_QUERY_FAILED', message }, sql)
    t.notMatch(error.message, /\n/, 'one line')
  }
})

t.test('query – a body that is no question: 400 that says why', async (t) => {
  const { send } = await startLive(t)
  for (const [body, message] of [
    [{}, /sql/],
    [{ sql: 7 }, /sql/],
    [{ sql: '' }, /sql/],
    [{ sql: 'x'.repeat(20_001) }, /sql/],
    [{ sql: 'SELECT 1', rows: 5 }, /rows/],
  ] as const) {
    t.match(
      await (await send('POST', '/live/query', body)).json(),
      { statusCode: 400, message },
      JSON.stringify(body).slice(0, 40),
    )
  }
})

/** Minutes of work, and no rows before its end. */
const ENDLESS = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 11'

t.test('query – one that takes too long is ended', async (t) => {
  const queries = new PageQueries(t.testdir(), 200)
  t.teardown(() => queries.close())
  await t.rejects(queries.ask(ENDLESS), {
    code: 'CLK_QUERY_FAILED',
    message: 'It took longer than 0.2 s, and was ended.',
  })
  t.match(await queries.ask('SELECT 1 AS one'), { rows: [{ one: 1 }] }, 'and the next one is answered')
})

t.test('query – closing ends what is asked', async (t) => {
  const queries = new PageQueries(t.testdir())
  const asked = t.rejects(queries.ask(ENDLESS), { code: 'CLK_QUERY_FAILED', message: 'The server is closing.' })
  await queries.ask('SELECT 1')
  queries.interrupt()
  await asked
  await queries.close()
})

t.test('query – an answer that is one huge cell is not sent', async (t) => {
  const queries = new PageQueries(t.testdir())
  t.teardown(() => queries.close())
  await t.rejects(queries.ask("SELECT repeat('x', 2000000) AS cell"), {
    message: 'The answer is over 1 MB: ask for less.',
  })
})
