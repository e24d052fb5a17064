/** Which clicks were replayed before, so that what fails again does not go round for ever. */
import { createHash } from 'node:crypto'
import pMap from 'p-map'
import { type Bucket, replayedKey, type StoredObject } from './bucket.ts'
import { type ClickLine, isClick, readLine, type Source, splitLines } from './source.ts'

/**
 * A set of JavaScript holds 2^24. A click takes some 80 bytes of memory here, so that this is 1.3 GB; what has expired
 * below `replayed/` (after 30 days) no longer counts.
 */
const MAX_IDS = 16_000_000

const IN_FLIGHT = 4

/** Identities of clicks, as hashes of 128 bits. */
export class Identities {
  readonly #hashes = new Set<string>()

  add(click: ClickLine): void {
    if (this.#hashes.size === MAX_IDS) {
      throw new Error(`more than ${MAX_IDS} clicks were replayed before: delete some of the oldest below replayed/`)
    }
    this.#hashes.add(hash(click))
  }

  has(click: ClickLine): boolean {
    return this.#hashes.size > 0 && this.#hashes.has(hash(click))
  }
}

const hash = ({ contextid, requestid }: ClickLine) =>
  createHash('sha256')
    .update(JSON.stringify([contextid, requestid]))
    .digest()
    .toString('latin1', 0, 16)

/** Reads the clicks that were replayed from a source before. Objects are read as streams; only hashes are kept. */
export async function readReplayed(bucket: Bucket, source: Source, signal: AbortSignal): Promise<Identities> {
  const identities = new Identities()
  await pMap(
    bucket.list(replayedKey(source)),
    async (object) => {
      if (signal.aborted) return
      for await (const line of splitLines(bucket.read(object))) {
        for (const item of readLine(source, line)) if (isClick(item)) identities.add(item)
      }
    },
    { concurrency: IN_FLIGHT },
  )
  return identities
}

/**
 * Which objects in place have a copy below `replayed/`: a run ended between copy and delete. Their clicks were accepted,
 * and only the delete is missing. A copy that is older than the object is none: somebody has put the object back.
 */
export async function findMoved(
  bucket: Bucket,
  prefix: string,
  objects: readonly StoredObject[],
): Promise<ReadonlySet<string>> {
  const inPlace = new Map(objects.map((object) => [replayedKey(object.key), object]))
  const moved = new Set<string>()
  if (inPlace.size === 0) return moved
  for await (const copy of bucket.list(replayedKey(prefix))) {
    const object = inPlace.get(copy.key)
    if (object !== undefined && copy.size === object.size && copy.lastModified >= object.lastModified) {
      moved.add(object.key)
    }
  }
  return moved
}
