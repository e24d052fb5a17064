import { arch } from 'node:process'
import { type Static, Type } from '@sinclair/typebox'
import type { Node } from 'constructs'
import { parseOrigins } from '../../service/clients.ts'
import { ConfigError, readEnvironment } from '../../service/config.ts'
import { ENRICHMENT_FIELDS, TABLE } from '../pipeline.ts'

const choice = <T extends string>(values: readonly T[], value: T, description: string) =>
  Type.Union(
    values.map((name) => Type.Literal(name)),
    { default: value, description },
  )

/** What a deployment may choose, with `cdk deploy -c name=value` or in the context of cdk.json. */
export const DeploymentOptions = Type.Object({
  origins: Type.String({ default: '', description: 'Origins whose pages may send clicks, comma list' }),
  minTasks: Type.Integer({ default: 2, minimum: 1, maximum: 1000, description: 'Tasks that always run' }),
  maxTasks: Type.Integer({ default: 10, minimum: 1, maximum: 1000, description: 'Tasks at the most' }),
  cpu: Type.Integer({ default: 256, description: 'CPU units of a task: 256, 512, 1024, 2048 or 4096' }),
  memory: Type.Integer({ default: 512, description: 'MiB of memory of a task, as Fargate pairs it with cpu' }),
  arch: choice(
    ['arm64', 'x86_64'],
    arch === 'arm64' ? 'arm64' : 'x86_64',
    'CPU architecture of tasks and functions: arm64 or x86_64. Default: the building machine’s, so that images build natively',
  ),
  azs: Type.String({
    default: '',
    description:
      'Availability zones, comma list. Default: two that CloudFormation picks. VPC links miss some, such as use1-az3',
  }),
  requestsPerSecond: Type.Integer({
    default: 2000,
    minimum: 1,
    description: 'Requests a second that the gateway lets in',
  }),
  burst: Type.Integer({ default: 4000, minimum: 1, description: 'Requests at once that the gateway lets in' }),
  bufferSeconds: Type.Integer({
    default: 300,
    minimum: 0,
    maximum: 900,
    description: 'Seconds that Firehose gathers before it writes a Parquet object',
  }),
  retentionDays: Type.Integer({
    default: TABLE.retentionDays,
    minimum: 1,
    description: 'Days that a click stays in DynamoDB. The lake keeps it',
  }),
  logDays: Type.Integer({ default: 30, description: 'Days that logs are kept, one of those that CloudWatch knows' }),
  keepData: Type.Boolean({
    default: true,
    description: 'Whether bucket, table and catalogue outlive `destroy`. Deploy with false before you destroy them',
  }),
  enrichmentUrl: Type.String({
    default: '',
    description: 'Address of a catalogue with {itemid} in it. Default: clicks are not enriched',
  }),
  enrichmentFields: Type.String({
    default: ENRICHMENT_FIELDS,
    description: 'What is copied from the catalogue into attributes, comma list',
  }),
  ipPolicy: choice(['truncate', 'keep', 'drop'], 'truncate', 'IP_POLICY of the service: truncate, keep or drop'),
  gpcPolicy: choice(['anonymise', 'keep', 'drop'], 'anonymise', 'GPC_POLICY of the service: anonymise, keep or drop'),
  alarmEmail: Type.String({
    default: '',
    description: 'Who is told of alarms. Default: nobody, they are on the dashboard',
  }),
})
export type DeploymentOptions = Readonly<
  Omit<Static<typeof DeploymentOptions>, 'origins' | 'azs' | 'arch'> & {
    origins: readonly string[]
    azs: readonly string[]
    arch: 'arm64' | 'x86_64'
  }
>

/**
 * Reads the options from the CDK's context.
 *
 * @throws ConfigError naming the option and what it must be
 */
export function readOptions(node: Node): DeploymentOptions {
  const names = Object.keys(DeploymentOptions.properties)
  const given = names.flatMap((name) => {
    const value: unknown = node.tryGetContext(name)
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  const { origins, azs, ...options } = readEnvironment(DeploymentOptions, Object.fromEntries(given))
  if (options.maxTasks < options.minTasks) throw new ConfigError('maxTasks must be at least minTasks.')
  if (options.enrichmentUrl !== '' && !options.enrichmentUrl.includes('{itemid}'))
    throw new ConfigError('enrichmentUrl must have {itemid} in it, where the click’s itemid belongs.')
  return { ...options, arch: options.arch as DeploymentOptions['arch'], origins: readOrigins(origins), azs: list(azs) }
}

/** In the cloud origins are exact: the gateway compares them, and knows no wildcard for ports. */
function readOrigins(text: string): string[] {
  try {
    const origins = parseOrigins(text)
    const wildcard = origins.find((origin) => origin.endsWith(':*'))
    if (wildcard !== undefined) throw new Error(`has ${wildcard}: in the cloud origins are exact`)
    return origins
  } catch (error) {
    throw new ConfigError(`origins ${(error as Error).message}.`)
  }
}

const list = (text: string) => text.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]))
