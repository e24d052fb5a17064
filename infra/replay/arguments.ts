/** The command line of replay. Pure. */
import { parseArgs } from 'node:util'
import { parseTime } from '../../service/click.ts'
import { SOURCES, type Source, sourceOf } from './source.ts'

export const USAGE = `Usage: npm run replay -- <prefix> [--dry-run] [--since <time>] [--bucket <name> --stream <name>]

Puts clicks back into the delivery stream, and moves each object to replayed/ when all its clicks were accepted.

  <prefix>    what to put back, one of these or below one of them:
                ${SOURCES.join('\n                ')}
  --dry-run   lists the objects and counts their clicks, and writes nothing
  --since     only objects that were last modified at or after this ISO 8601 date or time, UTC where it has no offset
  --bucket    where the objects are, and
  --stream    where their clicks go, as the AWS SDK is configured; without both, the pipeline of this machine

Lines that are no clicks go to rejected/ with their reason; so does what could not be converted, was replayed, and could
not be converted again. A run that ends early leaves what it has not moved: run it again. Clicks that it had put may be
put twice then, never twice in DynamoDB or, within one dt, in the view clicks.

Exit codes: 0 all is put back, 1 something is left in place, 2 wrong usage, 130 or 143 ended by SIGINT or SIGTERM.
`

/** The arguments are no replay; the message says what is wrong and how it is done. */
export class UsageError extends Error {
  constructor(what: string) {
    super(`${what}\n\n${USAGE}`)
  }
}

export interface Arguments {
  readonly prefix: string
  readonly source: Source
  readonly since: Date | undefined
  readonly dryRun: boolean
  /** Undefined: the pipeline of this machine. */
  readonly cloud: { readonly bucket: string; readonly stream: string } | undefined
}

/**
 * @param args without node and the script
 * @returns undefined when it is help that is wanted
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [prefix, ...more] = positionals
  if (prefix === undefined || more.length > 0) throw new UsageError('Name one prefix.')
  const source = sourceOf(prefix)
  if (source === undefined) {
    throw new UsageError(`The prefix must be or lie below ${SOURCES.join(', ')}, not ${JSON.stringify(prefix)}.`)
  }
  return {
    // `spill` is `spill/`.
    prefix: prefix.startsWith(source) ? prefix : source,
    source,
    since: readSince(values.since),
    dryRun: values['dry-run'],
    cloud: readCloud(values),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'dry-run': { type: 'boolean', default: false },
        since: { type: 'string' },
        bucket: { type: 'string' },
        stream: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function readSince(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = parseTime(text)
  if (time === undefined) {
    throw new UsageError(
      `--since must be an ISO 8601 date or time, such as 2026-01-31T12:00Z, not ${JSON.stringify(text)}.`,
    )
  }
  return new Date(time)
}

function readCloud({ bucket, stream }: { readonly bucket?: string; readonly stream?: string }): Arguments['cloud'] {
  if (bucket === undefined && stream === undefined) return undefined
  if (bucket && stream) return { bucket, stream }
  // A shell variable that is not set must not mean the pipeline of this machine.
  throw new UsageError('--bucket and --stream go together: objects of one deployment belong into its own stream.')
}
