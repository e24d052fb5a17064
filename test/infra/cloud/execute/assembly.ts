/** What `cdk synth` makes: templates and assets. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCloud } from '../../../../infra/cloud/app.ts'

/** A template as JSON says it. Nothing in it is resolved. */
export interface Template {
  readonly Resources: Record<string, TemplateResource>
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
}

export interface TemplateResource {
  readonly Type: string
  readonly DependsOn?: string | string[]
  Properties?: Record<string, unknown>
}

interface Asset {
  readonly source: { readonly path?: string; readonly directory?: string; readonly dockerBuildTarget?: string }
  readonly destinations: Record<string, { readonly objectKey?: string; readonly imageTag?: string }>
}

export interface Assembly {
  /** By name of the stack, in the order of deployment. */
  readonly templates: Record<string, Template>
  /** The folder that would be zipped and uploaded under this key. */
  fileAsset(objectKey: string): string
  /** The folder that the image of this tag would be built in, and the target of its Dockerfile. */
  imageAsset(imageTag: string): { readonly dir: string; readonly target: string | undefined }
}

const CDK_JSON = new URL('../../../../cdk.json', import.meta.url)

/** Synthesizes both stacks, as the CLI does with cdk.json, with real bundles of the functions. Needs no Docker. */
export function synthesize(outdir: string, context: Record<string, string>): Assembly {
  const flags = JSON.parse(readFileSync(CDK_JSON, 'utf8')).context as Record<string, unknown>
  const { app } = createCloud({ outdir, context: { ...flags, ...context } })
  const { stacks } = app.synth()
  const read = (name: string) => JSON.parse(readFileSync(join(outdir, name), 'utf8')) as never
  const manifests = stacks.map(({ stackName }) => read(`${stackName}.assets.json`)) as {
    readonly files?: Record<string, Asset>
    readonly dockerImages?: Record<string, Asset>
  }[]
  const find = (assets: (Asset | undefined)[], published: (to: Asset['destinations'][string]) => boolean) =>
    assets.find((asset) => asset !== undefined && Object.values(asset.destinations).some(published))?.source

  return {
    templates: Object.fromEntries(stacks.map(({ stackName, templateFile }) => [stackName, read(templateFile)])),
    fileAsset(objectKey) {
      const files = manifests.flatMap(({ files = {} }) => Object.values(files))
      const source = find(files, (to) => to.objectKey === objectKey)
      if (source?.path === undefined) throw new Error(`No asset is published as ${objectKey}`)
      return join(outdir, source.path)
    },
    imageAsset(imageTag) {
      const images = manifests.flatMap(({ dockerImages = {} }) => Object.values(dockerImages))
      const source = find(images, (to) => to.imageTag === imageTag)
      if (source?.directory === undefined) throw new Error(`No image is published as ${imageTag}`)
      return { dir: join(outdir, source.directory), target: source.dockerBuildTarget }
    },
  }
}
