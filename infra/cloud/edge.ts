import { CfnOutput, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
  MappingValue,
  ParameterMapping,
  VpcLink,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpAlbIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2'
import type { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { AUTHORIZER_ENV, CREDENTIALS } from '../lambda/authorizer-env.ts'
import { BundledFunction } from './function.ts'
import type { DeploymentOptions } from './options.ts'

/** How long the gateway takes an authorizer's word for the same header. A key that is taken back works as long. */
const AUTHORIZER_CACHE = Duration.minutes(5)

const SCRIPT_ROUTE = 'GET /tracker.js'

/** The browser script gets one part in so many of the requests that the gateway lets in. */
const SCRIPT_SHARE = 10

/** What the gateway writes of each request: no header, no query and no address, which are secret or personal. */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  responseBytes: '$context.responseLength',
  client: '$context.authorizer.client',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integrationErrorMessage',
})

export interface EdgeProps {
  readonly options: DeploymentOptions
  readonly vpc: IVpc
  readonly listener: ApplicationListener
  readonly linkSecurityGroup: ISecurityGroup
}

/** Steps 1 and 2: the gateway, which tells browsers what they may do, counts, and asks who sends. */
export class Edge extends Construct {
  readonly api: HttpApi
  readonly authorizer: IFunction

  constructor(scope: Construct, id: string, { options, vpc, listener, linkSecurityGroup }: EdgeProps) {
    super(scope, id)
    const secret = new Secret(this, 'Keys', {
      description: 'Keys of applications that send clicks: {"<client name>":"<key>"}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'default',
        passwordLength: 40,
        excludePunctuation: true,
      },
    })
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Keys are given to people who run applications; a new one is added beside the old one, which goes when nobody uses it.',
    })
    this.authorizer = this.#authorizer(options, secret)

    this.api = new HttpApi(this, 'Api', {
      description: 'Clicks come in here',
      createDefaultStage: false,
      ...(options.origins.length > 0 && {
        corsPreflight: {
          allowOrigins: [...options.origins],
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT],
          allowHeaders: ['content-type', 'content-encoding', 'authorization'],
          exposeHeaders: ['retry-after'],
          maxAge: Duration.days(1),
        },
      }),
    })
    const link = new VpcLink(this, 'Link', {
      vpc,
      // The default would be subnets with a way out, which this network does not have.
      subnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [linkSecurityGroup],
    })
    this.#stage(options, this.#routes(listener, link))
    new CfnOutput(Stack.of(this), 'Url', { value: this.api.apiEndpoint, description: 'Where clicks are sent to' })
    new CfnOutput(Stack.of(this), 'KeysSecret', { value: secret.secretName, description: 'Secret that holds the keys' })
  }

  #authorizer(options: DeploymentOptions, secret: Secret): IFunction {
    const { function: authorizer } = new BundledFunction(this, 'Authorizer', {
      file: 'authorizer.ts',
      description: 'Tells who sends a click',
      environment: {
        [AUTHORIZER_ENV.secret]: secret.secretArn,
        [AUTHORIZER_ENV.origins]: options.origins.join(','),
      },
      // The gateway waits ten seconds.
      timeout: Duration.seconds(8),
      memory: 256,
      options,
    })
    secret.grantRead(authorizer)
    return authorizer
  }

  /** @param routes the stage sets limits for them, so they come first */
  #stage({ requestsPerSecond, burst, logDays }: DeploymentOptions, routes: readonly HttpRoute[]): void {
    const logs = new LogGroup(this, 'AccessLogs', { retention: logDays, removalPolicy: RemovalPolicy.DESTROY })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    })
    // The script is cached by browsers: a flood of requests for it must not take the clicks' share.
    const script = Math.ceil(requestsPerSecond / SCRIPT_SHARE)
    const settings = stage.node.defaultChild as CfnStage
    settings.routeSettings = {
      [SCRIPT_ROUTE]: { ThrottlingRateLimit: script, ThrottlingBurstLimit: script * 2 },
      ...Object.fromEntries(
        Object.keys(CREDENTIALS).map((route) => [
          route,
          { ThrottlingRateLimit: requestsPerSecond, ThrottlingBurstLimit: burst },
        ]),
      ),
    }
    for (const route of routes) stage.node.addDependency(route)
  }

  /**
   * Explicit routes only: one for any method would take preflights from the gateway.
   * All headers of an authorizer's identity sources must be there, so each credential has an authorizer of its own.
   */
  #routes(listener: ApplicationListener, vpcLink: VpcLink): HttpRoute[] {
    const authorizer = (name: string, header: string) =>
      new HttpLambdaAuthorizer(name, this.authorizer, {
        authorizerName: name,
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        identitySource: [`$request.header.${header}`],
        resultsCacheTtl: AUTHORIZER_CACHE,
      })
    const authorizers = { key: authorizer('key', 'Authorization'), origin: authorizer('origin', 'Origin') }
    // Overwritten, so that whoever sends these headers is not believed.
    const identified = new ParameterMapping()
      .overwriteHeader('x-click-client', MappingValue.contextVariable('authorizer.client'))
      .overwriteHeader('x-click-ip', MappingValue.contextVariable('identity.sourceIp'))
    // Not removeHeader: it gives an empty value, where AWS documents a quoted one.
    const anonymous = new ParameterMapping()
      .custom('remove:header.x-click-client', "''")
      .custom('remove:header.x-click-ip', "''")
    const take = new HttpAlbIntegration('Take', listener, { vpcLink, parameterMapping: identified })
    const show = new HttpAlbIntegration('Show', listener, { vpcLink, parameterMapping: anonymous })

    const clicks = Object.entries(CREDENTIALS).flatMap(([route, credential]) =>
      this.api.addRoutes({ ...parseRoute(route), integration: take, authorizer: authorizers[credential] }),
    )
    const script = this.api.addRoutes({ ...parseRoute(SCRIPT_ROUTE), integration: show })
    for (const route of script)
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The browser script is for everybody: pages load it without a credential.',
      })
    return [...clicks, ...script]
  }
}

function parseRoute(route: string): { path: string; methods: HttpMethod[] } {
  const [method, path] = route.split(' ') as [HttpMethod, string]
  return { path, methods: [method] }
}
