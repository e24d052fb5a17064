/** The live view at /live: the way of clicks through the pipeline of one machine, as it happens. */
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { bundleForBrowsers } from '../../../service/browser.ts'
import type { Clients } from '../../../service/clients.ts'
import { BadRequest } from '../../../service/errors.ts'
import { sentBody } from '../../../service/plugins/body.ts'
import { compile } from '../../../service/validate.ts'
import { NAMED_QUERIES } from '../../queries/queries.ts'
import { FAULTS, type Faults } from '../firehose/faults.ts'
import { servePage } from '../page.ts'
import { Feed } from './feed.ts'
import { ownPageOnly } from './own-page.ts'
import type { PipelineWatch } from './pipeline.ts'
import { PageQueries, SHOWN_ROWS } from './query.ts'
import { SpillReplay, type SpillReplayOptions } from './replay.ts'

export interface LiveOptions {
  readonly watch: PipelineWatch
  readonly faults: Faults
  readonly lakeDir: string
  readonly clients: Clients
  /** Whether only this machine's own browsers may look, ask and switch. */
  readonly onThisMachine: boolean
  readonly replay: SpillReplayOptions
}

const HIDDEN = { hide: true } as const

/** Bundled before there is an app: it takes most of a second, which would count as an overload of the event loop. */
const SCRIPT = bundleForBrowsers(new URL('page/main.ts', import.meta.url), 'esm')

const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }

const Question = Type.Object({ sql: Type.String({ minLength: 1, maxLength: 20_000 }) }, { additionalProperties: false })
const checkQuestion = compile(Question)

export default async function live(app: FastifyInstance, options: LiveOptions) {
  const { watch, faults, lakeDir, clients, onThisMachine } = options
  const replay = new SpillReplay(options.replay)
  const feed = new Feed({ app, log: app.log, watch, faults, replay, lakeDir })
  const queries = new PageQueries(lakeDir)
  const onRequest = ownPageOnly(clients, onThisMachine)

  // Streams would hold the server open until their viewers go.
  app.addHook('preClose', async () => {
    feed.close()
    replay.stop()
    queries.interrupt()
  })
  app.addHook('onClose', () => queries.close())

  await servePage(app, { files: new URL('public/', import.meta.url), prefix: '/live/', script: SCRIPT })
  app.get('/live', { schema: HIDDEN }, (_request, reply) => reply.sendFile('index.html'))

  app.get('/live/events', { schema: HIDDEN, onRequest }, (_request, reply) => {
    reply.hijack()
    const { raw } = reply
    if (feed.closed) {
      raw.writeHead(503, { connection: 'close' }).end()
      return
    }
    raw.writeHead(200, EVENT_STREAM)
    feed.join(raw)
  })

  app.put('/live/faults', { schema: HIDDEN, onRequest }, async (request) => {
    const wanted = FAULTS.find((fault) => fault === (value(request) as { fault?: unknown } | null)?.fault)
    if (wanted === undefined) throw new BadRequest(`fault must be one of ${FAULTS.join(', ')}`)
    faults.current = wanted
    return { fault: wanted }
  })

  app.post('/live/replay', { schema: HIDDEN, onRequest }, () => replay.run())

  app.get('/live/queries', { schema: HIDDEN, onRequest }, async () => NAMED_QUERIES)
  app.post('/live/query', { schema: HIDDEN, onRequest }, async (request) => {
    const question = value(request)
    if (!checkQuestion.is(question)) throw new BadRequest(String(checkQuestion(question)))
    const began = performance.now()
    const result = await queries.ask(question.sql)
    return { ...result, limit: SHOWN_ROWS, ms: Math.round(performance.now() - began) }
  })
}

/** The body's one value. */
const value = (request: FastifyRequest): unknown => sentBody(request).values[0]
