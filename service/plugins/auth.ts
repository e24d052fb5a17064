import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import type { ClientName } from '../clients.ts'
import type { Config } from '../config.ts'
import * as errors from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends. Set before a route's handler runs. */
    client: ClientName
  }
  interface FastifyInstance {
    /** For a route's `onRequest`, so that no body is read before its sender is known. */
    needKey: onRequestHookHandler
    needOrigin: onRequestHookHandler
  }
}

/** The route decides the credential: a key for applications, an origin for browsers, or behind the gateway its header. */
export default fp<Pick<Config, 'AUTH' | 'clients'>>(
  async (app, { AUTH, clients }) => {
    app.decorateRequest('client', '')

    const byKey: onRequestHookHandler = (request, reply, done) => {
      const client = clients.byKey(request.headers.authorization)
      if (client === undefined) {
        reply.header('www-authenticate', 'ALLOW')
        return done(new errors.UnknownKey())
      }
      request.client = client
      done()
    }

    const byOrigin: onRequestHookHandler = (request, _reply, done) => {
      const { origin } = request.headers
      if (origin === undefined) return done(new errors.MissingOrigin())
      const client = clients.byOrigin(origin)
      if (client === undefined) return done(new errors.ForeignOrigin())
      request.client = client
      done()
    }

    const byGateway: onRequestHookHandler = (request, _reply, done) => {
      const client = request.headers['x-click-client']
      if (typeof client !== 'string' || client === '') {
        app.log.error(
          { reqId: request.id },
          'a click without x-click-client: it did not pass the gateway, or its mapping is missing',
        )
        return done(new errors.NotThroughGateway())
      }
      request.client = client
      done()
    }

    const throughGateway = AUTH === 'gateway'
    app.decorate('needKey', throughGateway ? byGateway : byKey)
    app.decorate('needOrigin', throughGateway ? byGateway : byOrigin)
  },
  { name: 'auth' },
)
