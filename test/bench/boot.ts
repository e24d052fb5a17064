/** How long the production bundle takes from the start of its process to its first click answered 200. */
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from './child.ts'
import { APPLICATION, environment, SERVICE } from './contenders.ts'

/** How often a process that does not listen yet is asked. */
const RETRY_MS = 2

/** @returns seconds */
export async function boot(firehose: string, click: string): Promise<number> {
  const began = performance.now()
  await using service = await launch(SERVICE, environment(firehose), false)
  while ((await post(service.port, click)) !== 200) await sleep(RETRY_MS)
  return (performance.now() - began) / 1000
}

/** @returns the status, or undefined while nobody listens. Without `fetch`, whose first call alone takes longer. */
function post(port: number, body: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const { path, headers } = APPLICATION
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    sent.on('error', () => resolve(undefined))
    sent.end(body)
  })
}
