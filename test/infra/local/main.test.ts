/** The main job, as the README tells it: one process, the two older systems' samples, the lake and the table. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import t, { type Test } from 'tap'
import { click, JSON_TYPE, SAMPLE } from '../../helpers/app.ts'
import { freePorts } from '../../helpers/ports.ts'

const KEY = { authorization: 'ALLOW=ORDERAPP' }
const NAMES = ['PORT', 'LOCAL_FIREHOSE_PORT', 'LOCAL_S3_PORT', 'LOCAL_DYNAMODB_PORT'] as const

interface Machine {
  readonly process: ChildProcess
  readonly url: string
  readonly dynamodbUrl: string
  readonly env: Record<string, string>
  /** What it printed so far. */
  output(): string
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  query(sql: string): Promise<Record<string, unknown>[]>
  /** Asks until the rows are there. */
  queryUntil(sql: string, count: number): Promise<Record<string, unknown>[]>
}

async function environment(dataDir: string): Promise<Record<string, string>> {
  const ports = await freePorts(NAMES.length)
  return {
    PATH: process.env.PATH ?? '',
    DATA_DIR: dataDir,
    LOCAL_BUFFER_SECONDS: '1',
    ...Object.fromEntries(NAMES.map((name, index) => [name, String(ports[index])])),
  }
}

