/** CORS as the gateway does it: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
import type { IncomingHttpHeaders } from 'node:http'
import { type Static, Type } from '@sinclair/typebox'
import type { Answer } from './http.ts'
import { strict, Text } from './schemas.ts'

export const Cors = strict({
  // Exact ones.
  AllowOrigins: Type.Array(Type.String({ pattern: '^https?://[^*]+$' })),
  AllowMethods: Type.Array(Text),
  AllowHeaders: Type.Array(Text),
  ExposeHeaders: Type.Array(Text),
  MaxAge: Type.Integer(),
})
export type Cors = Static<typeof Cors>

/** Not refused for a foreign origin, but without a header that would let its browser go on. */
export function preflight(cors: Cors, { origin }: IncomingHttpHeaders): Answer {
  if (!allowed(cors, origin)) return { status: 204, headers: {}, body: '' }
  const headers = {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': cors.AllowMethods.join(),
    'access-control-allow-headers': cors.AllowHeaders.join(),
    'access-control-max-age': String(cors.MaxAge),
  }
  return { status: 204, headers, body: '' }
}

/** "If you configure CORS for an API, API Gateway ignores CORS headers returned from your backend integration." */
export function withCors(cors: Cors, { status, headers, body }: Answer, origin: string | undefined): Answer {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('access-control-'))
  const added = allowed(cors, origin) && {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': cors.ExposeHeaders.join(),
  }
  return { status, headers: { ...Object.fromEntries(kept), ...added }, body }
}

const allowed = ({ AllowOrigins }: Cors, origin: string | undefined) => AllowOrigins.includes(origin ?? '')
