/** What stands between the gateway's private integration and the service: listener, target group, ECS service, container. */
import { Type } from '@sinclair/typebox'
import { type Deployment, TemplateError } from './resolve.ts'
import { Attributes, Text } from './schemas.ts'

const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const Http = Type.Literal('HTTP')

const LoadBalancer = Type.Object({
  Type: Type.Literal('application'),
  Scheme: Type.Literal('internal'),
  SecurityGroups: Type.Array(Text),
  LoadBalancerAttributes: Attributes,
})

const Listener = Type.Object({
  LoadBalancerArn: Text,
  Port,
  Protocol: Http,
  DefaultActions: Type.Array(
    Type.Object({ Type: Type.Literal('forward'), TargetGroupArn: Text }, { additionalProperties: false }),
    { minItems: 1, maxItems: 1 },
  ),
})

const TargetGroup = Type.Object({
  Port,
  Protocol: Http,
  // Of tasks in awsvpc mode: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
  TargetType: Type.Literal('ip'),
  HealthCheckPath: Text,
})

const EcsService = Type.Object({
  TaskDefinition: Text,
  LoadBalancers: Type.Array(Type.Object({ ContainerName: Text, ContainerPort: Port, TargetGroupArn: Text })),
  NetworkConfiguration: Type.Object({
    AwsvpcConfiguration: Type.Object({ SecurityGroups: Type.Array(Text), Subnets: Type.Array(Text) }),
  }),
})

/** Where requests to a listener end. */
export interface Target {
  /** ARN. */
  readonly taskDefinition: string
  readonly container: string
  readonly containerPort: number
  /** Of the target group. Tasks are registered with their own ports, so it only says what was meant. */
  readonly healthCheckPath: string
  readonly listenerPort: number
  /** Whether headers with other than letters, digits and hyphens in their names are dropped. */
  readonly dropInvalidHeaders: boolean
  readonly balancerGroups: readonly string[]
  readonly taskGroups: readonly string[]
  readonly subnets: readonly string[]
}

/** Follows a listener to the container that it forwards to. */
export function targetOf(deployment: Deployment, listenerArn: string): Target {
  const { at: listenerAt, properties: listener } = deployment.find(
    'AWS::ElasticLoadBalancingV2::Listener',
    Listener,
    listenerArn,
  )
  const balancer = deployment.find(
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    LoadBalancer,
    listener.LoadBalancerArn,
  ).properties
  const targetGroupArn = listener.DefaultActions[0]?.TargetGroupArn ?? ''
  const group = deployment.find('AWS::ElasticLoadBalancingV2::TargetGroup', TargetGroup, targetGroupArn)

  const { at, dependsOn, properties } = deployment.only('AWS::ECS::Service', EcsService)
  // ECS makes no service of a target group that no listener forwards to yet.
  if (!dependsOn.includes(listenerAt)) throw new TemplateError(`${at} does not depend on ${listenerAt}`)
  const registration = properties.LoadBalancers.find(({ TargetGroupArn }) => TargetGroupArn === targetGroupArn)
  if (registration === undefined) throw new TemplateError(`${at} registers in other target groups than ${group.at}`)
  const { ContainerName, ContainerPort } = registration
  if (group.properties.Port !== ContainerPort)
    throw new TemplateError(`${group.at} is for port ${group.properties.Port}, the container has ${ContainerPort}`)
  const { SecurityGroups, Subnets } = properties.NetworkConfiguration.AwsvpcConfiguration

  return {
    taskDefinition: properties.TaskDefinition,
    container: ContainerName,
    containerPort: ContainerPort,
    healthCheckPath: group.properties.HealthCheckPath,
    listenerPort: listener.Port,
    dropInvalidHeaders: balancer.LoadBalancerAttributes.some(
      ({ Key, Value }) => Key === 'routing.http.drop_invalid_header_fields.enabled' && Value === 'true',
    ),
    balancerGroups: balancer.SecurityGroups,
    taskGroups: SecurityGroups,
    subnets: Subnets,
  }
}
