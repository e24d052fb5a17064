import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import type { AuthorizerEvent } from '../../../infra/lambda/authorize.ts'
import { AUTHORIZER_ENV } from '../../../infra/lambda/authorizer-env.ts'

const run = promisify(execFile)

async function bundle(t: Test): Promise<string> {
  const outfile = join(t.testdir(), 'index.mjs')
  await build({
    ...{ entryPoints: ['infra/lambda/authorizer.ts'], outfile, bundle: true, minify: true },
    ...{ platform: 'node', target: 'node24', format: 'esm', logLevel: 'error' },
    // What the SDK still requires has no `require` in an ES module.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  return outfile
}

/** Runs the bundle in a process of its own, as far from this checkout as Lambda is. @returns the lines that it wrote */
async function invoke(file: string, env: NodeJS.ProcessEnv, events: AuthorizerEvent[]): Promise<unknown[]> {
  const script = `
    const { handler } = await import(${JSON.stringify(file)})
    for (const event of ${JSON.stringify(events)})
      console.log(JSON.stringify(await handler(event).catch(({ name, message }) => ({ name, message }))))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A Secrets Manager that answers as told. */
async function startSecretsManager(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-abcdef'
const environment = (endpoint: string) => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  [AUTHORIZER_ENV.secret]: SECRET,
  [AUTHORIZER_ENV.origins]: 'https://shop.example',
})

const byKey = (key: string) => ({ routeKey: 'POST /clicklogger', headers: { authorization: `ALLOW=${key}` } })
const byOrigin = { routeKey: 'PUT /clicks', headers: { origin: 'https://shop.example' } }
const siteAnswer = { isAuthorized: true, context: { client: 'https://shop.example' } }
const unavailable = { name: 'KeysUnavailable', message: 'The keys cannot be read' }

t.test('authorizer – its bundle is small and runs by itself', async (t) => {
  const calls: unknown[] = []
  const endpoint = await startSecretsManager(t, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    calls.push([request.headers['x-amz-target'], JSON.parse(Buffer.concat(chunks).toString())])
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ Name: 'keys', SecretString: '{"SHOP":"hunter2"}' }))
  })
  const file = await bundle(t)
  const bytes = statSync(file).size
  t.ok(bytes < 600_000, `${bytes} bytes`)

  const answers = await invoke(file, environment(endpoint), [byOrigin, byKey('hunter2'), byKey('wrong')])
  t.strictSame(answers, [siteAnswer, { isAuthorized: true, context: { client: 'SHOP' } }, { isAuthorized: false }])
  t.same(calls, [['secretsmanager.GetSecretValue', { SecretId: SECRET }]], 'one read')
})

t.test(
  'authorizer – a Secrets Manager that fails, lies or hangs costs applications a bounded time, browsers nothing',
  async (t) => {
    const file = await bundle(t)
    const json =
      (status: number, body: unknown): RequestListener =>
      (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      }
    const faults: [reason: RegExp, RequestListener][] = [
      [/cannot be read: AccessDeniedException/, json(400, { __type: 'AccessDeniedException', message: 'hunter2' })],
      [/cannot be read: SyntaxError/, json(200, '{"SecretString":"hunter2')],
      [/is not JSON/, json(200, { SecretBinary: 'aHVudGVyMg==' })],
      [/is not JSON/, json(200, { SecretString: 'hunter2' })],
      [/cannot be read: TimeoutError/, () => {}],
    ]
    await Promise.all(
      faults.map(async ([reason, listener]) => {
        const endpoint = await startSecretsManager(t, listener)
        const lines = await invoke(file, environment(endpoint), [byKey('hunter2'), byOrigin])
        t.match(lines, [{ level: 'error', message: reason, keysAgeMs: null }, unavailable, siteAnswer], String(reason))
        t.notMatch(JSON.stringify(lines), /hunter2/)
      }),
    )
  },
)

t.test('authorizer – says at its start what its environment lacks', async (t) => {
  const file = await bundle(t)
  const env = environment('http://127.0.0.1:1')
  await t.rejects(invoke(file, { ...env, [AUTHORIZER_ENV.secret]: '' }, []), /needs KEYS_SECRET_ARN in its environment/)
  await t.rejects(invoke(file, { ...env, [AUTHORIZER_ENV.origins]: '*' }, []), /ALLOWED_ORIGINS has "\*", which is no/)
  t.strictSame(await invoke(file, { ...env, [AUTHORIZER_ENV.origins]: '' }, [byOrigin]), [{ isAuthorized: false }])
})
