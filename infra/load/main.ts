/** `npm run load -- <url>`: how many clicks a running Clicklake takes, and how fast. See USAGE. */
import { type Arguments, LOCAL_ORIGIN, readArguments, USAGE, UsageError } from './arguments.ts'
import { run } from './run.ts'
import { format, number, summarise } from './summary.ts'
import { Tally } from './tally.ts'

const EXIT = { passed: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** npm, a shell and a terminal pass one Ctrl-C on more than once. */
const SAME_SIGNAL_MS = 1000

const REACH_MS = 10_000

/** Takes the place of the progress on a terminal. */
const CLEAR = process.stderr.isTTY ? '\r\x1b[K' : ''

try {
  const args = readArguments(process.argv.slice(2), process.env.CLICKLAKE_KEY)
  if (args === undefined) process.stdout.write(USAGE)
  else process.exitCode = await main(args)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(error.message)
  process.exitCode = EXIT.usage
}

async function main(args: Arguments): Promise<number> {
  const failure = await reach(args.url)
  if (failure !== undefined) {
    process.stderr.write(`clicklake: no connection to ${args.url} (${failure})\n`)
    return EXIT.failed
  }
  process.stderr.write(describe(args))
  const tally = new Tally(args.clicks)
  const stopReporting = report(tally)
  const before = performance.eventLoopUtilization()
  const seconds = await run({ ...args, signal: interrupted() }, tally)
  const { utilization } = performance.eventLoopUtilization(before)
  stopReporting()
  const summary = summarise(args, tally, seconds, utilization)
  process.stdout.write(args.json ? `${JSON.stringify(summary)}\n` : format(summary))
  return summary.passed ? EXIT.passed : EXIT.failed
}

/**
 * Whether something is there, and has a good certificate: autocannon checks none, and sends the key.
 *
 * @returns why not: a code such as ECONNREFUSED
 */
async function reach(url: string): Promise<string | undefined> {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) })
    return undefined
  } catch (error) {
    const { name, cause } = error as Error
    return (cause as NodeJS.ErrnoException | undefined)?.code ?? name
  }
}

function describe({ url, sender, rate, connections, seconds, clicks, gzip }: Arguments): string {
  const as = 'key' in sender ? 'a key' : `the origin ${sender.origin}`
  const why = 'origin' in sender && sender.origin === LOCAL_ORIGIN ? ', which the pipeline of this machine allows' : ''
  const speed = rate === undefined ? 'as fast as answers come' : `${number(rate)} requests a second`
  const size = clicks === 1 ? '1 click' : `${number(clicks)} clicks`
  return `POST ${url} with ${as}${why}
${number(seconds)} s, ${speed}, ${number(connections)} connections, ${size} in a request${gzip ? ', gzip' : ''}
`
}

/** Shows how far it is: in place once a second on a terminal, as a line every five seconds in a log. */
function report(tally: Tally): () => void {
  const { stderr } = process
  const started = performance.now()
  const timer = setInterval(
    () => {
      const { accepted, refused, rejected, failed, lost } = tally.clicks
      const seconds = number(Math.round((performance.now() - started) / 1000))
      const bad = number(rejected + failed + lost)
      const line = `${seconds} s: ${number(accepted)} clicks accepted, ${number(refused)} refused, ${bad} rejected, failed or lost; ${number(tally.sent - tally.ended)} requests wait`
      stderr.write(stderr.isTTY ? `${CLEAR}${line}` : `${line}\n`)
    },
    stderr.isTTY ? 1000 : 5000,
  )
  return () => {
    clearInterval(timer)
    stderr.write(CLEAR)
  }
}

/** The first signal ends the run, which waits for answers and sums up; a later one ends the process at once. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  let first: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === undefined) {
        first = now
        process.stderr.write(`${CLEAR}clicklake: ${signal}: waiting for answers. Again to exit at once.\n`)
        controller.abort()
      } else if (now - first > SAME_SIGNAL_MS) process.exit(EXIT.interrupted)
    })
  }
  return controller.signal
}
