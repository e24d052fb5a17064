import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import * as errors from '../errors.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** The error that this reply answers, for metrics. */
    errorCode: string | null
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

/** Answers every error in one shape with one of our codes; says nothing of a 500 but in the log. */
export default fp<{ bodyLimit: number }>(
  async (app, { bodyLimit }) => {
    app.decorateReply('errorCode', null)

    // In a hook, so that the body of a request that nobody will read is not parsed, and not judged, either.
    app.addHook('onRequest', (request, reply, done) => {
      done(request.is404 ? unknownRoute(request, reply) : undefined)
    })

    // The hook above took all but this: a preflight, which has a route, from an origin that is not allowed.
    app.setNotFoundHandler(async () => {
      throw new errors.ForeignOrigin()
    })

    app.setErrorHandler<FastifyError>((cause, request, reply) => {
      const error = translate(cause, bodyLimit)
      reply.errorCode = error.code
      const status = error.statusCode ?? 500
      if (status >= 500 && status !== 503) app.log.error({ reqId: request.id, err: cause }, error.message)
      else app.log.info({ reqId: request.id, code: error.code, statusCode: status }, 'request not taken')
      return reply
        .code(status)
        .header('x-request-id', request.id)
        .send({ statusCode: status, code: error.code, error: STATUS_NAMES[status], message: error.message })
    })

    function unknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyError {
      const url = request.url.split('?', 1)[0] as string
      const allowed = METHODS.filter((method) => app.hasRoute({ url, method }))
      if (allowed.length === 0) return new errors.UnknownRoute(`${request.method} ${url.slice(0, 100)}`)
      reply.header('allow', allowed.join(', '))
      return new errors.MethodNotAllowed(request.method, allowed.join(', '))
    }
  },
  { name: 'errors' },
)

const STATUS_NAMES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Fastify's and its plugins' errors in our words. */
function translate(error: FastifyError, bodyLimit: number): FastifyError {
  if (error.code?.startsWith('CLK_')) return error
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new errors.BodyTooLarge(bodyLimit)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_CP_ERR_INVALID_CONTENT_ENCODING':
      return new errors.UnsupportedMediaType()
    case 'FST_CP_ERR_INVALID_CONTENT':
      return new errors.MalformedBody('it does not inflate as its Content-Encoding says')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new errors.MalformedBody('it is not as long as its Content-Length says')
    default:
      return (error.statusCode ?? 500) < 500 ? new errors.BadRequest(error.message) : new errors.Internal()
  }
}
