import { Match } from 'aws-cdk-lib/assertions'
import t from 'tap'
import { loadConfig } from '../../../service/config.ts'
import { only, synthesize } from './synth.ts'

const { ingest } = synthesize({ arch: 'arm64' })

t.test('network – isolated: no way to the internet, exactly the endpoints that are needed', async (t) => {
  for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway', 'AWS::EC2::EIP'])
    ingest.resourceCountIs(type, 0)
  const endpoints = Object.values(ingest.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) =>
    JSON.stringify(Properties.ServiceName).replace(/.*\.(ecr\.api|ecr\.dkr|logs|kinesis-firehose|s3)".*/, '$1'),
  )
  t.same(endpoints.sort(), ['ecr.api', 'ecr.dkr', 'kinesis-firehose', 'logs', 's3'])
  ingest.resourceCountIs('AWS::EC2::Subnet', 2)
})

t.test('network – the zones of the context', async (t) => {
  const { ingest } = synthesize({ azs: 'us-east-1a,us-east-1b,us-east-1d' })
  const zones = Object.values(ingest.findResources('AWS::EC2::Subnet')).map(
    ({ Properties }) => Properties.AvailabilityZone,
  )
  t.same(zones, ['us-east-1a', 'us-east-1b', 'us-east-1d'])
})

t.test('security groups – gateway to balancer to tasks to endpoints, and no other way', async (t) => {
  const ingress = Object.values(ingest.findResources('AWS::EC2::SecurityGroupIngress')).map(
    ({ Properties }) => Properties,
  )
  t.same(
    ingress.map(({ FromPort, ToPort, IpProtocol, CidrIp }) => ({ FromPort, ToPort, IpProtocol, CidrIp })),
    [80, 3000, 443].map((port) => ({ FromPort: port, ToPort: port, IpProtocol: 'tcp', CidrIp: undefined })),
  )
  for (const { Properties } of Object.values(ingest.findResources('AWS::EC2::SecurityGroup')))
    t.notOk(Properties.SecurityGroupIngress, 'nothing is open to addresses')
})

t.test('balancer – internal, with a health path and a delay of its own', async (t) => {
  ingest.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' })
  ingest.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Port: 3000,
    Protocol: 'HTTP',
    HealthCheckPath: '/health/ready',
    TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '35' }]),
  })
  t.equal(only(ingest, 'AWS::ElasticLoadBalancingV2::Listener').Port, 80)
})

t.test('task – the service’s own settings take its environment; it stops later than it drains', async (t) => {
  const { ContainerDefinitions, RuntimePlatform, Cpu, Memory } = only(ingest, 'AWS::ECS::TaskDefinition') as Record<
    string,
    Record<string, unknown>[]
  >
  t.match(
    { RuntimePlatform, Cpu, Memory },
    { RuntimePlatform: { CpuArchitecture: 'ARM64' }, Cpu: '256', Memory: '512' },
  )
  const [container] = ContainerDefinitions as { Environment: { Name: string; Value: unknown }[]; StopTimeout: number }[]
  const env = Object.fromEntries(
    (container?.Environment ?? []).map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : 'resolved']),
  )
  const config = loadConfig(env)
  t.match(config, { AUTH: 'gateway', DRAIN_DELAY_MS: 5000, IP_POLICY: 'truncate', GPC_POLICY: 'anonymise' })
  t.ok((container?.StopTimeout ?? 0) * 1000 > config.DRAIN_DELAY_MS + config.DELIVERY_TIMEOUT_MS + 5000)
  t.match(container, {
    ReadonlyRootFilesystem: true,
    PortMappings: [{ ContainerPort: 3000 }],
    LogConfiguration: { LogDriver: 'awslogs', Options: { mode: 'non-blocking', 'max-buffer-size': '26214400b' } },
  })
  t.notMatch(JSON.stringify(container), /Secrets"/, 'no secret comes near the service')
})

t.test('service – rolls back, stays whole while it changes, scales by CPU and by requests', async () => {
  ingest.hasResourceProperties('AWS::ECS::Service', {
    DesiredCount: 2,
    DeploymentConfiguration: Match.objectLike({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    }),
    NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED' }) },
  })
  ingest.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 10 })
  for (const metric of ['ECSServiceAverageCPUUtilization', 'ALBRequestCountPerTarget'])
    ingest.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: Match.objectLike({
        PredefinedMetricSpecification: Match.objectLike({ PredefinedMetricType: metric }),
      }),
    })
})
