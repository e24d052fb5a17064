import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import type { FirehoseTransformationResult } from '../../../infra/lambda/firehose-event.ts'
import { TRANSFORMER_ENV } from '../../../infra/pipeline.ts'
import { event, record } from './support.ts'

const MIB = 1024 * 1024

async function bundle(t: Test): Promise<string> {
  const outfile = join(t.testdir(), 'index.mjs')
  await build({
    ...{ entryPoints: ['infra/lambda/transformer.ts'], outfile, bundle: true, minify: true },
    ...{ platform: 'node', target: 'node24', format: 'esm', logLevel: 'error' },
    // What the SDK still requires has no `require` in an ES module.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  return outfile
}

/** Runs the bundle in a process of its own, as far from this checkout as Lambda is. */
function invoke(file: string, env: NodeJS.ProcessEnv): string {
  const script = `
    const { handler } = await import(${JSON.stringify(file)})
    console.log(JSON.stringify(await handler(${JSON.stringify(event(record('1', '')))})))`
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8', stdio: 'pipe' })
}

const ENV = {
  AWS_REGION: 'us-east-1',
  [TRANSFORMER_ENV.table]: 'clicks',
  [TRANSFORMER_ENV.bucket]: 'lake',
  [TRANSFORMER_ENV.retentionDays]: '90',
}

t.test('transformer – its bundle is small and runs by itself', async (t) => {
  const file = await bundle(t)
  const bytes = statSync(file).size
  t.ok(bytes <= MIB, `${bytes} bytes`)

  const [summary = '', answer = ''] = invoke(file, ENV).trim().split('\n')
  t.match(JSON.parse(summary), { invocationId: 'invocation', records: 1, results: { Dropped: 1 } })
  const result: FirehoseTransformationResult = JSON.parse(answer)
  t.match(result.records, [{ recordId: '1', result: 'Dropped' }])
})

t.test('transformer – says at its start what its environment lacks', async (t) => {
  const file = await bundle(t)
  t.throws(() => invoke(file, { ...ENV, [TRANSFORMER_ENV.table]: '' }), /needs TABLE_NAME in its environment/)
  t.throws(() => invoke(file, { ...ENV, [TRANSFORMER_ENV.retentionDays]: 'x' }), /retentionDays must be/)
  t.throws(() => invoke(file, { ...ENV, [TRANSFORMER_ENV.enrichmentUrl]: 'http://c.example/' }), /must have \{itemid\}/)
})
