/** What an object has beside its bytes: content type, encoding, `x-amz-meta-*`. Kept in a folder of its own. */
import { hash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { contentEncoding } from './body.ts'

/** Names are in lower case. */
export type StoredHeaders = Readonly<Record<string, string>>

const KEPT = ['content-type', 'content-language', 'content-disposition', 'cache-control', 'expires']

/** S3's content type of an object that was put without one. */
const DEFAULTS: StoredHeaders = { 'content-type': 'binary/octet-stream' }

/** The headers of a put that belong to the object. */
export function storedHeaders(headers: IncomingHttpHeaders): StoredHeaders {
  const encoding = contentEncoding(headers)
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && (KEPT.includes(name) || name.startsWith('x-amz-meta-')) ? [[name, value]] : [],
  )
  return { ...DEFAULTS, ...Object.fromEntries(kept), ...(encoding !== '' && { 'content-encoding': encoding }) }
}

/** Of a file's statistics, those that change with the file. */
export interface FileIdentity {
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
}

/** Another string as soon as it is another file, or a changed one. */
export const identify = ({ ino, size, mtimeNs }: FileIdentity) => `${ino}-${size}-${mtimeNs}`

export interface HeaderStore {
  read(key: string, file: FileIdentity): Promise<StoredHeaders>
  write(key: string, file: FileIdentity, headers: StoredHeaders): Promise<void>
  remove(key: string): Promise<void>
}

/**
 * Headers belong to one file, not to whatever has its name: a file that was replaced by another program,
 * or by a put that was killed before it was answered, has the default headers, never those of another object.
 *
 * @param temporaryDir on the same file system
 */
export async function openHeaderStore(dir: string, temporaryDir: string): Promise<HeaderStore> {
  await mkdir(dir, { recursive: true })
  const path = (key: string) => join(dir, `${hash('sha256', key)}.json`)
  return {
    async read(key, file) {
      try {
        const stored: { file: string; headers: StoredHeaders } = JSON.parse(await readFile(path(key), 'utf8'))
        return stored.file === identify(file) ? stored.headers : DEFAULTS
      } catch (error) {
        // A power cut may leave a file that was renamed and is empty.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return DEFAULTS
        throw error
      }
    },
    async write(key, file, headers) {
      const temporary = join(temporaryDir, randomUUID())
      await writeFile(temporary, JSON.stringify({ key, file: identify(file), headers }))
      await rename(temporary, path(key))
    },
    remove: (key) => rm(path(key), { force: true }),
  }
}
