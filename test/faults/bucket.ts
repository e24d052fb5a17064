/** The spill bucket: S3 of one machine, over a folder of the case's own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { pino } from 'pino'
import { startS3 } from '../../infra/local/s3/s3.ts'
import { PREFIX } from '../../service/prefixes.ts'
import { Stored } from './stored.ts'

export const BUCKET = 'spill'

export const silentLog = pino({ level: 'silent' })

export interface Bucket {
  readonly port: number
  /** Clicks in the spill objects. */
  spilled(): Promise<Stored>
}

export async function startBucket(scope: AsyncDisposableStack): Promise<Bucket> {
  const dir = await temporaryFolder(scope)
  const s3 = await startS3({ dir, bucket: BUCKET, host: '127.0.0.1', port: 0, logger: silentLog })
  scope.defer(() => s3.close())
  return {
    port: s3.port,
    async spilled() {
      const stored = new Stored()
      for (const path of await filesOf(join(dir, PREFIX.spill))) {
        stored.addLines((await promisify(gunzip)(await readFile(path))).toString())
      }
      return stored
    },
  }
}

/** A folder that is removed in the end. */
export async function temporaryFolder(scope: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'clicklake-faults-'))
  scope.defer(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Paths of all files below a folder; a folder that is not there has none. */
export async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
