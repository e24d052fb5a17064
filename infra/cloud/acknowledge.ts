import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Gives the reason for a wildcard in a policy below this construct.
 *
 * @param resource as cdk-nag writes it: `<LogicalId.Arn>/…`, or the name of another stack's export
 */
export function acknowledgeWildcard(scope: IConstruct, resource: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
}

/** The bucket of the other stack, as cdk-nag writes it. A name that is wrong here is told at synth. */
const BUCKET = 'ClicklakeStorage:ExportsOutputFnGetAttBucket83908E77Arn063C8555'

/** Gives the reason for policies over all objects below prefixes of the bucket. */
export function acknowledgeObjects(scope: IConstruct, ...prefixes: readonly string[]): void {
  for (const prefix of prefixes)
    acknowledgeWildcard(scope, `${BUCKET}/${prefix}*`, 'Names of objects are not known before; the prefix is.')
}
