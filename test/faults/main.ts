/**
 * Faults on every way that a click goes, and after each the same question: is every click that was answered ok where
 * it is safe? One row a case; exit 1 if any failed. Arguments: parts of names of the cases to run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Case, judge, Skipped } from './case.ts'
import answers from './cases/answers.ts'
import clients from './cases/clients.ts'
import lake from './cases/lake.ts'
import machine from './cases/machine.ts'
import outages from './cases/outages.ts'
import processes from './cases/processes.ts'
import { seedOf } from './random.ts'
import { format, formatSkipped, head } from './table.ts'

/** A case that takes longer hangs. */
const CASE_MS = 150_000

const print = (text: string) => void process.stdout.write(`${text}\n`)

const wanted = process.argv.slice(2)
const cases: readonly Case[] = [...clients, ...answers, ...processes, ...machine, ...lake, ...outages].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)
const failed: string[] = []

async function run({ name, run }: Case, number: number): Promise<void> {
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  await using scope = new AsyncDisposableStack()
  const late = new AbortController()
  scope.defer(() => late.abort())
  try {
    const outcome = await Promise.race([
      run({ scope, seed: seedOf(name), prefix: `case${number}` }),
      sleep(CASE_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error(`it took longer than ${CASE_MS / 1000} s`)
      }),
    ])
    const row = judge(name, outcome, seconds())
    if (row.problems.length > 0) failed.push(name)
    print(format(row))
  } catch (error) {
    if (error instanceof Skipped) print(formatSkipped(name, error.message))
    else {
      failed.push(name)
      print(`${name}\n  FAILED: ${(error as Error).stack}`)
    }
  }
}

async function runAll(some: readonly Case[]): Promise<void> {
  for (const each of some) await run(each, cases.indexOf(each))
}

// Children and mounts are undone by handlers of the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const started = performance.now()
print(head())
await Promise.all([
  runAll(cases.filter(({ patient }) => !patient)),
  // They wait more than they work, so they wait at the same time.
  ...cases.filter(({ patient }) => patient).map((each) => runAll([each])),
])
const seconds = Math.round((performance.now() - started) / 1000)
print(`${cases.length} cases in ${seconds} s, ${failed.length === 0 ? 'none failed' : `failed: ${failed.join('; ')}`}`)
process.exitCode = failed.length === 0 ? 0 : 1
