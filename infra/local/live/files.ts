/** The lake's folder as the page shows it. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PREFIX } from '../../pipeline.ts'
import type { LakeFiles, Listing, StoredFile } from './snapshot.ts'

/** Objects of each kind that are shown. */
export const SHOWN_FILES = 8

/** Lists what is there. An object is never changed, so that it is asked for its size once. */
export class LakeFolder {
  readonly #dir: string
  #known = new Map<string, StoredFile>()

  constructor(lakeDir: string) {
    this.#dir = lakeDir
  }

  async read(): Promise<LakeFiles> {
    const [parquet, spill] = await Promise.all([this.#find(PREFIX.clicks, '.parquet'), this.#find(PREFIX.spill, '.gz')])
    this.#known = new Map([...parquet, ...spill].map((file) => [file.key, file]))
    return { parquet: list(parquet), spill: list(spill) }
  }

  async #find(prefix: string, extension: string): Promise<StoredFile[]> {
    const entries = await unlessGone(readdir(join(this.#dir, prefix), { recursive: true }))
    const keys = (entries ?? []).filter((name) => name.endsWith(extension)).map((name) => `${prefix}${name}`)
    const files = await Promise.all(keys.map((key) => this.#known.get(key) ?? this.#stat(key)))
    return files.filter((file) => file !== undefined)
  }

  async #stat(key: string): Promise<StoredFile | undefined> {
    const stats = await unlessGone(stat(join(this.#dir, key)))
    return stats && { key, bytes: stats.size, modified: stats.mtimeMs }
  }
}

function list(files: StoredFile[]): Listing {
  files.sort((one, other) => other.modified - one.modified)
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  return { count: files.length, bytes, newest: files.slice(0, SHOWN_FILES) }
}

/** A replay moves objects away at any moment, and a folder comes with its first object. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
