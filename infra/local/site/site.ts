import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { bundleForBrowsers } from '../../../service/browser.ts'

/** Everything from here and nothing inline: what a site that takes its own advice would set. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  // Asked for again each time, so that a change is seen; an unchanged file answers 304.
  'cache-control': 'no-cache',
}

/** The demo site at `/`: a catalogue whose profiles send clicks as the older site did, and whose buttons use the tracker. */
export default async function site(app: FastifyInstance) {
  const script = bundleForBrowsers(new URL('page/main.ts', import.meta.url), 'iife')

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS)
  })
  // A route for each file, so that the service's own errors answer any other path and method.
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('public', import.meta.url)),
    wildcard: false,
    cacheControl: false,
    decorateReply: false,
  })
  app.get('/site.js', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(script),
  )
}
