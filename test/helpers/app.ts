import { Writable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createApp } from '../../service/app.ts'
import type { Click } from '../../service/click.ts'
import { loadConfig } from '../../service/config.ts'
import { type Behave, type FirehoseStub, startFirehoseStub } from './firehose-stub.ts'

/** The older click logger's sample. */
export const SAMPLE: Click = {
  requestid: 'OAP-guid-05122020-1345-12345-678910',
  contextid: 'OAP-guid-05122020-1345-1234-5678',
  callerid: 'OrderingApplication',
  component: 'login',
  action: 'click',
  type: 'webpage',
}

export const KEY = { authorization: 'ALLOW=a-secret-key' }
export const ORIGIN = { origin: 'https://shop.example' }
export const JSON_TYPE = { 'content-type': 'application/json' }

/** The sample with other values; `undefined` leaves a key out. */
export const click = (changes: Record<string, unknown> = {}) =>
  Object.fromEntries(Object.entries({ ...SAMPLE, ...changes }).filter(([, value]) => value !== undefined))

export interface TestApp {
  readonly app: FastifyInstance
  readonly stub: FirehoseStub
  /** Lines logged so far. */
  readonly log: Record<string, unknown>[]
}

/** The app against a Firehose stub, with a client `SHOP` and the origin `https://shop.example`. Closed with the test. */
export async function createTestApp(
  t: Test,
  env: NodeJS.ProcessEnv = {},
  behave?: Behave,
  s3?: S3Client,
): Promise<TestApp> {
  const stub = await startFirehoseStub(t, behave)
  const log: Record<string, unknown>[] = []
  const logStream = new Writable({
    write(line, _encoding, done) {
      log.push(JSON.parse(line))
      done()
    },
  })
  const config = loadConfig({
    DELIVERY_STREAM: 'clicks',
    CLIENTS: '{"SHOP":"a-secret-key"}',
    ALLOWED_ORIGINS: 'https://shop.example',
    LOG_LEVEL: 'debug',
    ...env,
  })
  const app = await createApp(config, { firehose: stub.client(), s3, logStream })
  t.teardown(() => app.close())
  await app.ready()
  return { app, stub, log }
}
