/**
 * Puts what was parked, or failed, back into the stream.
 *
 *     list ──> for each object:  read ──> lines ──> clicks ──> put ──> (all accepted) ──> move to replayed/
 *                                           └──> no clicks ──> rejected/ ────┘
 *
 * Invariant: an object is moved only after each of its clicks was accepted and each of its other lines is in
 * `rejected/`. Whatever ends a run, an object is in its place or below `replayed/`, and the next run takes what is left.
 */
import pMap from 'p-map'
import type { Bucket, StoredObject } from './bucket.ts'
import type { Deliver } from './deliver.ts'
import type { Progress } from './progress.ts'
import { Rejects } from './rejected.ts'
import { findMoved, Identities, readReplayed } from './replayed.ts'
import { CONVERSION_FAILED, isClick, readLine, type Source, splitLines, UnreadableError } from './source.ts'

/** Objects at the same time: many are small, and then a run is mostly waiting for S3. */
const IN_FLIGHT = 8

/** Bytes of clicks that one object hands to the delivery at once; the last one may reach over it. */
const PIECE_BYTES = 1024 * 1024

/** What the delivery must have room for. A click is below 1,000 KiB. */
export const BUFFER_BYTES = IN_FLIGHT * 2 * PIECE_BYTES

const CONVERTED_TWICE = 'Firehose could not convert it again after it was replayed'

export interface ReplayOptions {
  readonly bucket: Bucket
  readonly deliver: Deliver
  readonly source: Source
  /** The source, or below it. */
  readonly prefix: string
  /** Only objects last modified at or after it. */
  readonly since?: Date | undefined
  /** Reads and counts, and writes nothing. */
  readonly dryRun: boolean
  /** Ends the run: objects in flight are finished, the others stay. */
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Told of each object that was done. */
  readonly done?: (object: StoredObject, counts: Counts) => void
  /** Told of what went wrong, one line each. */
  readonly failed: (message: string) => void
}

/** Lines of one object. */
export interface Counts {
  clicks: number
  rejected: number
}

/** What a run did. Its objects are `replayed + skipped + left`. */
export interface Summary extends Counts {
  objects: number
  /** Put back and moved; in a dry run, what would be. */
  replayed: number
  /** Last modified before `since`, or taken by another run meanwhile. */
  skipped: number
  /** Still in place, because of a failure or because the run ended before. */
  left: number
}

/** @returns what was done; rejects when the bucket cannot be listed */
export async function replay(options: ReplayOptions): Promise<Summary> {
  const { bucket, source, prefix, since, dryRun, signal, progress } = options
  // All of the list before the first put: what fails again while this runs is for the next run, or there is no end.
  progress.prepare(`listing ${prefix}`)
  const found = await Array.fromAsync(bucket.list(prefix))
  const objects = found.filter(({ lastModified }) => since === undefined || lastModified >= since)
  const moved = await findMoved(bucket, prefix, objects)
  progress.prepare('reading what was replayed before')
  const before =
    source === CONVERSION_FAILED && objects.length > moved.size
      ? await readReplayed(bucket, source, signal)
      : new Identities()
  progress.expect(objects)

  const summary: Summary = {
    objects: found.length,
    replayed: 0,
    skipped: found.length - objects.length,
    left: 0,
    clicks: 0,
    rejected: 0,
  }
  let stopped = false
  await pMap(
    objects,
    async (object) => {
      if (stopped || signal.aborted) {
        summary.left += 1
        return
      }
      try {
        const counts = moved.has(object.key) ? await finishMove(object) : await replayObject(object)
        summary.replayed += 1
        summary.clicks += counts.clicks
        summary.rejected += counts.rejected
        options.done?.(object, counts)
      } catch (error) {
        if (isGone(error)) summary.skipped += 1
        else {
          summary.left += 1
          if (isUnreadable(error)) options.failed(`${object.key} stays: ${describe(error)}`)
          else if (!stopped) {
            // Other objects would meet the same: no permission, or a stream that has taken nothing for minutes.
            stopped = true
            options.failed(`stopped at ${object.key}: ${describe(error)}`)
          }
        }
      }
      progress.object()
    },
    { concurrency: IN_FLIGHT },
  )
  return summary

  async function finishMove({ key }: StoredObject): Promise<Counts> {
    if (!dryRun) await bucket.remove(key)
    return { clicks: 0, rejected: 0 }
  }

  async function replayObject(object: StoredObject): Promise<Counts> {
    const counts: Counts = { clicks: 0, rejected: 0 }
    const rejects = new Rejects(object, async (key, body) => {
      if (!dryRun) await bucket.put(key, body)
    })
    let piece: string[] = []
    let bytes = 0

    const putBack = async () => {
      if (!dryRun) await options.deliver(piece)
      progress.clicks(piece.length)
      counts.clicks += piece.length
      piece = []
      bytes = 0
    }

    for await (const line of splitLines(bucket.read(object, (read) => progress.bytes(read)))) {
      for (const item of readLine(source, line)) {
        if (!isClick(item) || before.has(item)) {
          counts.rejected += 1
          await rejects.add(isClick(item) ? { ...item, reason: CONVERTED_TWICE } : item)
          continue
        }
        piece.push(item.text)
        bytes += item.line.length
        if (bytes >= PIECE_BYTES) await putBack()
      }
    }
    await putBack()
    await rejects.flush()
    if (!dryRun) await bucket.moveToReplayed(object.key)
    return counts
  }
}

/** Another run has moved it. */
const isGone = (error: unknown) => (error as Error).name === 'NoSuchKey'

/** It is this object's fault: no format of ours, or compressed data that is cut off. */
const isUnreadable = (error: unknown) =>
  error instanceof UnreadableError || String((error as NodeJS.ErrnoException).code).startsWith('Z_')

/** One line, with AWS's name of the error where the message does not say it. */
export function describe(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException
  const text = (message || String(code ?? name)).replace(/\s*\n\s*/g, ' ')
  return name === 'Error' || name === 'AggregateError' || text.includes(name) ? text : `${name}: ${text}`
}
