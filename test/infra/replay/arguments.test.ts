import t from 'tap'
import { readArguments, UsageError } from '../../../infra/replay/arguments.ts'

t.test('arguments – the pipeline of this machine, or a deployment', async (t) => {
  t.same(readArguments(['spill/']), {
    prefix: 'spill/',
    source: 'spill/',
    since: undefined,
    dryRun: false,
    cloud: undefined,
  })
  t.same(readArguments(['errors/processing-failed/dt=2026-01-31/', '--dry-run', '--bucket', 'b', '--stream=s']), {
    prefix: 'errors/processing-failed/dt=2026-01-31/',
    source: 'errors/processing-failed/',
    since: undefined,
    dryRun: true,
    cloud: { bucket: 'b', stream: 's' },
  })
  t.equal(readArguments(['--help']), undefined)
})

t.test('arguments – a source without its slash is the source', async (t) => {
  t.match(readArguments(['spill']), { prefix: 'spill/' })
  t.match(readArguments(['errors/format-conversion-failed']), { prefix: 'errors/format-conversion-failed/' })
  t.match(readArguments(['spill/dt=2026-01']), { prefix: 'spill/dt=2026-01' }, 'and what is below it is left as it is')
})

t.test('arguments – since is a time, UTC where it does not say', async (t) => {
  for (const [text, time] of [
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:30', '2026-01-31T12:30:00.000Z'],
    ['2026-01-31T12:30:00+02:00', '2026-01-31T10:30:00.000Z'],
  ] as const) {
    t.equal(readArguments(['spill/', '--since', text])?.since?.toISOString(), time)
  }
})

t.test('arguments – what makes no replay is told, with the usage', async (t) => {
  const where = /spill\/, errors\/processing-failed\/, errors\/format-conversion-failed\//
  for (const [args, message] of [
    [[], /^Name one prefix\./],
    [['spill/', 'errors/'], /^Name one prefix\./],
    [[''], where],
    [['errors/'], where],
    [['spillover/'], where],
    [['clicks/'], where],
    [['replayed/spill/'], where],
    [['s3://bucket/spill/'], where],
    [['spill/', '--bucket', 'b'], /go together/],
    [['spill/', '--stream', 's'], /go together/],
    [['spill/', '--bucket', '', '--stream', ''], /go together/],
    [['spill/', '--since', 'yesterday'], /--since .* not "yesterday"/],
    [['spill/', '--since', '2026-02-30'], /--since/],
    [['spill/', '--force'], /--force/],
  ] as const) {
    try {
      readArguments(args)
      t.fail(`taken: ${args.join(' ')}`)
    } catch (error) {
      t.ok(error instanceof UsageError)
      t.match((error as Error).message, message)
      t.match((error as Error).message, /\n\nUsage: npm run replay -- <prefix>/)
    }
  }
})
