/** Objects as files of a folder: what is at the key `a/b` is in the file `a/b`, whoever wrote it. */
import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, type FileHandle, link, mkdir, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { LRUCache } from 'lru-cache'
import { S3Error } from './error.ts'
import { type FileIdentity, type HeaderStore, identify, openHeaderStore, type StoredHeaders } from './headers.ts'

/** Beside the objects, so that a rename stays on one file system. Names that begin with a dot are nobody's keys. */
const OWN_DIR = '.s3'

/** MD5s that are kept of files that others wrote. */
const MD5_CACHE = 10_000

const MAX_KEY_BYTES = 1_024

/** What is known of an object without its bytes. */
export interface ObjectInfo {
  readonly key: string
  readonly size: number
  readonly lastModified: Date
  /** MD5 in hexadecimal, without quotes. */
  readonly etag: string
}

export interface PutOptions {
  readonly headers: StoredHeaders
  /** Only if there is no object with this key. */
  readonly ifNoneMatch: boolean
}

export class Storage {
  readonly dir: string
  readonly #temporaryDir: string
  readonly #headers: HeaderStore
  readonly #md5s = new LRUCache<string, string>({ max: MD5_CACHE })

  private constructor(dir: string, temporaryDir: string, headers: HeaderStore) {
    this.dir = dir
    this.#temporaryDir = temporaryDir
    this.#headers = headers
  }

  /** One process has the folder: what a killed one left unfinished is removed. */
  static async open(dir: string): Promise<Storage> {
    const temporaryDir = join(dir, OWN_DIR, 'tmp')
    await rm(temporaryDir, { recursive: true, force: true })
    await mkdir(temporaryDir, { recursive: true })
    return new Storage(dir, temporaryDir, await openHeaderStore(join(dir, OWN_DIR, 'headers'), temporaryDir))
  }

  async created(): Promise<Date> {
    return (await stat(this.dir)).birthtime
  }

  /** The object is there whole or not at all. Resolves when the operating system has it; there is no fsync. */
  async put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<ObjectInfo> {
    return this.#write(key, options, (path) => writeFile(path, body, { flag: 'wx' }))
  }

  /** @param headers instead of those of the source */
  async copy(from: string, to: string, headers?: StoredHeaders): Promise<ObjectInfo> {
    const source = await this.open(from)
    await source.file.close()
    return this.#write(to, { headers: headers ?? source.headers, ifNoneMatch: false }, (path) =>
      absentIsNoSuchKey(copyFile(this.#path(from), path, constants.COPYFILE_FICLONE)),
    )
  }

  /**
   * Opens an object; what is read is one version of it, also while it is overwritten. The caller closes the file.
   *
   * @throws S3Error NoSuchKey
   */
  async open(key: string): Promise<{ info: ObjectInfo; headers: StoredHeaders; file: FileHandle }> {
    const file = await absentIsNoSuchKey(open(this.#path(key)))
    try {
      const stats = await file.stat({ bigint: true })
      if (!stats.isFile()) throw noSuchKey()
      const headers = await this.#headers.read(key, stats)
      return { info: await this.#info(key, stats), headers, file }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** @returns undefined if it is gone */
  async stat(key: string): Promise<ObjectInfo | undefined> {
    try {
      return await this.#info(key, await absentIsNoSuchKey(stat(this.#path(key), { bigint: true })))
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') return undefined
      throw error
    }
  }

  /** An object that is not there is deleted already. */
  async remove(key: string): Promise<void> {
    try {
      await unlink(this.#path(key))
    } catch (error) {
      if (!ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
    await this.#headers.remove(key)
  }

  async #write(key: string, { headers, ifNoneMatch }: PutOptions, fill: (path: string) => Promise<void>) {
    const path = this.#path(key)
    const temporary = join(this.#temporaryDir, randomUUID())
    try {
      await fill(temporary)
      const stats = await stat(temporary, { bigint: true })
      const info = await this.#info(key, stats, temporary)
      await place(temporary, path, ifNoneMatch)
      await this.#headers.write(key, stats, headers)
      return info
    } finally {
      await rm(temporary, { force: true })
    }
  }

  async #info(key: string, stats: FileStats, path = this.#path(key)): Promise<ObjectInfo> {
    const identity = identify(stats)
    let etag = this.#md5s.get(identity)
    if (etag === undefined) {
      etag = await md5(path)
      this.#md5s.set(identity, etag)
    }
    return { key, size: Number(stats.size), lastModified: stats.mtime, etag }
  }

  /** @throws S3Error if the key is none that a file can have */
  #path(key: string): string {
    if (Buffer.byteLength(key) > MAX_KEY_BYTES)
      throw new S3Error('KeyTooLongError', `A key is at most ${MAX_KEY_BYTES} bytes.`)
    const segments = key.split('/')
    if (key.startsWith('.') || key.includes('\0') || segments.some((segment) => ['', '.', '..'].includes(segment)))
      throw new S3Error('InvalidArgument', 'Keys here are paths of files: no empty, "." or ".." part, no leading ".".')
    return join(this.dir, ...segments)
  }
}

type FileStats = FileIdentity & { readonly mtime: Date }

const noSuchKey = () => new S3Error('NoSuchKey', 'The specified key does not exist.')

/** No file of that name; or a folder, or a part of the path that is a file. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'])

async function absentIsNoSuchKey<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) throw noSuchKey()
    throw error
  }
}

async function place(temporary: string, path: string, ifNoneMatch: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    if (!ifNoneMatch) return await rename(temporary, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENAMETOOLONG') throw new S3Error('KeyTooLongError', 'A part of the key is too long for a file name.')
    if (['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(code))
      throw new S3Error('InvalidArgument', 'A file cannot be a folder too: of two keys, one is the other and "/…".')
    throw error
  }
  try {
    // A link, unlike a rename, never takes another's place.
    await link(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new S3Error('PreconditionFailed', 'There is an object with this key.')
    throw error
  }
}

async function md5(path: string): Promise<string> {
  const hash = createHash('md5')
  await absentIsNoSuchKey(pipeline(createReadStream(path), hash))
  return hash.digest('hex')
}
