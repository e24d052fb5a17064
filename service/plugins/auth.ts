import fastifyAuth from '@fastify/auth'
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
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
    needKey: onRequestAsyncHookHandler
    needOrigin: onRequestAsyncHookHandler
  }
}

/** The route decides the credential: a key for applications, an origin for browsers, or behind the gateway its header. */
export default fp<Pick<Config, 'AUTH' | 'clients'>>(
  async (app, { AUTH, clients }) => {
    await app.register(fastifyAuth)
    app.decorateRequest('client', '')

    const byKey = async (request: FastifyRequest, reply: FastifyReply) => {
      const client = clients.byKey(request.headers.authorization)
      if (client === undefined) {
        reply.header('www-authenticate', 'ALLOW')
        throw new errors.UnknownKey()
      }
      request.client = client
    }

    const byOrigin = async (request: FastifyRequest) => {
      const { origin } = request.headers
      if (origin === undefined) throw new errors.MissingOrigin()
      const client = clients.byOrigin(origin)
      if (client === undefined) throw new errors.ForeignOrigin()
      request.client = client
    }

    const byGateway = async (request: FastifyRequest) => {
      const client = request.headers['x-click-client']
      if (typeof client !== 'string' || client === '') {
        request.log.error('a click without x-click-client: it did not pass the gateway, or its mapping is missing')
        throw new errors.NotThroughGateway()
      }
      request.client = client
    }

    const throughGateway = AUTH === 'gateway'
    app.decorate('needKey', app.auth([throughGateway ? byGateway : byKey]) as onRequestAsyncHookHandler)
    app.decorate('needOrigin', app.auth([throughGateway ? byGateway : byOrigin]) as onRequestAsyncHookHandler)
  },
  { name: 'auth' },
)
