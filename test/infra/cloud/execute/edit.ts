/** Changes to templates, for mistakes that somebody could make. */
import type { Template, TemplateResource } from './assembly.ts'

type Container = Record<string | number, unknown>

/** A copy of templates that can be changed. Every change fails unless it changes something. */
export class Edit {
  readonly templates: Record<string, Template>

  constructor(templates: Record<string, Template>) {
    this.templates = structuredClone(templates)
  }

  /** Sets a property of the only resource of this type whose logical id has `part` in it. */
  set(type: string, part: string, path: string, value: unknown): void {
    const [container, key] = this.#at(type, part, path)
    if (JSON.stringify(container[key]) === JSON.stringify(value)) throw new Error(`${path} has this value already`)
    container[key] = value
  }

  /** Takes a property, or an element of a list, away. */
  remove(type: string, part: string, path: string): void {
    const [container, key] = this.#at(type, part, path)
    if (container[key] === undefined) throw new Error(`There is no ${path}`)
    if (Array.isArray(container)) container.splice(Number(key), 1)
    else delete container[key]
  }

  /** What a property is. */
  get(type: string, part: string, path: string): unknown {
    const [container, key] = this.#at(type, part, path)
    return container[key]
  }

  /** Takes a resource away. */
  drop(type: string, part: string): void {
    const [resources, id] = this.#find(type, part)
    delete resources[id]
  }

  /** Takes DependsOn from a resource. */
  free(type: string, part: string): void {
    const [resources, id] = this.#find(type, part)
    const { DependsOn, ...rest } = resources[id] as TemplateResource
    if (DependsOn === undefined) throw new Error(`${id} has no DependsOn`)
    resources[id] = rest
  }

  /** Takes an action out of all policies. */
  revoke(action: string): void {
    this.#statements((statement) => {
      const actions = [statement.Action].flat()
      if (actions.includes(action)) statement.Action = [...actions.filter((each) => each !== action), 'none:none']
      return actions.includes(action)
    })
  }

  /** Replaces text in the resources of the statements that allow an action, in policies whose id has a part. */
  redirect(action: string, from: string, to: string, policy = ''): void {
    this.#statements((statement, id) => {
      if (!id.includes(policy)) return false
      const before = JSON.stringify(statement.Resource)
      if (![statement.Action].flat().includes(action) || !before.includes(from)) return false
      statement.Resource = JSON.parse(before.replaceAll(from, to))
      return true
    })
  }

  #statements(change: (statement: Record<string, unknown>, policy: string) => boolean): void {
    const changed = Object.values(this.templates)
      .flatMap(({ Resources }) => Object.entries(Resources))
      .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
      .flatMap(([id, { Properties = {} }]) =>
        (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement.filter((one) =>
          change(one, id),
        ),
      )
    if (changed.length === 0) throw new Error('No statement has changed')
  }

  #find(type: string, part: string): [Record<string, TemplateResource>, string] {
    const found = Object.values(this.templates).flatMap(({ Resources }) =>
      Object.entries(Resources)
        .filter(([id, { Type }]) => Type === type && id.includes(part))
        .map(([id]): [Record<string, TemplateResource>, string] => [Resources, id]),
    )
    const [only] = found
    if (only === undefined || found.length > 1) throw new Error(`${found.length} resources ${type} ${part}, not one`)
    return only
  }

  /** Keys are separated by ` / `, as names of properties and headers have dots and colons. */
  #at(type: string, part: string, path: string): [Container, string] {
    const [resources, id] = this.#find(type, part)
    const keys = path.split(' / ')
    const last = keys.pop() ?? ''
    const container = keys.reduce<unknown>((value, key) => (value as Container)[key], resources[id]?.Properties)
    return [container as Container, last]
  }
}
