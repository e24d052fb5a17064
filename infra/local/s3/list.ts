/** Keys of a folder in S3's order, and pages of them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Sorts after every key that begins with what it follows. */
const LAST_CHARACTER = '\u{10FFFF}'

export interface ListOptions {
  readonly prefix: string
  /** '' is none. */
  readonly delimiter: string
  /** Only what is after this key; or, from a page before, after everything below its last common prefix. */
  readonly after: string
  readonly maxKeys: number
}

export interface Page {
  readonly keys: readonly string[]
  readonly commonPrefixes: readonly string[]
  /** `after` of the next page, if there is one. */
  readonly next: string | undefined
}

/** One page of the keys, those that share a prefix up to the delimiter rolled up to one entry. */
export async function listPage(dir: string, { prefix, delimiter, after, maxKeys }: ListOptions): Promise<Page> {
  const keys: string[] = []
  const commonPrefixes: string[] = []
  if (maxKeys === 0) return { keys, commonPrefixes, next: undefined }

  let last = after
  for await (const key of walk(dir, '', prefix, after)) {
    if (compare(key, last) <= 0) continue
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, next: last }
    if (cut === -1) {
      keys.push(key)
      last = key
    } else {
      const commonPrefix = key.slice(0, cut + delimiter.length)
      commonPrefixes.push(commonPrefix)
      last = commonPrefix + LAST_CHARACTER
    }
  }
  return { keys, commonPrefixes, next: undefined }
}

/**
 * Yields the keys that begin with `prefix`, in the order of their UTF-8 bytes, and leaves out folders that end before
 * `after`. Each folder is read when its turn comes: what is written meanwhile may or may not be among them, as in S3.
 *
 * @param folder '' or a key's part that ends with '/'
 */
async function* walk(dir: string, folder: string, prefix: string, after: string): AsyncGenerator<string> {
  const entries = (await read(join(dir, folder)))
    // Compared as keys: the folder `a` is `a/`, and so comes after the file `a-b`.
    .map((entry) => ({ key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`, entry }))
    .sort((a, b) => compare(a.key, b.key))
  for (const { key, entry } of entries) {
    // Top-level names that begin with a dot are folders of our own, with files that are not finished.
    if (key.startsWith('.')) continue
    if (entry.isDirectory()) {
      const mayMatch = key.startsWith(prefix) || prefix.startsWith(key)
      if (mayMatch && compare(key + LAST_CHARACTER, after) > 0) yield* walk(dir, key, prefix, after)
    } else if (entry.isFile() && key.startsWith(prefix)) yield key
  }
}

async function read(dir: string) {
  try {
    return await readdir(dir, { withFileTypes: true })
  } catch (error) {
    // It went after its parent was read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** JavaScript compares UTF-16, in which 😀 is before ﬀ. */
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
