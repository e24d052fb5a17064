/** API Gateway: the template's HTTP API as a server. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Type } from '@sinclair/typebox'
import { type DeployedAuthorizer, deployAuthorizer } from './authorizer.ts'
import { Cors, preflight, withCors } from './cors.ts'
import { type Answer, forward, type LocalServer, serve } from './http.ts'
import type { DeployedFunction } from './lambda.ts'
import { type Target, targetOf } from './load-balancer.ts'
import { type Context, compileMapping, type Mapped, type Mapping } from './mapping.ts'
import { REGION } from './names.ts'
import { checkNetwork } from './network.ts'
import type { Permissions } from './permissions.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { strict, Text } from './schemas.ts'

const Api = strict({ ProtocolType: Type.Literal('HTTP'), CorsConfiguration: Type.Optional(Cors) })

/** Deployed by itself, at the root: a stage of another name would be part of every path. */
const Stage = strict({
  ApiId: Text,
  StageName: Type.Literal('$default'),
  AutoDeploy: Type.Literal(true),
  AccessLogSettings: Type.Unknown(),
  // Throttles, of which a harness on one machine shows nothing.
  DefaultRouteSettings: Type.Unknown(),
  RouteSettings: Type.Optional(Type.Record(Text, Type.Unknown())),
})

/** One method and one path, without variables: ANY and $default would take preflights from the gateway. */
const Route = strict({
  ApiId: Text,
  RouteKey: Type.String({ pattern: '^(GET|POST|PUT|PATCH|DELETE|HEAD) /[^{}]*$' }),
  AuthorizationType: Type.Union([Type.Literal('CUSTOM'), Type.Literal('NONE')]),
  AuthorizerId: Type.Optional(Text),
  Target: Type.String({ pattern: '^integrations/.+' }),
})

/** Private integrations: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html */
const Integration = strict({
  ApiId: Text,
  IntegrationType: Type.Literal('HTTP_PROXY'),
  ConnectionType: Type.Literal('VPC_LINK'),
  ConnectionId: Text,
  IntegrationUri: Text,
  IntegrationMethod: Type.Literal('ANY'),
  PayloadFormatVersion: Type.Literal('1.0'),
  RequestParameters: Type.Optional(Type.Record(Text, Type.String())),
})

/** Where requests come from, as the gateway sees it. */
export const SOURCE_IP = '198.51.100.77'

interface DeployedRoute {
  readonly routeKey: string
  readonly authorizer: DeployedAuthorizer | undefined
  readonly mapping: Mapping
}

export interface Gateway extends LocalServer {
  /** What was passed on, in order. */
  readonly forwarded: readonly { readonly routeKey: string; readonly headers: IncomingHttpHeaders }[]
  /** How often authorizers' function was called. */
  authorizerCalls(): number
}

export interface GatewayOptions {
  readonly deployment: Deployment
  readonly permissions: Permissions
  readonly deployFunction: (functionArn: string) => DeployedFunction
  /** Starts the container that all integrations lead to. */
  readonly startTarget: (target: Target) => Promise<{ readonly url: string }>
  readonly onError: (error: unknown) => void
}

