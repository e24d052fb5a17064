import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** A page to read and try the API at /docs. Not in the production image: the page's files do not fit in one bundle. */
export default async function docs(app: FastifyInstance) {
  // The service has /docs/json; the page brings a route of that name too, so it lives one level below.
  await app.register(swaggerUi, {
    routePrefix: '/docs/page',
    theme: { title: 'Clicklake', css: [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }] },
  })
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs/page/'))
}
