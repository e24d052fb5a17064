/**
 * `npm run test:browser`: the tracker, the demo site and the live view in a real Chromium, against the real pipeline.
 * One line a case; exit 1 if any failed, or if there is no Chromium: nothing is skipped.
 * Arguments: parts of names of the cases to run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from './case.ts'
import { liveView } from './cases/live.ts'
import { demoSite } from './cases/site.ts'
import { trackerFaults } from './cases/tracker-faults.ts'
import { trackerPages } from './cases/tracker-pages.ts'
import { trackerPrivacy } from './cases/tracker-privacy.ts'
import { trackerVisits } from './cases/tracker-visits.ts'
import { launchChromium } from './chromium.ts'
import { type Machine, startMachine } from './machine.ts'

/** A case that takes longer hangs. */
const CASE_MS = 120_000

const print = (text: string) => void process.stdout.write(`${text}\n`)

const all: readonly Case[] = [
  ...trackerVisits,
  ...trackerFaults,
  ...trackerPages,
  ...trackerPrivacy,
  ...demoSite,
  ...liveView,
]
const wanted = process.argv.slice(2)
const cases = all.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
if (cases.length === 0) {
  process.stderr.write(`no case has ${wanted.join(' or ')} in its name\n`)
  process.exit(2)
}

// Children are ended by a handler of the exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const browser = await launchChromium()
const suite = new AsyncDisposableStack()
let shared: Promise<Machine> | undefined
const machine = () => {
  shared ??= startMachine(suite)
  return shared
}
const failed: string[] = []
const started = performance.now()
for (const { name, run } of cases) {
  const began = performance.now()
  await using scope = new AsyncDisposableStack()
  const late = new AbortController()
  scope.defer(() => late.abort())
  try {
    await Promise.race([
      run({ browser, scope, machine }),
      sleep(CASE_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error(`it took longer than ${CASE_MS / 1000} s`)
      }),
    ])
    print(`ok      ${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${name}`)
  } catch (error) {
    failed.push(name)
    print(`FAILED  ${name}\n  ${(error as Error).stack}`)
  }
}
await suite.disposeAsync()
await browser.close()
const seconds = Math.round((performance.now() - started) / 1000)
print(`${cases.length} cases in ${seconds} s, ${failed.length === 0 ? 'none failed' : `failed: ${failed.join('; ')}`}`)
process.exitCode = failed.length === 0 ? 0 : 1