/** Starts the template's only API. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { deployment, permissions, deployFunction, startTarget, onError } = options
  const api = deployment.only('AWS::ApiGatewayV2::Api', Api)
  const cors = api.properties.CorsConfiguration
  const ofApi = <T extends { ApiId: string }>({ at, properties }: { at: string; properties: T }): T => {
    if (properties.ApiId !== api.ref) throw new TemplateError(`${at} belongs to another API`)
    return properties
  }
  const stage = deployment.only('AWS::ApiGatewayV2::Stage', Stage)
  const { RouteSettings = {} } = ofApi(stage)

  const deployedRoutes = deployment.all('AWS::ApiGatewayV2::Route', Route)
  for (const routeKey of Object.keys(RouteSettings)) {
    const route = deployedRoutes.find(({ properties }) => properties.RouteKey === routeKey)
    // CloudFormation fails with this text where the route is not there, or not there yet.
    if (route === undefined || !stage.dependsOn.includes(route.at))
      throw new TemplateError(`${stage.at}: Unable to find Route by key ${routeKey} within the provided RouteSettings`)
  }

  const authorizers = new Map<string, DeployedAuthorizer>()
  const targets = new Set<string>()
  const routes = new Map<string, DeployedRoute>()
  for (const route of deployedRoutes) {
    const { RouteKey, AuthorizationType, AuthorizerId, Target } = ofApi(route)
    if (routes.has(RouteKey)) throw new TemplateError(`${route.at}: there are two routes ${RouteKey}`)
    if ((AuthorizationType === 'CUSTOM') !== (AuthorizerId !== undefined))
      throw new TemplateError(`${route.at}: ${AuthorizationType} with authorizer ${AuthorizerId}`)
    if (AuthorizerId !== undefined && !authorizers.has(AuthorizerId))
      authorizers.set(AuthorizerId, deployAuthorizer(deployment, permissions, deployFunction, api.ref, AuthorizerId))
    const integration = deployment.find(
      'AWS::ApiGatewayV2::Integration',
      Integration,
      Target.replace('integrations/', ''),
    )
    const { IntegrationUri, ConnectionId, RequestParameters = {} } = ofApi(integration)
    checkNetwork(deployment, ConnectionId, targetOf(deployment, IntegrationUri))
    targets.add(IntegrationUri)
    const authorizer = AuthorizerId === undefined ? undefined : authorizers.get(AuthorizerId)
    routes.set(RouteKey, { routeKey: RouteKey, authorizer, mapping: compileMapping(RequestParameters, integration.at) })
  }
  const [listener = '', ...others] = targets
  if (others.length > 0) throw new TemplateError('Integrations lead to several listeners, which is not played')
  const target = targetOf(deployment, listener)
  const backend = await startTarget(target)
  const forwarded: { routeKey: string; headers: IncomingHttpHeaders }[] = []

  async function answer(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = '', headers } = request
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
    if (cors !== undefined && method === 'OPTIONS') return preflight(cors, headers)
    const route = routes.get(`${method} ${path}`)
    if (route === undefined) return own(404)
    const { routeKey } = route
    const requestId = randomUUID()
    const asked = { method, path, query, headers, routeKey, requestId, sourceIp: SOURCE_IP }
    const decision = (await route.authorizer?.decide(asked)) ?? { context: {} }
    if (decision.refused !== undefined) return own(decision.refused)

    const context: Context = {
      ...Object.fromEntries(Object.entries(decision.context).map(([key, value]) => [`authorizer.${key}`, value])),
      'identity.sourceIp': SOURCE_IP,
      'identity.userAgent': headers['user-agent'],
      requestId,
      routeKey,
      stage: '$default',
      apiId: api.ref,
      domainName: `${api.ref}.execute-api.${REGION}.amazonaws.com`,
    }
    const mapped = route.mapping({ headers, path: query === '' ? path : `${path}?${query}` }, context)
    forwarded.push({ routeKey, headers: mapped.headers })
    const answered = await passOn(mapped, method, body)
    return cors === undefined ? answered : withCors(cors, answered, headers.origin)
  }

  /** Through the VPC link and the load balancer. */
  async function passOn({ headers, path }: Mapped, method: string, body: Buffer): Promise<Answer> {
    const kept = Object.entries(headers).filter(
      ([name, value]) => value !== undefined && (!target.dropInvalidHeaders || /^[-A-Za-z0-9]+$/.test(name)),
    )
    const added = { forwarded: `for=${SOURCE_IP};proto=https`, 'x-forwarded-for': SOURCE_IP }
    return forward(`${backend.url}${path}`, method, { ...Object.fromEntries(kept), ...added }, body)
  }

  const server = await serve(answer, onError)
  return {
    ...server,
    forwarded,
    authorizerCalls: () => [...authorizers.values()].reduce((sum, { calls }) => sum + calls(), 0),
  }
}

const REASONS = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 500: 'Internal Server Error' }

/** An answer of the gateway's own. */
const own = (status: keyof typeof REASONS): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: REASONS[status] }),
})
