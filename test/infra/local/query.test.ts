import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { writeParquet } from './lake-support.ts'

const SCRIPT = fileURLToPath(import.meta.resolve('../../../infra/local/query.ts'))

interface Exit {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs in an empty folder, as a process of its own. */
function run(t: Test, env: Record<string, string>, ...args: string[]): Promise<Exit> {
  const options = { cwd: t.testdir({ data: {} }), env: { PATH: process.env.PATH, ...env } }
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    )
  })
}

t.test('query – a table, or JSON and nothing else', async (t) => {
  const dir = t.testdir()
  await writeParquet(join(dir, 'lake'), 'dt=2026-01-01/hour=10/a.parquet', [{}, {}, { requestid: "'r-2'" }])
  const sql = 'SELECT requestid, attributes, createdtime FROM clicks ORDER BY requestid'
  await t.test('table', async (t) => {
    t.same(await run(t, { DATA_DIR: dir }, sql), {
      code: 0,
      stdout: `requestid  attributes           createdtime
─────────  ───────────────────  ────────────────────────
r-1        {"goodevil":"Good"}  2026-01-01T10:00:00.123Z
r-2        {"goodevil":"Good"}  2026-01-01T10:00:00.123Z
(2 rows)
`,
      stderr: '',
    })
  })
  for (const args of [
    ['--json', sql],
    [sql, '--json'],
  ])
    await t.test(args[0] ?? '', async (t) => {
      const { code, stdout, stderr } = await run(t, { DATA_DIR: dir }, ...args)
      t.same({ code, stderr }, { code: 0, stderr: '' })
      const row = { attributes: { goodevil: 'Good' }, createdtime: '2026-01-01T10:00:00.123Z' }
      t.same(JSON.parse(stdout), [
        { requestid: 'r-1', ...row },
        { requestid: 'r-2', ...row },
      ])
    })
})

t.test('query – no data yet', async (t) => {
  for (const env of [{}, { DATA_DIR: '' }, { DATA_DIR: '/nothing/here' }] as Record<string, string>[])
    t.same(await run(t, env, '--json', 'SELECT * FROM clicks'), { code: 0, stdout: '[\n]\n', stderr: '' })
})

t.test('query – needs no home, and no folder to write in', async (t) => {
  const { stdout } = await run(
    t,
    { HOME: '/nothing', TMPDIR: '/nothing' },
    '--json',
    "SELECT now() > '2026-01-01' AS a",
  )
  t.same(JSON.parse(stdout), [{ a: true }])
})

t.test('query – a question by its name', async (t) => {
  const dir = t.testdir()
  const day = new Date().toISOString().slice(0, 10)
  await writeParquet(join(dir, 'lake'), `dt=${day}/hour=09/a.parquet`, [{}, { requestid: "'r-2'" }])
  await t.test('table', async (t) => {
    t.same(await run(t, { DATA_DIR: dir }, '--file', 'clicks-per-hour'), {
      code: 0,
      stdout: `dt          hour  component  clicks
──────────  ────  ─────────  ──────
${day}     9  login           2
(1 row)
`,
      stderr: '',
    })
  })
  await t.test('JSON', async (t) => {
    const { stdout } = await run(t, { DATA_DIR: dir }, '--json', '--file', 'clicks-per-hour')
    t.same(JSON.parse(stdout), [{ dt: day, hour: 9, component: 'login', clicks: 2 }])
  })
  await t.test('a name that is not there', async (t) => {
    const { code, stdout, stderr } = await run(t, {}, '--file', 'nothing')
    t.same({ code, stdout }, { code: 2, stdout: '' })
    t.match(stderr, /^There is no query "nothing"\. There are:\n {2}clicks-per-hour +How many .*\n {2}duplicates /)
  })
})

t.test('query – mistakes', async (t) => {
  for (const [args, code, stderr] of [
    [[], 2, /^Usage: npm run query -- \[--json\] "<SQL>"\n/],
    [[' '], 2, /^Usage/],
    [['SELECT 1', 'SELECT 2'], 2, /^Usage/],
    [['SELECT 1', '--file', 'sessions'], 2, /^Either SQL or --file, not both\.\nUsage/],
    [['--file'], 2, /^Option '--file <value>' argument missing\nUsage/],
    [['--nothing', 'SELECT 1'], 2, /^Unknown option '--nothing'.*\nUsage/],
    [['SELEC 1'], 1, /^Parser Error: syntax error at or near "SELEC"\n$/],
    [['SELECT nosuch FROM clicks'], 1, /^Binder Error: .*"nosuch" not found in FROM clause! Candidate bindings: .*\n$/],
    [['SELECT 1; SELECT 2'], 1, /^One SELECT at a time: there are 2 statements\.\n$/],
    [['--json', "COPY (SELECT 1) TO 'x.csv'"], 1, /^Only SELECT is allowed here: the lake is read-only\.\n$/],
    [["SELECT * FROM read_csv('/etc/passwd')"], 1, /^Permission Error: [^\n]*\n$/],
  ] as const) {
    const exit = await run(t, {}, ...args)
    t.match(exit, { code, stdout: '', stderr }, args.join(' '))
    t.equal(exit.stdout, '')
  }
})
