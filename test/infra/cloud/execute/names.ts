/** Names, ids and ARNs that resources get when they are made: what Ref and Fn::GetAtt give. */

export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'

/** A region's and an account's ARN. */
export const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`

/** What a resource is known by. */
export interface Names {
  readonly ref: string
  readonly attributes?: Readonly<Record<string, string>>
}

/**
 * Per type: what its page in the CloudFormation reference says under "Return values". `name` is the generated name, or
 * for the types below the one that the template gives.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html
 */
export const NAMES: Readonly<Record<string, (name: string) => Names>> = {
  'AWS::ApiGatewayV2::Api': (name) => ({
    ref: id(name),
    attributes: { ApiEndpoint: `https://${id(name)}.execute-api.${REGION}.amazonaws.com` },
  }),
  'AWS::ApiGatewayV2::Authorizer': (name) => ({ ref: id(name) }),
  'AWS::ApiGatewayV2::Integration': (name) => ({ ref: id(name) }),
  'AWS::ApiGatewayV2::VpcLink': (name) => ({ ref: id(name) }),
  'AWS::DynamoDB::Table': (name) => ({ ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } }),
  'AWS::EC2::RouteTable': (name) => ({ ref: `rtb-${id(name)}` }),
  'AWS::EC2::SecurityGroup': (name) => ({ ref: `sg-${id(name)}`, attributes: { GroupId: `sg-${id(name)}` } }),
  'AWS::EC2::Subnet': (name) => ({ ref: `subnet-${id(name)}` }),
  'AWS::EC2::VPC': (name) => ({ ref: `vpc-${id(name)}` }),
  'AWS::ECS::Cluster': (name) => ({ ref: name, attributes: { Arn: arn('ecs', `cluster/${name}`) } }),
  'AWS::ECS::TaskDefinition': (name) => ({ ref: arn('ecs', `task-definition/${name}:1`) }),
  'AWS::ElasticLoadBalancingV2::Listener': (name) => ({
    ref: arn('elasticloadbalancing', `listener/app/${id(name)}/1/2`),
  }),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (name) => ({
    ref: arn('elasticloadbalancing', `loadbalancer/app/${id(name)}/1`),
  }),
  'AWS::ElasticLoadBalancingV2::TargetGroup': (name) => ({
    ref: arn('elasticloadbalancing', `targetgroup/${id(name)}/1`),
  }),
  'AWS::Glue::Database': (name) => ({ ref: name }),
  'AWS::Glue::Table': (name) => ({ ref: name }),
  'AWS::IAM::Role': (name) => ({ ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}` } }),
  'AWS::KinesisFirehose::DeliveryStream': (name) => ({
    ref: name,
    attributes: { Arn: arn('firehose', `deliverystream/${name}`) },
  }),
  'AWS::Lambda::Function': (name) => ({ ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }),
  // "arn:aws:logs:us-west-1:123456789012:log-group:/mystack-testgroup-12ABC1AB12A1:*": the star is part of it.
  'AWS::Logs::LogGroup': (name) => ({ ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } }),
  'AWS::Logs::LogStream': (name) => ({ ref: name }),
  'AWS::S3::Bucket': (name) => ({
    ref: name.toLowerCase(),
    attributes: { Arn: `arn:aws:s3:::${name.toLowerCase()}` },
  }),
  // Ref is the ARN, with six characters of its own after the name.
  'AWS::SecretsManager::Secret': (name) => ({ ref: arn('secretsmanager', `secret:${name}-a1B2c3`) }),
}

/** Where a template may give a name itself. */
export const NAME_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Glue::Database': ['DatabaseInput', 'Name'],
  'AWS::Glue::Table': ['TableInput', 'Name'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KinesisFirehose::DeliveryStream': ['DeliveryStreamName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Logs::LogStream': ['LogStreamName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SecretsManager::Secret': ['Name'],
}

/** Ids of resources that have no names: ten lower-case letters and digits, the same for the same name. */
function id(name: string): string {
  let sum = 0n
  for (const character of name) sum = (sum * 1_000_003n + BigInt(character.charCodeAt(0))) % 3_656_158_440_062_976n
  return sum.toString(36).padStart(10, '0')
}
