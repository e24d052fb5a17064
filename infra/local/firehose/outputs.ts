/** The objects that come of one segment: written under temporary names, put in place together when they are whole. */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Row } from './documents.ts'
import { type ConversionFailure, conversionFailedLine, processingFailedLine } from './error-lines.ts'
import type { ParquetWriter } from './parquet.ts'
import type { ErrorOutputType, Prefix } from './prefix.ts'
import type { Segment } from './segments.ts'
import type { StreamSettings } from './stream.ts'
import type { ProcessingFailure } from './transform.ts'

/** Where objects go, and how they are made. */
export interface OutputContext {
  readonly lakeDir: string
  readonly stream: StreamSettings
  readonly prefix: Prefix
  readonly errorPrefix: Prefix
  readonly parquet: ParquetWriter
}

/** Under the lake, so that a rename stays on one file system, and where no reader's pattern looks. */
export const temporaryDir = (lakeDir: string) => join(lakeDir, '.tmp', 'firehose')

/** `<stream>-<version>-yyyy-MM-dd-HH-mm-ss-<id>`, as Firehose names objects; the same segment gives the same name. */
export function objectName(stream: string, { time, id }: Segment): string {
  return `${stream}-1-${time.toISOString().slice(0, 19).replace(/[T:]/g, '-')}-${id}`
}

export class Outputs {
  readonly #context: OutputContext
  readonly #segment: Segment
  /** Temporary files that are being written, by their kind. */
  readonly #files = new Map<'rows' | ErrorOutputType, FileHandle>()

  constructor(context: OutputContext, segment: Segment) {
    this.#context = context
    this.#segment = segment
  }

  async rows(rows: readonly Row[]): Promise<void> {
    await this.#append('rows', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }

  async conversionFailed(failed: readonly ConversionFailure[]): Promise<void> {
    await this.#append('format-conversion-failed', failed.map(conversionFailedLine).join(''))
  }

  async processingFailed(failed: readonly ProcessingFailure[], attempts: number): Promise<void> {
    const lambdaArn = this.#context.stream.processor?.arn ?? ''
    const lines = failed.map((failure) => processingFailedLine(failure, { attempts, lambdaArn }))
    await this.#append('processing-failed', lines.join(''))
  }

  /**
   * Puts everything in place. What an earlier try of the same segment put there is overwritten.
   *
   * @returns the key of the Parquet object, if there were rows
   */
  async commit(): Promise<string | undefined> {
    const { lakeDir, stream, prefix, errorPrefix, parquet } = this.#context
    const { time, id: seed } = this.#segment
    const name = objectName(stream.name, this.#segment)
    const kinds = [...this.#files.keys()]
    await this.#close()
    const moves: { from: string; key: string }[] = []
    for (const kind of kinds) {
      if (kind === 'rows') {
        const from = this.#temporary('parquet')
        await parquet.convert(this.#temporary('rows'), from, stream.columns)
        moves.push({ from, key: `${prefix({ time, seed })}${name}.parquet` })
      } else {
        moves.push({ from: this.#temporary(kind), key: `${errorPrefix({ time, seed, errorOutputType: kind })}${name}` })
      }
    }
    for (const { from, key } of moves) {
      const to = join(lakeDir, key)
      await mkdir(dirname(to), { recursive: true })
      await rename(from, to)
    }
    await rm(this.#temporary('rows'), { force: true })
    return moves.find(({ key }) => key.endsWith('.parquet'))?.key
  }

  /** Removes what is left of temporary files, after a commit or instead of one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    for (const kind of ['rows', 'parquet', 'processing-failed', 'format-conversion-failed'] as const) {
      await rm(this.#temporary(kind), { force: true })
    }
  }

  async #append(kind: 'rows' | ErrorOutputType, text: string): Promise<void> {
    if (text === '') return
    let file = this.#files.get(kind)
    if (file === undefined) {
      await mkdir(temporaryDir(this.#context.lakeDir), { recursive: true })
      file = await open(this.#temporary(kind), 'w')
      this.#files.set(kind, file)
    }
    await file.writeFile(text)
  }

  async #close(): Promise<void> {
    for (const [kind, file] of this.#files) {
      this.#files.delete(kind)
      await file.close()
    }
  }

  #temporary(kind: 'rows' | 'parquet' | ErrorOutputType): string {
    return join(temporaryDir(this.#context.lakeDir), `${this.#segment.id}.${kind}`)
  }
}
