/** The network: security groups between the VPC link and the service, and the way from the service to AWS. */
import { Type } from '@sinclair/typebox'
import type { Target } from './load-balancer.ts'
import { REGION } from './names.ts'
import { type Deployed, type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'

const Rule = Type.Object({
  IpProtocol: Text,
  FromPort: Type.Optional(Type.Integer()),
  ToPort: Type.Optional(Type.Integer()),
  CidrIp: Type.Optional(Text),
  GroupId: Type.Optional(Text),
  SourceSecurityGroupId: Type.Optional(Text),
  DestinationSecurityGroupId: Type.Optional(Text),
})
type Rule = typeof Rule.static

const Group = Type.Object({
  SecurityGroupIngress: Type.Optional(Type.Array(Rule)),
  SecurityGroupEgress: Type.Optional(Type.Array(Rule)),
})

const VpcLink = Type.Object({ SecurityGroupIds: Type.Array(Text), SubnetIds: Type.Array(Text, { minItems: 1 }) })

const Endpoint = Type.Object({
  ServiceName: Text,
  VpcEndpointType: Text,
  PrivateDnsEnabled: Type.Optional(Type.Boolean()),
  SecurityGroupIds: Type.Optional(Type.Array(Text)),
  SubnetIds: Type.Optional(Type.Array(Text)),
})

/** What isolated tasks need: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html, and Firehose. */
const NEEDED = ['ecr.api', 'ecr.dkr', 'logs', 'kinesis-firehose']

/** Fails unless the gateway's VPC link reaches the load balancer, this the tasks, and these the APIs of AWS. */
export function checkNetwork(deployment: Deployment, vpcLinkId: string, target: Target): void {
  const link = deployment.find('AWS::ApiGatewayV2::VpcLink', VpcLink, vpcLinkId)
  const reach = (what: string, from: readonly string[], to: readonly string[], port: number) => {
    if (!reaches(deployment, from, to, port)) throw new TemplateError(`${what} at port ${port}: no security group rule`)
  }
  reach(
    'The VPC link cannot reach the load balancer',
    link.properties.SecurityGroupIds,
    target.balancerGroups,
    target.listenerPort,
  )
  reach('The load balancer cannot reach tasks', target.balancerGroups, target.taskGroups, target.containerPort)

  const endpoints = deployment.all('AWS::EC2::VPCEndpoint', Endpoint)
  for (const service of NEEDED) {
    const endpoint = endpointOf(endpoints, service)
    const { PrivateDnsEnabled, SecurityGroupIds = [], SubnetIds = [] } = endpoint.properties
    if (PrivateDnsEnabled !== true || target.subnets.some((subnet) => !SubnetIds.includes(subnet)))
      throw new TemplateError(`${endpoint.at} is not what tasks find under the name of ${service}`)
    reach(`Tasks cannot reach ${service}`, target.taskGroups, SecurityGroupIds, 443)
  }
  // Layers of images. A gateway endpoint has no group: tasks must be let out to any address.
  endpointOf(endpoints, 's3')
  if (!rules(deployment, target.taskGroups, 'Egress').some((rule) => rule.CidrIp === '0.0.0.0/0' && opens(rule, 443)))
    throw new TemplateError('Tasks cannot reach S3')
}

function endpointOf(endpoints: readonly Deployed<typeof Endpoint.static>[], service: string) {
  const found = endpoints.find(({ properties }) => properties.ServiceName === `com.amazonaws.${REGION}.${service}`)
  if (found === undefined) throw new TemplateError(`There is no VPC endpoint of ${service}`)
  return found
}

/** Both ends must let it through. */
function reaches(deployment: Deployment, from: readonly string[], to: readonly string[], port: number): boolean {
  const out = rules(deployment, from, 'Egress').some(
    (rule) => opens(rule, port) && (rule.CidrIp === '0.0.0.0/0' || to.includes(rule.DestinationSecurityGroupId ?? '')),
  )
  const into = rules(deployment, to, 'Ingress').some(
    (rule) => opens(rule, port) && from.includes(rule.SourceSecurityGroupId ?? ''),
  )
  return out && into
}

const opens = ({ IpProtocol, FromPort, ToPort }: Rule, port: number) =>
  IpProtocol === '-1' || (IpProtocol === 'tcp' && (FromPort ?? 0) <= port && port <= (ToPort ?? 65_535))

/** Rules stand in the group or are resources of their own. A group without egress rules lets everything out. */
function rules(deployment: Deployment, groups: readonly string[], direction: 'Ingress' | 'Egress'): Rule[] {
  const own = deployment
    .all(`AWS::EC2::SecurityGroup${direction}`, Rule)
    .map(({ properties }) => properties)
    .filter(({ GroupId = '' }) => groups.includes(GroupId))
  const inline = groups.flatMap(
    (group) => deployment.find('AWS::EC2::SecurityGroup', Group, group).properties[`SecurityGroup${direction}`] ?? [],
  )
  return [...own, ...inline]
}
