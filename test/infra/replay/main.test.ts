/** The command, as a child process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { type Behave, startFirehoseStub } from '../../helpers/firehose-stub.ts'
import { createTestBucket, lines, SPILL } from './support.ts'

async function setUp(t: Test, behave?: Behave) {
  const bucket = await createTestBucket(t)
  const stub = await startFirehoseStub(t, behave)
  const local = { LOCAL_S3_PORT: String(bucket.port), LOCAL_FIREHOSE_PORT: new URL(stub.url).port }
  return { ...bucket, stub, local, replay: (...args: string[]) => start(t, args, local) }
}

function start(t: Test, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['infra/replay/main.ts', ...args], { env: { PATH: process.env.PATH, ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr }))
  return { child, ended, stderr: () => stderr }
}

t.test('command – puts back, says what it did, and exits 0', async (t) => {
  const { replay, spill, put, stub, keys } = await setUp(t)
  await spill('a', `${lines('1', '2')}no\n`)
  await put(`${SPILL}b`, lines('3'))
  const dry = await replay('spill', '--dry-run').ended
  t.equal(dry.code, 0)
  t.same(dry.stdout.split('\n').slice(0, 2).sort(), [
    `${SPILL}a.ndjson.gz: 2 clicks, 1 to be rejected`,
    `${SPILL}b: 1 clicks, 0 to be rejected`,
  ])
  t.match(dry.stdout, /^objects to put back +2\nclicks to put back +3\nlines to reject +1\n/m)
  t.equal(stub.calls.length, 0)
  t.equal((await keys('spill/')).length, 2)

  const later = await replay('spill/', '--since', '2999-01-01').ended
  t.match(later, { code: 0, stdout: /^objects put back +0\n/ })
  t.match(later.stdout, /^objects skipped +2$/m)

  const { code, stdout, stderr } = await replay('spill/').ended
  t.equal(code, 0)
  t.match(
    stdout,
    /^objects put back +2\nclicks put back +3\nlines rejected +1\nobjects skipped +0\nobjects left in place +0\n$/,
  )
  t.match(stderr, /^2\/2 objects, 3 clicks, \d+ clicks\/s, about 0 s left\n$/)
  t.equal(stub.clicks().length, 3)
})

t.test('command – wrong usage exits 2 and says what is right', async (t) => {
  for (const [args, line] of [
    [['clicks/'], /^The prefix must be or lie below spill\/, errors\/processing-failed\/, errors\/format-conv/],
    [['spill/', '--bucket', 'b'], /^--bucket and --stream go together/],
    [[], /^Name one prefix/],
  ] as const) {
    const { code, stdout, stderr } = await start(t, args).ended
    t.match({ code, stdout, stderr }, { code: 2, stdout: '', stderr: line })
    t.match(stderr, /Usage: npm run replay/)
  }
  const help = await start(t, ['--help']).ended
  t.match(help, { code: 0, stdout: /^Usage: npm run replay/, stderr: '' })
})

t.test('command – a bucket, a stream or a place that cannot be reached is one line and exit 1', async (t) => {
  const { spill, stub, local, port, keys } = await setUp(t, (_texts, _call, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end('{"__type":"ResourceNotFoundException","message":"not found"}')
    return 'answered'
  })
  for (let n = 0; n < 20; n += 1) await spill(`n-${n}`, lines(n))
  const cloud = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ENDPOINT_URL_FIREHOSE: stub.url,
  }
  const named = ['spill/', '--bucket', 'clicklake', '--stream', 'gone']
  for (const [args, env, stderr] of [
    [['spill/'], { ...local, LOCAL_S3_PORT: '9' }, /^clicklake: connect ECONNREFUSED 127\.0\.0\.1:9\n$/],
    [['spill/'], { ...local, LOCAL_S3_PORT: 'x' }, /^clicklake: LOCAL_S3_PORT must be integer.*\n$/],
    [['spill/', '--bucket', 'b', '--stream', 's'], {}, /^clicklake: .*[Rr]egion.*\n$/],
    [named.with(2, 'another'), cloud, /^clicklake: NoSuchBucket: .*\n$/],
    [
      named,
      cloud,
      /^clicklake: stopped at spill\/.*: the stream gone did not take 1 of 1 clicks: ResourceNotFoundEx.*\n/,
    ],
  ] as const) {
    const ended = await start(t, args, env).ended
    t.match(ended, { code: 1, stderr })
    t.equal(ended.stderr.match(/^clicklake: /gm)?.length, 1, 'one line')
    t.notMatch(ended.stderr, /^ +at /m, 'no stack')
  }
  t.equal((await keys('spill/')).length, 20)
})

t.test('command – a signal lets objects in flight finish, and the next run takes the rest', async (t) => {
  const arrived = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const { replay, spill, keys, stub } = await setUp(t, async (texts) => {
    arrived.resolve()
    await go.promise
    return texts.map(() => undefined)
  })
  const ids = Array.from({ length: 40 }, (_, n) => `n-${n}`)
  for (const id of ids) await spill(id, lines(id))

  const { child, ended, stderr } = replay('spill/')
  await arrived.promise
  child.kill('SIGINT')
  while (!stderr().includes('SIGINT')) await once(child.stderr, 'data')
  // npm and the terminal pass the same one on.
  child.kill('SIGINT')
  go.resolve()
  const { code, stdout } = await ended
  t.equal(code, 130)
  const [, put] = /^objects put back +(\d+)$/m.exec(stdout) ?? []
  const [, left] = /^objects left in place +(\d+)$/m.exec(stdout) ?? []
  t.ok(Number(put) > 0 && Number(left) > 0, `${put} put back, ${left} left`)
  t.equal((await keys('spill/')).length, Number(left))

  t.match(await replay('spill/').ended, { code: 0 })
  t.same(
    stub
      .clicks()
      .map(({ requestid }) => requestid)
      .sort(),
    ids.sort(),
    'each once',
  )
  t.equal((await keys('replayed/')).length, 40)
})

t.test('command – killed at any moment, every object is in one place and no click is lost', async (t) => {
  const { replay, spill, keys, stub } = await setUp(t)
  const ids = Array.from({ length: 150 }, (_, n) => `n-${n}`)
  for (const id of ids) await spill(id, lines(id))
  for (let puts = 1; (await keys('spill/')).length > 60; puts += 1) {
    const { child, ended } = replay('spill/')
    while (stub.calls.length < puts * 5 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill('SIGKILL')
    await ended
    const found = new Set((await keys()).map((key) => key.replace('replayed/', '')))
    t.equal(found.size, 150, `${(await keys('spill/')).length} are left`)
  }
  t.match(await replay('spill/').ended, { code: 0 })
  t.same([...new Set(stub.clicks().map(({ requestid }) => requestid))].sort(), ids.sort())
  t.same(await keys('spill/'), [])
  t.equal((await keys('replayed/')).length, 150)
})
