import { fileURLToPath } from 'node:url'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { DeploymentOptions } from './options.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface BundledFunctionProps {
  /** The handler's file, in infra/lambda. */
  readonly file: string
  readonly description: string
  readonly environment: Record<string, string>
  readonly timeout: Duration
  /** MiB; CPU grows with it. */
  readonly memory: number
  readonly options: DeploymentOptions
}

/**
 * A handler of infra/lambda as a function: one file with everything in it, logs of its own that end, and a role that
 * may write these logs and what it is granted.
 */
export class BundledFunction extends Construct {
  readonly function: NodejsFunction

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id)
    const { file, description, environment, timeout, memory, options } = props
    const logGroup = new LogGroup(this, 'Logs', { retention: options.logDays, removalPolicy: RemovalPolicy.DESTROY })
    // The managed policy that a function's role has by default may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    this.function = new NodejsFunction(this, 'Function', {
      entry: `${ROOT}infra/lambda/${file}`,
      projectRoot: ROOT,
      depsLockFilePath: `${ROOT}package-lock.json`,
      description,
      environment,
      timeout,
      memorySize: memory,
      runtime: Runtime.NODEJS_24_X,
      architecture: options.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      role,
      logGroup,
      // The SDK in the bundle is the one that was tested; the runtime's own changes by itself.
      bundling: { format: OutputFormat.ESM, minify: true, bundleAwsSDK: true, banner: REQUIRE },
    })
  }
}

/** Some dependencies are CommonJS and call require, which an ES module does not have. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
