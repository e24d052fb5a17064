/** Lambda: a function's asset in a thread of its own, with the template's environment and nothing else. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Type } from '@sinclair/typebox'
import type { Assembly } from './assembly.ts'
import type { AwsEndpoint } from './aws.ts'
import type { RuntimeData, RuntimeMessage } from './lambda-runtime.ts'
import type { Permissions } from './permissions.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'

const LambdaFunction = Type.Object({
  Code: Type.Object({ S3Bucket: Text, S3Key: Text }, { additionalProperties: false }),
  Handler: Text,
  Runtime: Type.Literal(`nodejs${process.versions.node.split('.')[0]}.x`),
  Role: Text,
  MemorySize: Type.Integer({ minimum: 128, maximum: 10_240 }),
  Timeout: Type.Integer({ minimum: 1, maximum: 900 }),
  Environment: Type.Object({ Variables: Type.Record(Text, Type.String()) }),
  LoggingConfig: Type.Object({ LogGroup: Text }),
})

const LogGroup = Type.Object({})

/** Names that Lambda sets itself: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED = /^(AWS_|_HANDLER$|_X_AMZN_|LAMBDA_)/

export interface DeployedFunction {
  readonly arn: string
  readonly timeoutSeconds: number
  /** Why invocations failed. */
  readonly failures: readonly string[]
  /** One event after the other, as in one execution environment. Rejects with the function's error. */
  invoke(event: unknown): Promise<unknown>
  close(): Promise<void>
}

/** The function of an ARN. It starts with the first event. */
export function deployFunction(
  deployment: Deployment,
  assembly: Assembly,
  aws: AwsEndpoint,
  permissions: Permissions,
  functionArn: string,
): DeployedFunction {
  const { at, ref, properties } = deployment.findByArn('AWS::Lambda::Function', LambdaFunction, functionArn)
  const { Code, Handler, Role, MemorySize, Timeout, Environment, LoggingConfig } = properties
  const reserved = Object.keys(Environment.Variables).find((name) => RESERVED.test(name))
  if (reserved !== undefined) throw new TemplateError(`${at}: the variable ${reserved} is Lambda's own`)
  permissions.assume(Role, 'lambda.amazonaws.com')
  const logGroup = deployment.find('AWS::Logs::LogGroup', LogGroup, LoggingConfig.LogGroup)
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents'])
    permissions.demand(Role, action, `${logGroup.arn?.slice(0, -1)}log-stream:2026/01/01/[$LATEST]1`)
  const dir = assembly.fileAsset(Code.S3Key)

  const failures: string[] = []
  let worker: Promise<Worker> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function start(): Promise<Worker> {
    const started = new Worker(new URL('./lambda-runtime.ts', import.meta.url), {
      workerData: { dir, handler: Handler } satisfies RuntimeData,
      env: { ...aws.environment(Role), ...Environment.Variables, AWS_LAMBDA_FUNCTION_NAME: ref },
      execArgv: [],
      stdout: true,
      resourceLimits: { maxOldGenerationSizeMb: MemorySize },
    })
    // Its log lines go nowhere.
    started.stdout.resume()
    const [message] = (await once(started, 'message')) as [RuntimeMessage]
    if (message.state === 'failed') {
      await started.terminate()
      throw new Error(`${at} does not start: ${message.message}`)
    }
    return started
  }

  async function run(event: unknown): Promise<unknown> {
    worker ??= start()
    const running = await worker
    const late = AbortSignal.timeout(Timeout * 1000)
    running.postMessage(JSON.stringify(event))
    try {
      const [message] = (await once(running, 'message', { signal: late })) as [RuntimeMessage]
      if (message.state === 'answered') return JSON.parse(message.answer)
      throw new Error(`${at} failed: ${message.state === 'failed' && message.message}`)
    } catch (error) {
      if (!late.aborted) throw error
      await running.terminate()
      worker = undefined
      throw new Error(`${at}: Task timed out after ${Timeout} seconds`)
    }
  }

  return {
    arn: functionArn,
    timeoutSeconds: Timeout,
    failures,
    invoke(event) {
      const answer = last.then(() => run(event))
      last = answer.catch((error: Error) => failures.push(error.message))
      return answer
    },
    async close() {
      await last
      // One that did not start has told so to whoever called it.
      await worker?.then((running) => running.terminate()).catch(() => undefined)
    },
  }
}
