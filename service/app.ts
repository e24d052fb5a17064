import { randomBytes } from 'node:crypto'
import type { FirehoseClient } from '@aws-sdk/client-firehose'
import type { S3Client } from '@aws-sdk/client-s3'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { DestinationStream } from 'pino'
import type { Config } from './config.ts'
import { createPutLines } from './delivery/bucket.ts'
import { BadRequest, Overloaded, TooManyRequests } from './errors.ts'
import auth from './plugins/auth.ts'
import body from './plugins/body.ts'
import delivery from './plugins/delivery.ts'
import embeddedMetrics from './plugins/embedded-metrics.ts'
import errors from './plugins/errors.ts'
import metrics from './plugins/metrics.ts'
import openapi from './plugins/openapi.ts'
import quarantine from './plugins/quarantine.ts'
import clicks from './routes/clicks.ts'
import health, { type Phase } from './routes/health.ts'
import tracker from './routes/tracker.ts'

/** Longest time for a request's headers and body: a client that is slower holds a connection for nothing. */
const REQUEST_TIMEOUT_MS = 20_000
/** The same for the headers alone, and how often connections are looked at for both. */
const HEADERS_TIMEOUT_MS = 10_000
const CONNECTIONS_CHECK_MS = 5000

/** Connections at once; the load balancer keeps far fewer. Each may hold a body of BODY_LIMIT while it comes in. */
const MAX_CONNECTIONS = 5000

/**
 * Mean delay of the event loop over a second from which on new clicks are refused: what is taken must be answered in
 * time. One turn of the loop with a request on each of MAX_CONNECTIONS takes half of this on a slow core: with less, a
 * crowd that only has to wait would be refused whole, come again at once, and be refused again.
 */
const MAX_EVENT_LOOP_DELAY_MS = 500
const OVERLOAD_RETRY_AFTER_S = 2

declare module 'fastify' {
  interface FastifyInstance {
    /** Not ready from now on, so that the load balancer sends requests elsewhere; still serving. */
    drain(): void
  }
}

export interface Dependencies {
  /** Closed with the app. */
  readonly firehose: FirehoseClient
  /** For SPILL_BUCKET. Closed with the app. */
  readonly s3?: S3Client
  /** Where log lines go, if not to the standard output. */
  readonly logStream?: DestinationStream
  /**
   * Whether CloudWatch reads the log, and a line of metrics for it is written once a minute.
   *
   * @default false
   */
  readonly logMetrics?: boolean
}

/** The service, composed in the order in which a click passes. It does not listen, and reads no environment. */
export async function createApp(config: Config, dependencies: Dependencies): Promise<FastifyInstance> {
  const { firehose, s3, logStream, logMetrics = false } = dependencies
  const putLines = s3 && config.SPILL_BUCKET ? createPutLines(s3, config.SPILL_BUCKET) : undefined
  const app = Fastify({
    bodyLimit: config.BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CONNECTIONS_CHECK_MS },
    // Answer what comes over connections that are still open while draining: a click refused then is a retry for nothing.
    return503OnClosing: false,
    // Lines of every request would cost more than the clicks. Errors are logged with the request's id.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: createRequestIds(),
    // An address that cannot be decoded has no route, and no error handler either.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      const { code, message } = new BadRequest(error.message)
      return reply.code(400).send({ statusCode: 400, code, error: 'Bad Request', message })
    },
    // A logger of its own for each request costs as much as checking the click. What is logged names the request.
    childLoggerFactory: (logger) => logger,
    logger: {
      level: config.LOG_LEVEL,
      // Neither bodies nor addresses, which are personal, nor keys are logged; the redaction is the second fence.
      serializers: { req: ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions?.url }) },
      redact: ['req.headers', '*.authorization', '*.Authorization', '*.headers.authorization'],
      ...(logStream && { stream: logStream }),
    },
  })

  // Schemas of routes document. Clicks are checked one by one in `take`: Fastify's check of a whole body would fail a good
  // click for its neighbour. The answers' few shapes are told apart by code, and compiling a serializer for each of them
  // takes a tenth of the start.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)

  app.server.maxConnections = MAX_CONNECTIONS

  let phase: Phase = 'starting'
  app.addHook('onReady', async () => {
    phase = 'serving'
  })
  app.decorate('drain', () => {
    phase = 'draining'
  })
  // A connection that stays open after its last answer would hold the process until the client lets go of it.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (phase === 'draining') reply.header('connection', 'close')
    done()
  })

  await app.register(cors, {
    origin: (origin, done) => done(null, config.clients.byOrigin(origin) !== undefined),
    methods: ['GET', 'POST', 'PUT'],
    allowedHeaders: ['content-type', 'content-encoding', 'authorization'],
    exposedHeaders: ['retry-after'],
    maxAge: 86_400,
  })
  await app.register(errors, { bodyLimit: config.BODY_LIMIT })
  // Hooks of closing run backwards: this one when nobody needs the client any more.
  app.addHook('onClose', async () => s3?.destroy())
  await app.register(delivery, { firehose, spill: putLines, ...config })
  await app.register(quarantine, { putLines })
  await app.register(metrics)
  if (logMetrics) await app.register(embeddedMetrics, config)
  await app.register(auth, config)
  await app.register(compress, { globalCompression: false, requestEncodings: ['gzip', 'br'] })
  await app.register(body)
  await app.register(openapi)

  await app.register(async (limited) => {
    await limited.register(underPressure, {
      maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
      retryAfter: OVERLOAD_RETRY_AFTER_S,
      customError: Overloaded,
    })
    if (config.RATE_LIMIT > 0) {
      await limited.register(rateLimit, {
        max: config.RATE_LIMIT,
        timeWindow: 1000,
        // After auth, which knows the client, and before the body, which costs.
        hook: 'preParsing',
        keyGenerator: (request) => request.client,
        errorResponseBuilder: (_request, { ttl }) => new TooManyRequests(Math.max(1, Math.ceil(ttl / 1000))),
      })
    }
    await limited.register(clicks, config)
  })
  await app.register(tracker)
  await app.register(health, { phase: () => phase })
  return app
}

/** Unique over tasks and restarts, at the price of a counter. */
function createRequestIds(): () => string {
  const process = randomBytes(6).toString('base64url')
  let count = 0
  return () => `${process}-${(count++).toString(36)}`
}
