import { Match } from 'aws-cdk-lib/assertions'
import t from 'tap'
import { synthesize } from './synth.ts'

const { ingest } = synthesize({ origins: 'https://shop.example,https://www.shop.example' })
const routes = Object.values(ingest.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties)
const authorizers = ingest.findResources('AWS::ApiGatewayV2::Authorizer')

t.test('routes – explicit ones only', async (t) => {
  t.same(routes.map(({ RouteKey }) => RouteKey).sort(), [
    'GET /tracker.js',
    'POST /clicklogger',
    'POST /clicks',
    'PUT /clicks',
  ])
})

t.test('routes – each credential has its authorizer; the script has none', async (t) => {
  const sources = Object.fromEntries(
    routes.map(({ RouteKey, AuthorizerId }) => [RouteKey, authorizers[AuthorizerId?.Ref]?.Properties.IdentitySource]),
  )
  t.same(sources, {
    'POST /clicklogger': ['$request.header.Authorization'],
    'POST /clicks': ['$request.header.Origin'],
    'PUT /clicks': ['$request.header.Origin'],
    'GET /tracker.js': undefined,
  })
  for (const { Properties } of Object.values(authorizers)) {
    t.match(Properties, {
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 300,
    })
  }
  t.equal(
    new Set(Object.values(authorizers).map(({ Properties }) => JSON.stringify(Properties.AuthorizerUri))).size,
    1,
    'one function',
  )
})

t.test('integrations – who sends is overwritten by the gateway, and removed where nobody is asked', async (t) => {
  const parameters = Object.values(ingest.findResources('AWS::ApiGatewayV2::Integration')).map(
    ({ Properties }) => Properties.RequestParameters,
  )
  t.same(parameters, [
    {
      'overwrite:header.x-click-client': '$context.authorizer.client',
      'overwrite:header.x-click-ip': '$context.identity.sourceIp',
    },
    { 'remove:header.x-click-client': "''", 'remove:header.x-click-ip': "''" },
  ])
  ingest.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
    ConnectionType: 'VPC_LINK',
    IntegrationType: 'HTTP_PROXY',
  })
})

t.test('CORS – exact origins; none where none is allowed', async () => {
  ingest.hasResourceProperties('AWS::ApiGatewayV2::Api', {
    CorsConfiguration: {
      AllowOrigins: ['https://shop.example', 'https://www.shop.example'],
      AllowMethods: ['GET', 'POST', 'PUT'],
      AllowHeaders: ['content-type', 'content-encoding', 'authorization'],
      ExposeHeaders: ['retry-after'],
      MaxAge: 86_400,
      AllowCredentials: Match.absent(),
    },
  })
  synthesize().ingest.hasResourceProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() })
})

t.test('stage – throttles for all and for each route; logs say nothing secret or personal', async (t) => {
  const [stage] = Object.values(ingest.findResources('AWS::ApiGatewayV2::Stage'))
  const { DefaultRouteSettings, RouteSettings, AccessLogSettings, StageName, AutoDeploy } = stage?.Properties ?? {}
  t.match({ StageName, AutoDeploy }, { StageName: '$default', AutoDeploy: true })
  t.match(DefaultRouteSettings, { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 4000 })
  t.same(Object.keys(RouteSettings).sort(), routes.map(({ RouteKey }) => RouteKey).sort())
  t.equal(RouteSettings['GET /tracker.js'].ThrottlingRateLimit, 200)
  t.ok(stage?.DependsOn?.length >= routes.length, 'settings of a route that does not exist yet are refused')
  t.notMatch(AccessLogSettings.Format, /authorization|header|sourceIp|query|identity/i)
  t.match(JSON.parse(AccessLogSettings.Format), { status: '$context.status', client: '$context.authorizer.client' })
})

t.test('link – in the isolated subnets, with a group of its own', async (t) => {
  const [link] = Object.values(ingest.findResources('AWS::ApiGatewayV2::VpcLink'))
  t.equal(link?.Properties.SubnetIds.length, 2)
  t.equal(link?.Properties.SecurityGroupIds.length, 1)
})

t.test('keys – one random key at deploy; the older system’s sample is not among them', async (t) => {
  ingest.hasResourceProperties('AWS::SecretsManager::Secret', {
    SecretString: Match.absent(),
    Name: Match.absent(),
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey: 'default',
      PasswordLength: 40,
      ExcludePunctuation: true,
    },
  })
  t.notMatch(JSON.stringify(ingest.toJSON()), /ORDERAPP|BILLAPP/)
})
