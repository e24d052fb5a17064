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
