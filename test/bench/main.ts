/**
 * `npm run bench`: how fast the service is, in ratios to servers that do less, all in one run. See USAGE.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { markdownTable } from 'markdown-table'
import { died } from './child.ts'
import { compare } from './compare.ts'
import { startStub } from './contenders.ts'
import { measureKinds } from './kinds.ts'
import { measureCurves, plot } from './plot.ts'
import { Failure, met, progress, type Section, TARGET_HEAD, type Table, type Target, targetRow } from './report.ts'
import { soak } from './soak.ts'

const USAGE = `Usage: npm run bench -- [--all] [--plot <file.svg>] [--json]
       npm run bench -- --soak [--minutes <n>] [--json]

Measures the production bundle against a bare node:http server and Fastify, with a Firehose whose puts take 20 ms.

  --all      then every kind of request, too: one to 500 clicks, lines, gzip, invalid ones, puts of 5 to 100 ms
  --plot     draws throughput and p99 against connections, too
  --soak     memory instead: ten minutes at full load, then 20 s without Firehose
  --minutes  of the soak, in place of ten
  --json     one JSON object in place of the tables

Exit codes: 0 every target is met, 1 one is not, a click was answered that Firehose does not
have, or a process died; 2 wrong usage.
`

function readArguments() {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      plot: { type: 'string' },
      soak: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const minutes = Number(values.minutes)
  if (!(minutes > 0)) throw new Error('--minutes must be a number over 0.')
  if (values.soak && (values.all || values.plot !== undefined)) throw new Error('--soak goes alone.')
  return { ...values, minutes }
}

async function measure({ all, plot: file, soak: soaking, minutes }: ReturnType<typeof readArguments>) {
  await using stub = await startStub()
  if (soaking) return [await soak(stub, minutes)]
  const sections: Section[] = [await compare(stub)]
  if (all) sections.push(await measureKinds(stub))
  if (file !== undefined) {
    writeFileSync(file, plot(await measureCurves(stub)))
    progress(`drawn: ${file}`)
  }
  return sections
}

function print(sections: readonly Section[], json: boolean): void {
  const targets = sections.flatMap((section) => section.targets)
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim()}, Node.js ${process.version}`
  if (json) {
    const judged = targets.map((target) => ({ ...target, met: met(target) }))
    const results = Object.fromEntries(sections.map(({ name, data }) => [name, data]))
    process.stdout.write(`${JSON.stringify({ machine, results, targets: judged })}\n`)
    return
  }
  const tables = sections.flatMap((section) => section.tables)
  process.stdout.write(`${[machine, ...tables.map(format), formatTargets(targets)].join('\n\n')}\n`)
}

function format({ title, head, rows }: Table): string {
  const align = head.map((_, column) => (column === 0 ? 'l' : 'r'))
  return `${title}\n\n${markdownTable([[...head], ...rows.map((row) => [...row])], { align })}`
}

const formatTargets = (targets: readonly Target[]) =>
  markdownTable([TARGET_HEAD, ...targets.map(targetRow)], { align: ['l', 'r', 'r', 'l'] })

let args: ReturnType<typeof readArguments>
try {
  args = readArguments()
  if (args.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
  process.exit(2)
}
// Children are killed by a handler of the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
try {
  const sections = await Promise.race([measure(args), died])
  print(sections, args.json)
  process.exitCode = sections.every(({ targets }) => targets.every(met)) ? 0 : 1
} catch (error) {
  if (!(error instanceof Failure)) throw error
  progress(`FAILED: ${error.message}`)
  process.exit(1)
}
