/**
 * The gateway's Lambda authorizers, with payload format 2.0 and simple responses.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { DeployedFunction } from './lambda.ts'
import { ACCOUNT, arn, REGION } from './names.ts'
import type { Permissions } from './permissions.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { strict, Text } from './schemas.ts'

const Authorizer = strict({
  ApiId: Text,
  AuthorizerType: Type.Literal('REQUEST'),
  AuthorizerPayloadFormatVersion: Type.Literal('2.0'),
  EnableSimpleResponses: Type.Literal(true),
  AuthorizerResultTtlInSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
  AuthorizerUri: Text,
  IdentitySource: Type.Array(Type.String({ pattern: '^\\$request\\.header\\.[\\w-]+$|^\\$context\\.routeKey$' }), {
    minItems: 1,
  }),
})

const SimpleResponse = Type.Object({
  isAuthorized: Type.Boolean(),
  context: Type.Optional(Type.Record(Type.String(), Type.String())),
})

/** A request as far as authorizers see it. */
export interface AuthorizerRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  readonly routeKey: string
  readonly requestId: string
  readonly sourceIp: string
}

/** The gateway's own answer, or what the authorizer says of the sender. */
export type Decision =
  | { readonly refused: 401 | 403 | 500 }
  | { readonly refused?: undefined; readonly context: Readonly<Record<string, string>> }

export interface DeployedAuthorizer {
  decide(request: AuthorizerRequest): Promise<Decision>
  /** How often the function was called. */
  calls(): number
}

/** The authorizer of an id. */
export function deployAuthorizer(
  deployment: Deployment,
  permissions: Permissions,
  deployFunction: (functionArn: string) => DeployedFunction,
  apiId: string,
  authorizerId: string,
): DeployedAuthorizer {
  const { at, properties } = deployment.find('AWS::ApiGatewayV2::Authorizer', Authorizer, authorizerId)
  const { ApiId, AuthorizerUri, AuthorizerResultTtlInSeconds, IdentitySource } = properties
  if (ApiId !== apiId) throw new TemplateError(`${at} belongs to another API`)
  const uri = new RegExp(`^arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/(.+)/invocations$`)
  const [, functionArn] = uri.exec(AuthorizerUri) ?? []
  if (functionArn === undefined) throw new TemplateError(`${at}: ${AuthorizerUri} is no function`)
  const authorizer = deployFunction(functionArn)
  const cache = new Map<string, { readonly decision: Decision; readonly until: number }>()
  let calls = 0

  async function ask(request: AuthorizerRequest, identitySource: readonly string[]): Promise<Decision> {
    calls += 1
    try {
      permissions.demandInvoke(
        'apigateway.amazonaws.com',
        arn('execute-api', `${apiId}/authorizers/${authorizerId}`),
        functionArn ?? '',
      )
      // "The maximum timeout of an authorizer is 10 s."
      const late = AbortSignal.timeout(10_000)
      const answer = await Promise.race([
        authorizer.invoke(eventOf(request, apiId, identitySource)),
        new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(late.reason), { once: true })),
      ])
      const { isAuthorized, context = {} } = Value.Parse(SimpleResponse, answer)
      return isAuthorized ? { context } : { refused: 403 }
    } catch {
      // The gateway answers 500 whatever went wrong, and leaves the reason to its log.
      return { refused: 500 }
    }
  }

  return {
    calls: () => calls,
    async decide(request) {
      const identity = IdentitySource.map((source) =>
        source === '$context.routeKey' ? request.routeKey : request.headers[source.split('.')[2]?.toLowerCase() ?? ''],
      )
      // "If any are missing, API Gateway answers 401 without invoking the function."
      if (identity.some((value) => value === undefined || value === '')) return { refused: 401 }
      const key = JSON.stringify(identity)
      const cached = cache.get(key)
      if (cached !== undefined && cached.until > Date.now()) return cached.decision
      const decision = await ask(request, identity as string[])
      if (decision.refused !== 500)
        cache.set(key, { decision, until: Date.now() + AuthorizerResultTtlInSeconds * 1000 })
      return decision
    },
  }
}

function eventOf(request: AuthorizerRequest, apiId: string, identitySource: readonly string[]) {
  const { method, path, query, headers, routeKey, requestId, sourceIp } = request
  const now = new Date()
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: arn('execute-api', `${apiId}/$default/${routeKey.replace(' ', '')}`),
    identitySource,
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: {
      accountId: ACCOUNT,
      apiId,
      domainName: `${apiId}.execute-api.${REGION}.amazonaws.com`,
      domainPrefix: apiId,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId,
      routeKey,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
  }
}
