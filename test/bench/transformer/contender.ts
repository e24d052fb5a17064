/**
 * A contender in a process of its own, so that its CPU time is its own. Its parent asks for a round with any message,
 * and gets what the round took.
 *
 * Arguments: `older` and the clicks of an invocation, or a module with a handler; and invocations a round.
 */

import type { Transformer } from '../../../infra/lambda/transform.ts'
import { TRANSFORMER_ENV } from '../../../infra/pipeline.ts'
import { createPacked, createSingle } from './events.ts'
import { createOlder } from './older.ts'

/** What a contender tells of a round. */
export interface Round {
  readonly clicks: number
  readonly seconds: number
  /** Of all its threads. */
  readonly cpuSeconds: number
}

const [module = '', invocations = '1', clicks = '1'] = process.argv.slice(2)
const older = module === 'older'
const create = older ? createSingle(Number(clicks)) : createPacked()
const handler: Transformer = older
  ? createOlder(process.env[TRANSFORMER_ENV.table] ?? '', Number(process.env[TRANSFORMER_ENV.retentionDays]))
  : (await import(module)).handler

async function round(): Promise<Round> {
  const work = Array.from({ length: Number(invocations) }, create)
  const cpu = process.cpuUsage()
  const started = performance.now()
  // One after the other, as Firehose calls one environment of a Lambda.
  for (const { event } of work) {
    const { records } = await handler(event)
    const failed = records.filter(({ result }) => result !== 'Ok').length
    if (failed > 0 || records.length !== event.records.length) throw new Error(`${failed} records failed`)
  }
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { clicks: work.reduce((sum, { clicks }) => sum + clicks, 0), seconds, cpuSeconds: (user + system) / 1e6 }
}

process.on('message', async () => process.send?.(await round()))
process.on('disconnect', () => process.exit())
