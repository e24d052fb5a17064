import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Click, fromProfileView, ProfileView } from '../click.ts'
import type { Config } from '../config.ts'
import { InvalidClick } from '../errors.ts'
import { type SentBody, sentBody, Unfit } from '../plugins/body.ts'
import { asksForPrivacy, createTake, MAX_CLICKS } from '../take.ts'
import { compile } from '../validate.ts'

const ErrorBody = Type.Object({
  statusCode: Type.Integer(),
  code: Type.String({ pattern: '^CLK_' }),
  error: Type.String(),
  message: Type.String(),
})

const dropped = Type.Optional(Type.Literal('gpc', { description: 'Left out, as the sender’s privacy signal asks' }))

const Taken = Type.Object({ status: Type.Literal('OK'), dropped }, { description: 'Every click is safe' })

const PartlyTaken = Type.Object(
  {
    status: Type.Literal('PARTIAL'),
    results: Type.Array(
      Type.Object({
        requestid: Type.Union([Type.String(), Type.Null()]),
        status: Type.Union([Type.Literal('ok'), Type.Literal('rejected'), Type.Literal('retry')]),
        reason: Type.Optional(Type.String()),
      }),
      { description: 'One for each click, in the order sent' },
    ),
    dropped,
  },
  { description: 'Of several clicks some were not taken' },
)

const response = {
  200: Type.Union([Taken, PartlyTaken]),
  400: Type.Union([ErrorBody, PartlyTaken]),
  '4xx': ErrorBody,
  503: Type.Union([ErrorBody, PartlyTaken]),
}

const click = Type.Ref(Click)
const oneOrSeveral = Type.Union([click, Type.Array(click, { minItems: 1, maxItems: MAX_CLICKS })])

const byKey = [{ key: [] }]
const byOrigin = [{ origin: [] }]
const tags = ['clicks']
const types = ['application/json', 'application/x-ndjson', 'text/plain']

const checkProfileView = compile(ProfileView)

/** Where clicks come in. */
export default async function clicks(app: FastifyInstance, config: Config) {
  const take = createTake(app, config)

  app.post(
    '/clicklogger',
    {
      onRequest: app.needKey,
      schema: {
        tags,
        summary: 'Applications send clicks',
        security: byKey,
        consumes: types,
        body: oneOrSeveral,
        response,
      },
    },
    (request, reply) => take(request, reply, sentBody(request)),
  )

  app.post(
    '/clicks',
    {
      onRequest: app.needOrigin,
      schema: {
        tags,
        summary: 'Browsers send clicks',
        security: byOrigin,
        consumes: types,
        body: oneOrSeveral,
        response,
      },
    },
    (request, reply) => take(request, reply, sentBody(request)),
  )

  app.put(
    '/clicks',
    {
      onRequest: app.needOrigin,
      schema: {
        tags,
        summary: 'Browsers send one click, or the older site’s profile view',
        security: byOrigin,
        consumes: types,
        body: Type.Union([click, Type.Ref(ProfileView)]),
        response,
      },
    },
    (request, reply) => take(request, reply, readOne(request)),
  )

  function readOne(request: FastifyRequest): SentBody {
    const body = sentBody(request)
    if (body.several) throw new InvalidClick('PUT takes one click; send several by POST')
    const [value] = body.values
    if (typeof value !== 'object' || value === null || !('userId' in value || 'mysfitId' in value)) return body
    const reason = checkProfileView(value)
    if (reason !== undefined) return { several: false, values: [new Unfit('schema', reason, value)] }
    const anonymise = config.GPC_POLICY === 'anonymise' && asksForPrivacy(request)
    return { several: false, values: [fromProfileView(value as ProfileView, anonymise)] }
  }
}
