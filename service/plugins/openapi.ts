import swagger from '@fastify/swagger'
import fp from 'fastify-plugin'
import { Click, ProfileView } from '../click.ts'

/** OpenAPI of what the service takes, at /docs/json; from the same schema that checks the clicks. */
export default fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Clicklake',
          description: 'Takes clicks, and answers 200 only when they are safe.',
          version: '1',
          license: { name: 'MIT-0', identifier: 'MIT-0' },
        },
        components: {
          securitySchemes: {
            key: {
              type: 'apiKey',
              in: 'header',
              name: 'Authorization',
              description: '`ALLOW=<key>`, for applications',
            },
            origin: {
              type: 'apiKey',
              in: 'header',
              name: 'Origin',
              description: 'An allowed origin, sent by the browser',
            },
          },
        },
      },
      refResolver: { buildLocalReference: (json, _base, _fragment, index) => `${json.$id ?? `def-${index}`}` },
    })
    app.addSchema(Click)
    app.addSchema(ProfileView)
    app.get('/docs/json', { schema: { hide: true } }, async () => app.swagger())
  },
  { name: 'openapi' },
)
