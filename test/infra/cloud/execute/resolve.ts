/** Templates as CloudFormation deploys them: every intrinsic in its place. */
import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Template } from './assembly.ts'
import { ACCOUNT, NAME_PROPERTIES, NAMES, type Names, REGION } from './names.ts'

/** The templates cannot work in AWS, or say what the harness does not play. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** A resource, made. */
export interface Deployed<T> {
  /** `<stack>.<logical id>`, for messages. */
  readonly at: string
  /** What Ref gives. */
  readonly ref: string
  readonly arn: string | undefined
  /** `at` of the resources that are made before it because it says so. */
  readonly dependsOn: readonly string[]
  readonly properties: T
}

/** A resource, not read yet. */
interface Made {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly ref: string
  readonly arn: string | undefined
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
}

/** All stacks, deployed. */
export class Deployment {
  readonly #templates: Record<string, Template>

  constructor(templates: Record<string, Template>) {
    this.#templates = templates
  }

  /**
   * All resources of a type, with properties that are as the schema wants them.
   *
   * @throws TemplateError naming the resource and the property
   */
  all<T extends TSchema>(type: string, schema: T): Deployed<Static<T>>[] {
    return this.#made(type).map((made) => this.#read(made, schema))
  }

  /** The only resource of a type. */
  only<T extends TSchema>(type: string, schema: T): Deployed<Static<T>> {
    const [found, ...others] = this.#made(type)
    if (found === undefined || others.length > 0)
      throw new TemplateError(`One ${type} is expected; there are ${found === undefined ? 0 : others.length + 1}`)
    return this.#read(found, schema)
  }

  /** The resource of a type that Ref gives this for. */
  find<T extends TSchema>(type: string, schema: T, ref: string): Deployed<Static<T>> {
    const found = this.#made(type).find((made) => made.ref === ref)
    if (found === undefined) throw new TemplateError(`There is no ${type} ${ref}`)
    return this.#read(found, schema)
  }

  /** The resource of a type that has this attribute Arn: its name will not do. */
  findByArn<T extends TSchema>(type: string, schema: T, arn: string): Deployed<Static<T>> {
    const found = this.#made(type).find((made) => made.arn === arn)
    if (found === undefined) throw new TemplateError(`There is no ${type} with the ARN ${arn}`)
    return this.#read(found, schema)
  }

  #made(type: string): Made[] {
    return Object.entries(this.#templates).flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).flatMap(([logicalId, { Type }]) => {
        if (Type !== type) return []
        const { ref, attributes } = type in NAMES ? this.#names(stack, logicalId) : { ref: logicalId }
        return [{ stack, logicalId, type, ref, arn: attributes?.Arn }]
      }),
    )
  }

  #read<T extends TSchema>(made: Made, schema: T): Deployed<Static<T>> {
    const { stack, logicalId, type, ref, arn } = made
    const at = `${stack}.${logicalId}`
    const { Properties = {}, DependsOn = [] } = this.#templates[stack]?.Resources[logicalId] ?? {}
    const properties = this.#resolve(Properties, stack, at)
    const [wrong] = Value.Errors(schema, properties)
    if (wrong !== undefined)
      throw new TemplateError(
        `${at} (${type}) ${wrong.path}: ${wrong.message}, but it is ${JSON.stringify(wrong.value)}`,
      )
    const dependsOn = [DependsOn].flat().map((logicalId) => `${stack}.${logicalId}`)
    return { at, ref, arn, dependsOn, properties: properties as Static<T> }
  }

  #names(stack: string, logicalId: string): Names {
    const resource = this.#templates[stack]?.Resources[logicalId]
    if (resource === undefined) throw new TemplateError(`${stack} has no resource ${logicalId}`)
    const names = NAMES[resource.Type]
    if (names === undefined) throw new TemplateError(`Nobody knows the name of a ${resource.Type}: ${logicalId}`)
    const path = NAME_PROPERTIES[resource.Type] ?? []
    const given = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], {
      ...resource.Properties,
    })
    return names(path.length > 0 && typeof given === 'string' ? given : `${stack}-${logicalId}-1ABCDEFGHIJK`)
  }

  #resolve(value: unknown, stack: string, at: string): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#resolve(each, stack, at))
    if (typeof value !== 'object' || value === null) return value
    const [[key, argument] = ['', undefined], ...more] = Object.entries(value)
    if (more.length === 0 && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::')))
      return this.#intrinsic(key, argument, stack, at)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#resolve(each, stack, at)]))
  }

  #intrinsic(name: string, argument: unknown, stack: string, at: string): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), stack)
      case 'Fn::GetAtt': {
        const [logicalId = '', attribute = ''] = Array.isArray(argument) ? argument : String(argument).split('.')
        return this.#attribute(stack, logicalId, attribute)
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]]
        return parts.map((part) => this.#text(part, stack, at)).join(separator)
      }
      case 'Fn::Sub': {
        const [text, values = {}] = (Array.isArray(argument) ? argument : [argument]) as [string, object?]
        const given = this.#resolve(values, stack, at) as Record<string, string>
        return text.replaceAll(/\$\{([^}!]+)\}/g, (_, name: string) => {
          const [logicalId = '', attribute] = name.split('.')
          return (
            given[name] ??
            (attribute === undefined ? this.#ref(name, stack) : this.#attribute(stack, logicalId, attribute))
          )
        })
      }
      case 'Fn::Base64':
        return Buffer.from(this.#text(argument, stack, at)).toString('base64')
      case 'Fn::ImportValue':
        return this.#import(this.#text(argument, stack, at))
      default:
        throw new TemplateError(`${at}: ${name} is not played`)
    }
  }

  #text(value: unknown, stack: string, at: string): string {
    const text = this.#resolve(value, stack, at)
    if (typeof text !== 'string') throw new TemplateError(`${at}: ${JSON.stringify(value)} is no text`)
    return text
  }

  #ref(name: string, stack: string): string {
    if (name === 'AWS::StackName') return stack
    return PSEUDO[name] ?? this.#names(stack, name).ref
  }

  #attribute(stack: string, logicalId: string, attribute: string): string {
    const value = this.#names(stack, logicalId).attributes?.[attribute]
    if (value === undefined) throw new TemplateError(`${stack}.${logicalId} has no attribute ${attribute}`)
    return value
  }

  #import(name: string): string {
    for (const [stack, { Outputs = {} }] of Object.entries(this.#templates))
      for (const [id, { Value, Export }] of Object.entries(Outputs))
        if (Export !== undefined && this.#text(Export.Name, stack, id) === name) return this.#text(Value, stack, id)
    throw new TemplateError(`No stack exports ${name}`)
  }
}
