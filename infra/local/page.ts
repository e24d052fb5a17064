import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  // Asked for again each time, so that a change is seen; an unchanged file answers 304.
  'cache-control': 'no-cache',
}

export interface PageOptions {
  /** Folder of files that are served as they are. */
  readonly files: URL
  /** Path of those files, with a slash at its end. */
  readonly prefix: string
  /** What `<prefix>main.js` is. */
  readonly script: string
}

/** Serves the files of a page of this machine, and its script, with the headers that a careful site sets. */
export async function servePage(app: FastifyInstance, { files, prefix, script }: PageOptions): Promise<void> {
  app.addHook('onSend', async (_request, reply) => void reply.headers(HEADERS))
  // A route for each file: whatever else is asked is an unknown route, as everywhere.
  await app.register(fastifyStatic, { root: fileURLToPath(files), prefix, wildcard: false, cacheControl: false })
  app.get(`${prefix}main.js`, { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  )
}
