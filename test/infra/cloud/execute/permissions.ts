/**
 * IAM: what roles may do. Everything that is not allowed is denied, and a Deny is stronger than any Allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { type Static, Type } from '@sinclair/typebox'
import { type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'

const OneOrMore = Type.Union([Text, Type.Array(Text)])

/** Without NotAction, NotResource and NotPrincipal, which are not played. */
const Statement = Type.Object(
  {
    Sid: Type.Optional(Text),
    Effect: Type.Union([Type.Literal('Allow'), Type.Literal('Deny')]),
    Principal: Type.Optional(Type.Unknown()),
    Action: OneOrMore,
    Resource: Type.Optional(OneOrMore),
    Condition: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
)
type Statement = Static<typeof Statement>

const Document = Type.Object({ Version: Type.Literal('2012-10-17'), Statement: Type.Array(Statement) })

const Role = Type.Object({
  AssumeRolePolicyDocument: Document,
  // Managed policies are not in the template.
  ManagedPolicyArns: Type.Optional(Type.Array(Text, { maxItems: 0 })),
  Policies: Type.Optional(Type.Array(Type.Object({ PolicyDocument: Document }))),
})

const Policy = Type.Object({ PolicyDocument: Document, Roles: Type.Array(Text) })
const BucketPolicy = Type.Object({ Bucket: Text, PolicyDocument: Document })

const LambdaPermission = Type.Object({
  Action: Text,
  FunctionName: Text,
  Principal: Text,
  SourceArn: Type.Optional(Text),
})

/** A call of an AWS API, by somebody who assumed a role. */
export interface Call {
  readonly role: string
  readonly action: string
  readonly resource: string
}

export class AccessDenied extends Error {
  override readonly name = 'AccessDenied'
  constructor({ role, action, resource }: Call) {
    super(`${role} is not authorized to perform ${action} on ${resource}`)
  }
}

export class Permissions {
  /** Calls that were allowed. */
  readonly allowed: Call[] = []
  /** Calls that were not: the harness fails with the first of them, whatever the code made of it. */
  readonly denied: AccessDenied[] = []
  readonly #deployment: Deployment

  constructor(deployment: Deployment) {
    this.#deployment = deployment
  }

  /**
   * Decides about a call, and records it.
   *
   * @param role its ARN
   * @throws AccessDenied
   */
  demand(role: string, action: string, resource: string): void {
    const call = { role, action, resource }
    this.#record(call, this.#decide(call))
  }

  /** `at` of the resources whose statements allow a call. */
  sources({ role, action, resource }: Call): string[] {
    return this.#statements(role)
      .filter((statement) => allows(statement, action, resource))
      .map(({ at }) => at)
  }

  /** Has a service take a role. The role's trust policy must let it. */
  assume(role: string, service: string): void {
    const { properties, at } = this.#deployment.findByArn('AWS::IAM::Role', Role, role)
    const trusts = properties.AssumeRolePolicyDocument.Statement.some(
      ({ Effect, Action, Principal, Condition }) =>
        Effect === 'Allow' &&
        Action === 'sts:AssumeRole' &&
        Condition === undefined &&
        list((Principal as { Service?: string | string[] } | undefined)?.Service).includes(service),
    )
    if (!trusts) throw new TemplateError(`${at} does not trust ${service}, which is to take it`)
  }

  /** Has a service call a function as itself. A permission of the function must let it. */
  demandInvoke(service: string, sourceArn: string, functionArn: string): void {
    const call = { role: `${service} for ${sourceArn}`, action: 'lambda:InvokeFunction', resource: functionArn }
    const allowed = this.#deployment
      .all('AWS::Lambda::Permission', LambdaPermission)
      .some(
        ({ properties: { Action, FunctionName, Principal, SourceArn } }) =>
          Action === call.action &&
          FunctionName === functionArn &&
          Principal === service &&
          (SourceArn === undefined || matches(SourceArn, sourceArn)),
      )
    this.#record(call, allowed)
  }

  #record(call: Call, allowed: boolean): void {
    if (allowed) {
      this.allowed.push(call)
      return
    }
    const error = new AccessDenied(call)
    this.denied.push(error)
    throw error
  }

  #decide({ role, action, resource }: Call): boolean {
    const statements = [...this.#statements(role), ...this.#bucketDenials(resource)]
    return (
      statements.some((statement) => allows(statement, action, resource)) &&
      !statements.some((statement) => statement.Effect === 'Deny' && applies(statement, action, resource))
    )
  }

  #statements(role: string): (Statement & { readonly at: string })[] {
    const { ref, at, properties } = this.#deployment.findByArn('AWS::IAM::Role', Role, role)
    const inline = (properties.Policies ?? []).map(({ PolicyDocument }) => ({ at, PolicyDocument }))
    const attached = this.#deployment
      .all('AWS::IAM::Policy', Policy)
      .filter(({ properties: { Roles } }) => Roles.includes(ref))
      .map(({ at, properties: { PolicyDocument } }) => ({ at, PolicyDocument }))
    const statements = [...inline, ...attached].flatMap(({ at, PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => ({ at, ...statement })),
    )
    if (statements.some(({ Condition }) => Condition !== undefined))
      throw new TemplateError(`${at}: conditions of policies are not played`)
    return statements
  }

  /** Within one account a bucket's policy needs to allow nothing, but can deny. */
  #bucketDenials(resource: string): Statement[] {
    const denials = this.#deployment
      .all('AWS::S3::BucketPolicy', BucketPolicy)
      .filter(({ properties: { Bucket } }) => `${resource}/`.startsWith(`arn:aws:s3:::${Bucket}/`))
      .flatMap(({ properties: { PolicyDocument } }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Deny')
    const insecure = JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } })
    // The SDKs speak HTTPS to AWS.
    return denials.filter(({ Condition }) => JSON.stringify(Condition) !== insecure)
  }
}

const list = (value: string | string[] | undefined) =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

const allows = (statement: Statement, action: string, resource: string) =>
  statement.Effect === 'Allow' && applies(statement, action, resource)

/** Names of actions have no case. */
const applies = ({ Action, Resource }: Statement, action: string, resource: string) =>
  list(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
  list(Resource).some((pattern) => matches(pattern, resource))

/** `*` stands for any text, `?` for one character. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(value)
}
