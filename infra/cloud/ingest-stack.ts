import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Compute } from './compute.ts'
import { Delivery } from './delivery.ts'
import { Edge } from './edge.ts'
import { Monitoring } from './monitoring.ts'
import type { DeploymentOptions } from './options.ts'
import type { StorageStack } from './storage-stack.ts'

export interface IngestStackProps extends StackProps {
  readonly options: DeploymentOptions
  readonly storage: StorageStack
}

/** The pipeline: a construct for each part of a click's way. It can go and come back; what it wrote stays. */
export class IngestStack extends Stack {
  constructor(scope: Construct, id: string, { options, storage, ...props }: IngestStackProps) {
    super(scope, id, props)
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W7001',
      reason:
        'The CDK adds a map of Firehose’s addresses to every stack with a delivery stream; only streams with an HTTP endpoint use it.',
    })
    const { bucket, rows, table } = storage
    const delivery = new Delivery(this, 'Delivery', { options, bucket, rows, table })
    const compute = new Compute(this, 'Compute', { options, stream: delivery.stream, bucket })
    const edge = new Edge(this, 'Edge', { options, ...compute })
    const { dashboard } = new Monitoring(this, 'Monitoring', {
      httpApi: edge.api,
      authorizer: edge.authorizer,
      service: compute.service,
      loadBalancer: compute.loadBalancer,
      targetGroup: compute.targetGroup,
      stream: delivery.stream,
      transformer: delivery.transformer,
      table,
      minTasks: options.minTasks,
      bufferSeconds: options.bufferSeconds,
      ...(options.alarmEmail !== '' && { alarmEmail: options.alarmEmail }),
    })
    new CfnOutput(this, 'DeliveryStreamName', {
      value: delivery.stream.deliveryStreamName,
      description: 'Delivery stream',
    })
    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName, description: 'CloudWatch dashboard' })
  }
}
