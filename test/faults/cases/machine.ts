/** The disk of one machine is full. */
import { execFileSync } from 'node:child_process'
import { temporaryFolder } from '../bucket.ts'
import { type Case, Skipped } from '../case.ts'
import { startLake } from '../lake.ts'
import { finish, startPipeline } from '../pipeline.ts'

/** Taken by some thousand clicks. */
const SMALL = '1m'
const LARGE = '64m'

const mount = (dir: string, options: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir], { stdio: 'pipe' })

export default [
  {
    name: 'the disk of one machine is full (1 MiB), no spill',
    async run(context) {
      if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Skipped('needs root, to mount a tmpfs')
      const dir = await temporaryFolder(context.scope)
      try {
        mount(dir, `size=${SMALL}`)
      } catch (error) {
        throw new Skipped(`cannot mount a tmpfs: ${(error as Error).message}`)
      }
      const unmount = () => execFileSync('umount', [dir])
      process.on('exit', unmount)
      context.scope.defer(() => {
        process.off('exit', unmount)
        unmount()
      })
      const local = await startLake(context.scope, { dir, bufferSeconds: 900 })
      const env = { AWS_ENDPOINT_URL_FIREHOSE: local.url, DELIVERY_TIMEOUT_MS: '500' }
      const pipeline = await startPipeline(context, { spill: false, env })
      const { book } = pipeline
      await pipeline.drive({ clicks: 8000 })
      const { ok } = book
      // Somebody makes room: clicks are taken again, and what was accepted comes to the lake.
      mount(dir, `remount,size=${LARGE}`)
      await pipeline.drive({ name: `${context.prefix}-room`, clicks: 1000, resendMs: 20_000 })
      const { lake } = await local.contents()
      const outcome = await finish(pipeline, {
        'some were ok while there was room': ok > 500,
        'with room clicks are ok again': book.ok > ok + 500,
        'the others were told to try again': book.retries > 0 && book.unanswered === 0,
      })
      return { ...outcome, stored: lake }
    },
  },
] satisfies Case[]
