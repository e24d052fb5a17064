/**
 * The write-ahead of accepted records: files of one line a record, `<arrival in ms> <base64>`.
 *
 * A record counts as accepted when the kernel has its line. That survives a killed process; there is no fsync, so it
 * does not survive a power cut or a kernel crash. A line without its line feed was torn by a kill: it was never
 * answered, so it is ignored.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { decodedBytes } from './requests.ts'

/** A file of records that is complete: nothing is appended any more. */
export interface Segment {
  readonly path: string
  readonly id: string
  /** Arrival of its oldest record. */
  readonly time: Date
}

/** A record as it is read back. */
export interface BufferedRecord {
  /** Unique, and the same whenever the segment is read again. */
  readonly recordId: string
  /** Milliseconds since 1970. */
  readonly arrival: number
  readonly base64: string
  /** Of the data, before base64. */
  readonly bytes: number
}

interface Group {
  readonly lines: string
  readonly bytes: number
  readonly arrival: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The file that is appended to. */
interface OpenSegment extends Segment {
  readonly file: FileHandle
  readonly timer: NodeJS.Timeout
  /** Bytes of the file that hold accepted records. What is beyond them was refused. */
  size: number
  /** Bytes of data, before base64. */
  bytes: number
}

export interface WriteAheadOptions {
  readonly dir: string
  /** A segment is complete when it holds this much data … */
  readonly bufferBytes: number
  /** … or this long after its first record. */
  readonly bufferSeconds: number
  /** Takes over a complete segment. */
  readonly onComplete: (segment: Segment) => void
  readonly log: FastifyBaseLogger
}

/** Appends records to the current segment, many calls in one write. */
export class WriteAhead {
  readonly #options: WriteAheadOptions
  #pending: Group[] = []
  #rotations: (() => void)[] = []
  /** There is one writer at a time, so lines never interleave. */
  #working = false
  #segment: OpenSegment | undefined
  #opened = 0

  constructor(options: WriteAheadOptions) {
    this.#options = options
  }

  /**
   * Appends records.
   *
   * @returns when the kernel has all of them; it rejects when it has not, and then none of them will be delivered
   *   unless the disk also refuses to cut them off again
   */
  append(data: readonly string[], bytes: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const arrival = Date.now()
    const lines = data.map((base64) => `${arrival} ${base64}\n`).join('')
    this.#pending.push({ lines, bytes, arrival, resolve, reject })
    this.#work()
    return promise
  }

  /** Completes the current segment, with everything appended so far. */
  rotate(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#rotations.push(resolve)
    this.#work()
    return promise
  }

  #work(): void {
    if (this.#working) return
    this.#working = true
    void this.#run()
  }

  // It never rejects: what fails rejects the calls that waited for it.
  async #run(): Promise<void> {
    while (this.#pending.length > 0 || this.#rotations.length > 0) {
      const groups = this.#pending.splice(0)
      const rotations = this.#rotations.splice(0)
      if (groups.length > 0) await this.#write(groups)
      if (rotations.length > 0 || (this.#segment?.bytes ?? 0) >= this.#options.bufferBytes) await this.#complete()
      for (const resolve of rotations) resolve()
    }
    this.#working = false
  }

  async #write(groups: readonly Group[]): Promise<void> {
    try {
      this.#segment ??= await this.#open((groups[0] as Group).arrival)
      const buffer = Buffer.from(groups.map(({ lines }) => lines).join(''), 'latin1')
      await writeAll(this.#segment.file, buffer)
      this.#segment.size += buffer.length
      for (const { bytes } of groups) this.#segment.bytes += bytes
      for (const { resolve } of groups) resolve()
    } catch (error) {
      this.#options.log.error({ err: error, dir: this.#options.dir }, 'cannot append to the write-ahead file')
      // A part of a line may stand at the end: nothing may be appended behind it.
      await this.#complete()
      for (const { reject } of groups) reject(error)
    }
  }

  async #open(arrival: number): Promise<OpenSegment> {
    const { dir, bufferSeconds } = this.#options
    await mkdir(dir, { recursive: true })
    const time = new Date(arrival)
    const id = randomUUID()
    const path = join(dir, fileName(time, this.#opened++, id))
    const file = await open(path, 'ax')
    const timer = setTimeout(() => void this.rotate(), bufferSeconds * 1000)
    return { path, id, time, file, timer, size: 0, bytes: 0 }
  }

  async #complete(): Promise<void> {
    const segment = this.#segment
    if (segment === undefined) return
    this.#segment = undefined
    clearTimeout(segment.timer)
    const { path, id, time, file, size } = segment
    try {
      if ((await file.stat()).size > size) await file.truncate(size)
      await file.close()
      if (size === 0) await rm(path)
    } catch (error) {
      // Refused records may then be delivered as well: a duplicate, since their sender tries again.
      this.#options.log.error({ err: error, path }, 'cannot tidy up a write-ahead file')
    }
    if (size > 0) this.#options.onComplete({ path, id, time })
  }
}

/** A write may take less than it was given, without an error. */
async function writeAll(file: FileHandle, buffer: Buffer): Promise<void> {
  let written = 0
  while (written < buffer.length) {
    const { bytesWritten } = await file.write(buffer, written)
    written += bytesWritten
  }
}

const EXTENSION = '.wal'

/** Sorts by time, then by order of opening; the id makes it unique across restarts. */
function fileName(time: Date, opened: number, id: string): string {
  return `${String(time.getTime()).padStart(15, '0')}-${String(opened).padStart(9, '0')}-${id}${EXTENSION}`
}

/** Segments that an earlier process left, oldest first. */
export async function leftSegments(dir: string): Promise<Segment[]> {
  await mkdir(dir, { recursive: true })
  const names = (await readdir(dir)).filter((name) => name.endsWith(EXTENSION)).sort()
  return names.map((name) => ({
    path: join(dir, name),
    id: basename(name, EXTENSION).slice(26),
    time: new Date(Number(name.slice(0, 15))),
  }))
}

const LINE = /^(\d{1,15}) ([A-Za-z0-9+/]*={0,2})$/

/**
 * Reads a segment's records, one after the other.
 *
 * @param onDamage gets the number of a complete line that is no record: the file was changed behind our back
 */
export async function* readSegment(
  { path, id }: Segment,
  onDamage: (line: number) => void,
): AsyncGenerator<BufferedRecord> {
  let rest = ''
  let number = 0
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      number += 1
      const [, arrival, base64] = LINE.exec(line) ?? []
      if (arrival === undefined || base64 === undefined) {
        onDamage(number)
        continue
      }
      const recordId = `${id.replaceAll('-', '')}${String(number).padStart(24, '0')}`
      yield { recordId, arrival: Number(arrival), base64, bytes: decodedBytes(base64) }
    }
  }
}
