/** The command, as a child process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { createTestApp } from '../../helpers/app.ts'
import { startServer } from './support.ts'

function start(t: Test, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['infra/load/main.ts', ...args], { env: { PATH: process.env.PATH, ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr }))
  return { child, ended }
}

const SHORT = ['--duration', '1', '--rate', '40', '--connections', '20']

t.test('command – what a service takes, for people and for programs', async (t) => {
  const { app, stub } = await createTestApp(t, { LOG_LEVEL: 'silent' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const CLICKLAKE_KEY = 'a-secret-key'
  const [people, programs] = await Promise.all([
    start(t, [url, '--origin', 'https://shop.example', ...SHORT]).ended,
    start(t, [url, ...SHORT, '--clicks', '5', '--json'], { CLICKLAKE_KEY }).ended,
  ])
  t.match(people, { code: 0, stdout: /^requests sent +\d+ {2}[\d.]+ a second, in 1 s\nclicks sent/ })
  t.match(people.stderr, /\/clicks with the origin https:\/\/shop\.example\n1 s, 40 requests a second, 20 connections/)
  t.equal(programs.code, 0)
  const summary = JSON.parse(programs.stdout)
  t.match(summary, { url: `${url}/clicklogger`, passed: true, asked: { clicks: 5 }, answers: [{ kind: '200 OK' }] })
  t.equal(summary.clicks.accepted, summary.requests.sent * 5)
  t.notMatch(programs.stdout + programs.stderr, /a-secret-key/)
  t.equal(stub.clicks().length, summary.clicks.accepted + Number(/accepted +(\d+)/.exec(people.stdout)?.[1]))
})

t.test('command – answers that are not all 200 OK', async (t) => {
  const error = (statusCode: number, code: string) => (response: ServerResponse) =>
    response.writeHead(statusCode).end(JSON.stringify({ statusCode, code, error: '-', message: 'Why.' }))
  let served = 0
  const partly = (response: ServerResponse, body: string) => {
    const [first, second] = JSON.parse(body) as { requestid: string }[]
    const results = [
      { requestid: first?.requestid, status: 'ok' },
      { requestid: second?.requestid, status: 'retry', reason: 'the buffer is full' },
    ]
    response.end(JSON.stringify({ status: 'PARTIAL', results }))
  }
  const everyOther = (response: ServerResponse) => {
    served += 1
    if (served % 2 === 0) response.end('{"status":"OK"}')
    else error(429, 'CLK_TOO_MANY_REQUESTS')(response)
  }
  const cases: [answer: Parameters<typeof startServer>[1], args: string[], code: number, said: RegExp][] = [
    [partly, ['--clicks', '2'], 0, /^200 PARTIAL: the buffer is full$/m],
    [everyOther, [], 0, /^429 CLK_TOO_MANY_REQUESTS: Why\.$/m],
    [error(503, 'CLK_NOT_DELIVERED'), [], 1, /^ {2}refused +[1-9]/m],
    [error(401, 'CLK_UNKNOWN_KEY'), [], 1, /^401 CLK_UNKNOWN_KEY: Why\.$/m],
    [(response) => response.end('<html>hello</html>'), [], 1, /^warning: \d+ answers are not Clicklake's/m],
  ]
  await Promise.all(
    cases.map(async ([answer, args, code, said]) => {
      const url = await startServer(t, answer)
      t.match(await start(t, [url, ...SHORT, ...args]).ended, {
        code,
        stdout: said,
        stderr: /the origin http:\/\/localhost:3000, which the pipeline of this machine allows\n/,
      })
    }),
  )
})

t.test('command – where nothing listens there is one line', async (t) => {
  const { code, stdout, stderr } = await start(t, ['http://127.0.0.1:9']).ended
  t.same([code, stdout], [1, ''])
  t.match(stderr, /^clicklake: no connection to http:\/\/127\.0\.0\.1:9\/clicks \(.+\)\n$/)
})

t.test('command – Ctrl-C ends a run early, with its summary', async (t) => {
  const sending = Promise.withResolvers<void>()
  const url = await startServer(t, (response) => {
    sending.resolve()
    response.end('{"status":"OK"}')
  })
  const { child, ended } = start(t, [url, '--duration', '600', '--rate', '10'])
  await sending.promise
  child.kill('SIGINT')
  // npm and the terminal pass the same one on.
  child.kill('SIGINT')
  t.match(await ended, { code: 0, stdout: /^ {2}accepted +[1-9]/m, stderr: /SIGINT: waiting for answers/ })
})

t.test('command – a second Ctrl-C ends a run whose answers do not come', async (t) => {
  const sending = Promise.withResolvers<void>()
  const url = await startServer(t, () => sending.resolve())
  const { child, ended } = start(t, [url, '--duration', '600', '--rate', '10'])
  await sending.promise
  child.kill('SIGINT')
  const again = setInterval(() => child.kill('SIGINT'), 1050)
  t.teardown(() => clearInterval(again))
  t.match(await ended, { code: 130, stdout: '' })
})

t.test('command – wrong usage exits 2, and help does not', async (t) => {
  const [wrong, help] = await Promise.all([start(t, []).ended, start(t, ['--help']).ended])
  t.match(wrong, { code: 2, stdout: '', stderr: /^Name one <url>\.\n\nUsage: npm run load/ })
  t.match(help, { code: 0, stdout: /^Usage: npm run load/, stderr: '' })
})
