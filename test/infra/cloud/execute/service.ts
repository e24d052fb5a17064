/** ECS: the container of a task definition as a process, with the template's environment and nothing else. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type } from '@sinclair/typebox'
import type { Assembly } from './assembly.ts'
import type { AwsEndpoint } from './aws.ts'
import type { Target } from './load-balancer.ts'
import { ACCOUNT, arn, REGION } from './names.ts'
import type { Permissions } from './permissions.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'

const TaskDefinition = Type.Object({
  TaskRoleArn: Text,
  ExecutionRoleArn: Text,
  NetworkMode: Type.Literal('awsvpc'),
  ContainerDefinitions: Type.Array(
    Type.Object({
      Name: Text,
      Image: Text,
      // Secrets, Command and EntryPoint would change what runs.
      Secrets: Type.Optional(Type.Array(Type.Never())),
      Command: Type.Optional(Type.Never()),
      EntryPoint: Type.Optional(Type.Never()),
      Environment: Type.Array(Type.Object({ Name: Text, Value: Type.String() })),
      PortMappings: Type.Array(Type.Object({ ContainerPort: Type.Integer(), Protocol: Type.Literal('tcp') })),
      LogConfiguration: Type.Object({
        LogDriver: Type.Literal('awslogs'),
        Options: Type.Record(Text, Type.String()),
      }),
    }),
  ),
})

const LogGroup = Type.Object({})

export interface RunningService {
  readonly url: string
  /** What it printed so far. */
  output(): string
  close(): Promise<void>
}

/** Starts the container that a load balancer forwards to, and waits until it is healthy. */
export async function startService(
  deployment: Deployment,
  assembly: Assembly,
  aws: AwsEndpoint,
  permissions: Permissions,
  target: Target,
): Promise<RunningService> {
  const { at, properties } = deployment.find('AWS::ECS::TaskDefinition', TaskDefinition, target.taskDefinition)
  const container = properties.ContainerDefinitions.find(({ Name }) => Name === target.container)
  if (container === undefined) throw new TemplateError(`${at} has no container ${target.container}`)
  if (!container.PortMappings.some(({ ContainerPort }) => ContainerPort === target.containerPort))
    throw new TemplateError(`${at}: ${container.Name} does not map port ${target.containerPort}`)
  const environment = Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value]))
  // Here it takes a free port instead, so what it would listen on is compared.
  if (environment.PORT !== String(target.containerPort))
    throw new TemplateError(`${at}: PORT is ${environment.PORT}, and the load balancer asks at ${target.containerPort}`)
  permissions.assume(properties.TaskRoleArn, 'ecs-tasks.amazonaws.com')
  checkSpill(at, permissions, properties.TaskRoleArn, environment.SPILL_BUCKET)
  checkExecutionRole(deployment, permissions, properties.ExecutionRoleArn, container)

  const bundle = await buildImage(assembly, container.Image.slice(container.Image.lastIndexOf(':') + 1))
  const child = spawn(process.execPath, [bundle], {
    env: { NODE_ENV: 'production', ...aws.environment(properties.TaskRoleArn), ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const ended = once(child, 'close')

  async function close() {
    child.kill('SIGKILL')
    await ended
  }

  try {
    let port: string | undefined
    while (port === undefined) {
      await Promise.race([once(child.stdout, 'data'), ended])
      if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}: ${output.trim()}`)
      port = /Server listening at http:\/\/[\d.]+:(\d+)/.exec(output)?.[1]
    }
    const url = `http://127.0.0.1:${port}`
    const { status } = await fetch(url + target.healthCheckPath)
    if (status !== 200) throw new Error(`The health check ${target.healthCheckPath} is answered ${status}`)
    return { url, output: () => output, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The service writes there when Firehose fails, and what was no click: not in this scenario, but it must be allowed to. */
function checkSpill(at: string, permissions: Permissions, role: string, bucket: string | undefined): void {
  if (bucket === undefined) throw new TemplateError(`${at}: SPILL_BUCKET is missing`)
  for (const prefix of ['spill', 'rejected'])
    permissions.demand(role, 's3:PutObject', `arn:aws:s3:::${bucket}/${prefix}/dt=2026-01-31/hour=12/an-id.ndjson.gz`)
}

/** ECS pulls the image and writes the log in the name of the execution role. */
function checkExecutionRole(
  deployment: Deployment,
  permissions: Permissions,
  role: string,
  { Image, LogConfiguration: { Options } }: { Image: string; LogConfiguration: { Options: Record<string, string> } },
): void {
  const [, repository] = new RegExp(`^${ACCOUNT}\\.dkr\\.ecr\\.${REGION}\\.amazonaws\\.com/([^:]+):`).exec(Image) ?? []
  permissions.assume(role, 'ecs-tasks.amazonaws.com')
  permissions.demand(role, 'ecr:GetAuthorizationToken', '*')
  for (const action of ['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'BatchGetImage'])
    permissions.demand(role, `ecr:${action}`, arn('ecr', `repository/${repository}`))
  const group = deployment.find('AWS::Logs::LogGroup', LogGroup, Options['awslogs-group'] ?? '')
  for (const action of ['CreateLogStream', 'PutLogEvents'])
    permissions.demand(role, `logs:${action}`, `${group.arn?.slice(0, -1)}log-stream:service/service/1`)
}

const builds = new Map<string, Promise<string>>()

/** What `docker build` does: the target's stage copies dist/server.mjs, which build.ts makes of what is in the context. */
function buildImage(assembly: Assembly, tag: string): Promise<string> {
  const { dir, target } = assembly.imageAsset(tag)
  const build = async () => {
    if (!(await readFile(join(dir, 'Dockerfile'), 'utf8')).includes(` AS ${target}\n`))
      throw new TemplateError(`The Dockerfile has no stage ${target}`)
    await promisify(execFile)(process.execPath, ['build.ts'], { cwd: dir })
    return join(dir, 'dist/server.mjs')
  }
  const bundle = builds.get(dir) ?? build()
  builds.set(dir, bundle)
  return bundle
}
