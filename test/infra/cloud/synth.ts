import { readFileSync } from 'node:fs'
import type { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { createCloud } from '../../../infra/cloud/app.ts'

const CDK_JSON = new URL('../../../cdk.json', import.meta.url)

/** Both stacks with these options, with the flags of cdk.json and without bundling, which needs seconds. */
export function synthesize(context: Record<string, unknown> = {}) {
  const flags = JSON.parse(readFileSync(CDK_JSON, 'utf8')).context as Record<string, unknown>
  const { app, storage, ingest } = createCloud({ context: { ...flags, 'aws:cdk:bundling-stacks': [], ...context } })
  const read = (stack: Stack) => Template.fromStack(stack)
  return { app, storage: read(storage), ingest: read(ingest) }
}

/** The properties of the only resource of its type. */
export function only(template: Template, type: string): Record<string, unknown> {
  const found = Object.values(template.findResources(type))
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}, not one`)
  return found[0]?.Properties
}

/** A template without what changes with every build: hashes of assets, in place of which stands `asset`. */
export function normalize(template: Template): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}/g, 'asset'))
}
