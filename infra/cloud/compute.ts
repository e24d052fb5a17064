import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib'
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import {
  AwsLogDriverMode,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs'
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { PREFIX } from '../pipeline.ts'
import { acknowledgeObjects, acknowledgeWildcard } from './acknowledge.ts'
import type { DeploymentOptions } from './options.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PORT = 3000

/** Milliseconds that a task keeps serving after SIGTERM. */
const DRAIN_DELAY_MS = 5000

/** How long the load balancer lets a task finish: longer than the gateway waits for any answer, which is 30 s. */
const DEREGISTRATION_DELAY = Duration.seconds(35)

/** Until ECS kills: longer than drain, delivery and spill together, which are 20 s. */
const STOP_TIMEOUT = Duration.seconds(60)

/** What a task of a quarter of a CPU does with room to spare. More of them come before it is reached. */
const REQUESTS_PER_TARGET_PER_MINUTE = 30_000
const CPU_PERCENT = 60

export interface ComputeProps {
  readonly options: DeploymentOptions
  readonly stream: DeliveryStream
  /** Where clicks are parked that Firehose does not take. */
  readonly bucket: IBucket
}

/** Steps 3 to 7: the service on Fargate, behind a load balancer that only the gateway's VPC link can reach. */
export class Compute extends Construct {
  readonly vpc: Vpc
  /** The VPC link's: the load balancer lets in nobody else. */
  readonly linkSecurityGroup: SecurityGroup
  readonly loadBalancer: ApplicationLoadBalancer
  readonly listener: ApplicationListener
  readonly targetGroup: ApplicationTargetGroup
  readonly service: FargateService

  constructor(scope: Construct, id: string, { options, stream, bucket }: ComputeProps) {
    super(scope, id)
    this.vpc = this.#network(options)
    const group = (name: string, description: string) =>
      new SecurityGroup(this, name, { vpc: this.vpc, description, allowAllOutbound: false })
    this.linkSecurityGroup = group('LinkGroup', 'VPC link of the gateway')
    const balancerGroup = group('BalancerGroup', 'Load balancer of the click service')
    const taskGroup = group('TaskGroup', 'Tasks of the click service')
    const endpointGroup = group('EndpointGroup', 'Endpoints of AWS services')
    balancerGroup.connections.allowFrom(this.linkSecurityGroup, Port.tcp(80), 'the gateway')
    taskGroup.connections.allowFrom(balancerGroup, Port.tcp(PORT), 'the load balancer')
    endpointGroup.connections.allowFrom(taskGroup, Port.tcp(443), 'tasks')
    this.#endpoints(taskGroup, endpointGroup)

    this.service = this.#service({ options, stream, bucket }, taskGroup)

    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: this.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      internetFacing: false,
      securityGroup: balancerGroup,
      dropInvalidHeaderFields: true,
    })
    Validations.of(this.loadBalancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason: 'Every request comes through the gateway, whose access log has it already.',
    })
    this.listener = this.loadBalancer.addListener('Listener', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      // Otherwise it would open itself to 0.0.0.0/0.
      open: false,
    })
    this.targetGroup = this.listener.addTargets('Tasks', {
      port: PORT,
      protocol: ApplicationProtocol.HTTP,
      targets: [this.service],
      deregistrationDelay: DEREGISTRATION_DELAY,
      healthCheck: {
        path: '/health/ready',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(3),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    })
    this.#scale(options)
  }

  /** Subnets without a way to the internet: what tasks need of AWS comes to them through endpoints. */
  #network({ azs }: DeploymentOptions): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ...(azs.length > 0 ? { availabilityZones: [...azs] } : { maxAzs: 2 }),
      natGateways: 0,
      // Nothing is in the default group; closing it would take a function of its own.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'tasks', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    })
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason:
        'Nothing in it has a way to the internet; the gateway logs every request, and flow logs would cost more than the tasks.',
    })
    return vpc
  }

  /** The image is pulled from ECR, whose layers are in S3; clicks go to Firehose, logs to CloudWatch. Nothing else. */
  #endpoints(tasks: SecurityGroup, endpoints: SecurityGroup): void {
    const services = {
      EcrApi: InterfaceVpcEndpointAwsService.ECR,
      EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
      Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
      Firehose: InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE,
    }
    for (const [id, service] of Object.entries(services)) {
      this.vpc.addInterfaceEndpoint(id, { service, securityGroups: [endpoints], open: false })
    }
    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 })
    // A gateway endpoint has addresses of its own, which no security group stands for.
    tasks.connections.allowToAnyIpv4(Port.tcp(443), 'layers of the image, through the S3 endpoint')
  }

  #service({ options, stream, bucket }: ComputeProps, securityGroup: SecurityGroup): FargateService {
    const arm = options.arch === 'arm64'
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: options.cpu,
      memoryLimitMiB: options.memory,
      runtimePlatform: {
        cpuArchitecture: arm ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    })
    Validations.of(task).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason:
        'The environment holds names and numbers. Keys are with the authorizer, which reads them from Secrets Manager.',
    })
    task.addContainer('service', {
      image: ContainerImage.fromAsset(ROOT, {
        target: 'service',
        // Not in this image: a change there must not make a new one, and with it a rollout.
        exclude: ['infra'],
        platform: arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      }),
      portMappings: [{ containerPort: PORT }],
      environment: {
        PORT: String(PORT),
        DELIVERY_STREAM: stream.deliveryStreamName,
        SPILL_BUCKET: bucket.bucketName,
        AUTH: 'gateway',
        DRAIN_DELAY_MS: String(DRAIN_DELAY_MS),
        IP_POLICY: options.ipPolicy,
        GPC_POLICY: options.gpcPolicy,
      },
      readonlyRootFilesystem: true,
      stopTimeout: STOP_TIMEOUT,
      logging: LogDrivers.awsLogs({
        streamPrefix: 'service',
        logGroup: new LogGroup(this, 'Logs', { retention: options.logDays, removalPolicy: RemovalPolicy.DESTROY }),
        // A stalled log must not stall clicks. What does not fit is lost, and alarms on it take silence as alarming.
        mode: AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: Size.mebibytes(25),
      }),
    })
    stream.grant(task.taskRole, 'firehose:PutRecordBatch')
    task.addToTaskRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [PREFIX.spill, PREFIX.rejected].map((prefix) => bucket.arnForObjects(`${prefix}*`)),
      }),
    )
    acknowledgeObjects(task, PREFIX.spill, PREFIX.rejected)
    acknowledgeWildcard(task, '*', 'ecr:GetAuthorizationToken, with which the image is pulled, knows no resource.')

    return new FargateService(this, 'Service', {
      cluster: this.#cluster(),
      taskDefinition: task,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      assignPublicIp: false,
      desiredCount: options.minTasks,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(30),
    })
  }

  #cluster(): Cluster {
    const cluster = new Cluster(this, 'Cluster', { vpc: this.vpc, containerInsightsV2: ContainerInsights.DISABLED })
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-ECS4',
      reason:
        'CPU, memory and healthy tasks are on the dashboard without Container Insights, which would cost half as much as the tasks.',
    })
    return cluster
  }

  #scale({ minTasks, maxTasks }: DeploymentOptions): void {
    const scaling = this.service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT })
    scaling.scaleOnRequestCount('Requests', {
      requestsPerTarget: REQUESTS_PER_TARGET_PER_MINUTE,
      targetGroup: this.targetGroup,
    })
  }
}