function spawnMain(t: Test, env: Record<string, string>) {
  const child = spawn(process.execPath, ['infra/local/main.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk))
  return { child, output: () => output }
}

async function startMain(t: Test, env: Record<string, string>): Promise<Machine> {
  const { child, output } = spawnMain(t, env)
  while (!output().includes('Clicklake listens on')) {
    if (child.exitCode !== null) throw new Error(`it ended: ${output()}`)
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'exit')])
  }
  const url = `http://localhost:${env.PORT}`
  const query = async (sql: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['infra/local/query.ts', '--json', sql], { env })
    return JSON.parse(stdout) as Record<string, unknown>[]
  }
  return {
    process: child,
    url,
    dynamodbUrl: `http://localhost:${env.LOCAL_DYNAMODB_PORT}`,
    env,
    output,
    post: (body, headers = {}) =>
      fetch(`${url}/clicklogger`, {
        method: 'POST',
        headers: { ...KEY, ...JSON_TYPE, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    query,
    async queryUntil(sql, count) {
      for (let tries = 0; ; tries += 1) {
        const rows = await query(sql)
        if (rows.length >= count || tries === 20) return rows
        await sleep(250)
      }
    },
  }
}

t.test('one machine – both older systems’ samples, through the lake and the table', async (t) => {
  const dataDir = t.testdir()
  const machine = await startMain(t, await environment(dataDir))
  t.match(machine.output(), new RegExp(`Clicklake listens on ${machine.env.PORT}`))

  const samples = machine.output().match(/^ {2}curl .*$/gm) ?? []
  t.equal(samples.length, 2, 'start-up prints two lines to try')
  for (const sample of samples) {
    const { stdout } = await promisify(execFile)('sh', ['-c', `${sample} -s`])
    t.equal(stdout, '{"status":"OK"}', 'and they work')
  }
  t.same(await (await machine.post(SAMPLE)).json(), { status: 'OK' })
  const view = await fetch(`${machine.url}/clicks`, {
    method: 'PUT',
    headers: { origin: 'http://localhost:3000', ...JSON_TYPE },
    body: '{"userId":"guest","mysfitId":"m-02"}',
  })
  t.equal(view.status, 200)
  t.equal(view.headers.get('access-control-allow-origin'), 'http://localhost:3000')
  t.match(await (await machine.post([click({ requestid: '1' }), {}, click({ requestid: '2' })])).json(), {
    status: 'PARTIAL',
    results: [{ status: 'ok' }, { status: 'rejected' }, { status: 'ok' }],
  })

  const rows = await machine.queryUntil(
    'select requestid, contextid, component, userid, itemid, attributes from clicks',
    6,
  )
  t.equal(rows.length, 6)
  t.match(
    rows.find(({ requestid }) => requestid === SAMPLE.requestid),
    { component: 'login', userid: 'GUEST', attributes: null },
  )
  for (const itemid of ['m-01', 'm-02']) {
    const { attributes } = rows.find((row) => row.itemid === itemid) ?? {}
    t.match(attributes, { goodevil: /Good|Neutral|Evil/, lawchaos: /Lawful|Neutral|Chaotic/, species: String }, itemid)
  }

  const dynamo = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: machine.dynamodbUrl,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
  t.teardown(() => dynamo.destroy())
  for (const { requestid, contextid } of rows) {
    const { Items } = await dynamo.send(
      new QueryCommand({
        TableName: 'clicks',
        KeyConditionExpression: 'contextid = :c and requestid = :r',
        ExpressionAttributeValues: { ':c': { S: String(contextid) }, ':r': { S: String(requestid) } },
      }),
    )
    t.equal(Items?.length, 1, `${requestid} is in the table`)
  }

  const files = (await readdir(join(dataDir, 'lake/clicks'), { recursive: true })).filter((name) =>
    name.endsWith('.parquet'),
  )
  t.match(files[0], /^dt=\d{4}-\d\d-\d\d\/hour=\d\d\//)
  const read = await Promise.all(
    files.map(async (name) => {
      const bytes = await readFile(join(dataDir, 'lake/clicks', name))
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
      return parquetReadObjects({ file, compressors })
    }),
  )
  t.same(
    read
      .flat()
      .map(({ requestid }) => requestid)
      .sort(),
    rows.map(({ requestid }) => requestid).sort(),
    'a reader that did not write the files reads the same',
  )
  t.ok(
    read.flat().every(({ receivedat }) => receivedat instanceof Date),
    'times are times',
  )

  t.equal((await fetch(`${machine.url}/mysfits/m-12`)).status, 200)
  const page = await fetch(`${machine.url}/docs`)
  t.equal(page.status, 200)
  t.match(await page.text(), /swagger-ui/)

  machine.process.kill('SIGTERM')
  const [code] = await once(machine.process, 'exit')
  t.equal(code, 0)
})

t.test('one machine – killed right after an answer, the click is in the lake after the next start', async (t) => {
  const env = await environment(t.testdir())
  const first = await startMain(t, { ...env, LOCAL_BUFFER_SECONDS: '900' })
  t.equal((await first.post(SAMPLE)).status, 200)
  first.process.kill('SIGKILL')
  await once(first.process, 'exit')
  const second = await startMain(t, env)
  const [row] = await second.queryUntil('select requestid from clicks_raw', 1)
  t.same(row, { requestid: SAMPLE.requestid })
  await sleep(1500) // Longer than a buffer: a second copy would have come by now.
  t.equal((await second.query('select requestid from clicks_raw')).length, 1, 'once')
})

t.test('one machine – stopped, every answered click is in the lake', async (t) => {
  const env = await environment(t.testdir())
  const machine = await startMain(t, { ...env, LOCAL_BUFFER_SECONDS: '900' })
  const ids = Array.from({ length: 200 }, (_, n) => `r-${n}`)
  const statuses = await Promise.all(ids.map(async (requestid) => (await machine.post(click({ requestid }))).status))
  t.ok(statuses.every((status) => status === 200))
  machine.process.kill('SIGTERM')
  const [code] = await once(machine.process, 'exit')
  t.equal(code, 0)
  t.same(await machine.query('select count(*) as n from clicks'), [{ n: 200 }])
})

t.test('one machine – a data folder in use, or a port taken, is one clear line and exit 1', async (t) => {
  const dir = t.testdir({ used: {}, free: {} })
  const env = await environment(join(dir, 'used'))
  await startMain(t, env)
  const others = await environment(join(dir, 'used'))
  const cases: [Record<string, string>, RegExp][] = [
    [others, /^clicklake: .*in use.*\n$/m],
    ...NAMES.map((name): [Record<string, string>, RegExp] => [
      { ...others, DATA_DIR: join(dir, 'free'), [name]: env[name] as string },
      new RegExp(`^clicklake: .*EADDRINUSE.*${env[name]}\\n$`, 'm'),
    ]),
    [{ ...others, LOCAL_BUFFER_SECONDS: 'x' }, /^clicklake: LOCAL_BUFFER_SECONDS must be integer/m],
  ]
  for (const [wrong, line] of cases) {
    const { child, output } = spawnMain(t, wrong)
    const [code] = await once(child, 'close')
    t.equal(code, 1)
    t.match(output(), line)
    t.notMatch(output(), /^ +at /m, 'no stack')
  }
})
