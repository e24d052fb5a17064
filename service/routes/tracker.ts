import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { trackerScript } from '../tracker-script.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Read by @fastify/cors, whose types do not tell: it leaves this route alone. */
    cors?: false
  }
}

/** For the attribute `integrity` of the script's element. */
export const TRACKER_INTEGRITY = `sha384-${hash('sha384', trackerScript, 'base64')}`

/** Names this very script in `/tracker.js?v=…`. */
export const TRACKER_VERSION = hash('sha256', trackerScript, 'hex').slice(0, 12)

// Weak: the same for every content encoding.
const ETAG = `W/"${TRACKER_VERSION}"`

/** What an address with the version gives never changes. Without it, a new script reaches pages within the hour. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const FOR_AN_HOUR = 'public, max-age=3600'

/** The browser script, for everybody: pages load it without a credential. */
export default async function tracker(app: FastifyInstance) {
  app.get<{ Querystring: { v?: string } }>(
    '/tracker.js',
    {
      // Any origin may read it, so it needs no answer of its own for each, and one copy serves all in a cache.
      config: { cors: false },
      // At the levels that are as fast, Brotli saves next to nothing of so little.
      compress: { encodings: ['gzip'], zlibOptions: { level: 9 } },
      schema: { hide: true },
    },
    async (request, reply) => {
      reply.headers({
        etag: ETAG,
        // A gateway's CORS headers differ by origin.
        vary: 'accept-encoding, origin',
        'cache-control': request.query.v === TRACKER_VERSION ? FOR_EVER : FOR_AN_HOUR,
        // `integrity` needs CORS; pages that isolate themselves (COEP) need the other one.
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
      })
      if (request.headers['if-none-match']?.includes(ETAG)) return reply.code(304).send()
      return reply.type('text/javascript; charset=utf-8').send(trackerScript)
    },
  )
}
