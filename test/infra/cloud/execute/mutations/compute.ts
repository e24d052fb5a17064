import { type Mutations, variable } from './mutation.ts'

const ROLE = 'AWS::IAM::Role'
const SERVICE = 'AWS::ECS::Service'
const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup'
const TASK = 'AWS::ECS::TaskDefinition'

/** Steps 3 to 7. */
export const COMPUTE: Mutations = {
  'the target group has another port': {
    make: (edit) => edit.set(TARGETS, '', 'Port', 8080),
    caught: /is for port 8080, the container has 3000/,
  },
  'the health check asks for what is not there': {
    make: (edit) => edit.set(TARGETS, '', 'HealthCheckPath', '/health'),
    caught: /health check \/health is answered 404/,
  },
  'the service registers another port': {
    make: (edit) => edit.set(SERVICE, '', 'LoadBalancers / 0 / ContainerPort', 3001),
    caught: /the container has 3001/,
  },
  'the service registers another container': {
    make: (edit) => edit.set(SERVICE, '', 'LoadBalancers / 0 / ContainerName', 'app'),
    caught: /has no container app/,
  },
  'PORT is another': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'PORT')} / Value`, '8080'),
    caught: /PORT is 8080/,
  },
  'DELIVERY_STREAM is missing': {
    make: (edit) => edit.remove(TASK, '', variable(edit, 'DELIVERY_STREAM')),
    caught: /The service ended with 1: .*DELIVERY_STREAM is missing/,
  },
  'DELIVERY_STREAM is another stream': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'DELIVERY_STREAM')} / Value`, 'clicks'),
    caught: /not authorized to perform firehose:PutRecordBatch on .*deliverystream\/clicks/,
  },
  'SPILL_BUCKET is missing': {
    make: (edit) => edit.remove(TASK, '', variable(edit, 'SPILL_BUCKET')),
    caught: /SPILL_BUCKET is missing/,
  },
  'SPILL_BUCKET is another bucket': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'SPILL_BUCKET')} / Value`, 'lake'),
    caught: /s3:PutObject on arn:aws:s3:::lake\/spill\//,
  },
  'the service checks keys itself': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'AUTH')} / Value`, 'keys'),
    caught: /an application sends a click.+401/s,
  },
  'addresses are kept': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'IP_POLICY')} / Value`, 'keep'),
    caught: /clientip is "198\.51\.100\.77"/,
  },
  'the image is another': {
    make: (edit) => edit.set(TASK, '', 'ContainerDefinitions / 0 / Image', 'image:latest'),
    caught: /ecr:BatchCheckLayerAvailability/,
  },
  'the service is made before the listener': {
    make: (edit) => edit.free(SERVICE, ''),
    caught: /ComputeService\w+ does not depend on .*Listener/,
  },
  'the load balancer may not reach tasks': {
    make: (edit) => edit.drop('AWS::EC2::SecurityGroupIngress', 'ComputeTaskGroupfrom'),
    caught: /The load balancer cannot reach tasks at port 3000/,
  },
  'the gateway may not reach the load balancer': {
    make: (edit) => edit.drop('AWS::EC2::SecurityGroupEgress', 'LinkGroup'),
    caught: /The VPC link cannot reach the load balancer at port 80/,
  },
  'the network has no endpoint of Firehose': {
    make: (edit) => edit.drop('AWS::EC2::VPCEndpoint', 'Firehose'),
    caught: /There is no VPC endpoint of kinesis-firehose/,
  },
  'ECS may not take the task role': {
    make: (edit) =>
      edit.set(
        ROLE,
        'TaskTaskRole',
        'AssumeRolePolicyDocument / Statement / 0 / Principal / Service',
        'ec2.amazonaws.com',
      ),
    caught: /does not trust ecs-tasks\.amazonaws\.com/,
  },
}
