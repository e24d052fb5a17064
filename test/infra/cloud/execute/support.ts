import Fastify from 'fastify'
import type { Test } from 'tap'
import catalogue from '../../../../infra/local/catalogue.ts'
import { type Assembly, synthesize } from './assembly.ts'
import { ORIGIN } from './senders.ts'

/** Both stacks as a deployment with one origin and enrichment, whose catalogue is served until the test ends. */
export async function synthesizeForTest(t: Test): Promise<Assembly> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(catalogue)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return synthesize(t.testdir(), { origins: ORIGIN, enrichmentUrl: `${url}/mysfits/{itemid}` })
}
