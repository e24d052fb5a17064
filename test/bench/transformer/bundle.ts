/** The transformer as it is deployed. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { App, Duration, Stack } from 'aws-cdk-lib'
import { BundledFunction } from '../../../infra/cloud/function.ts'
import { readOptions } from '../../../infra/cloud/options.ts'

/**
 * Bundles it as a deployment does, by the same construct.
 *
 * @param folder an empty one
 * @returns the bundle's path
 */
export async function bundleTransformer(folder: string): Promise<string> {
  const app = new App({ outdir: folder })
  new BundledFunction(new Stack(app, 'Bundle'), 'Transformer', {
    file: 'transformer.ts',
    description: 'Measured',
    environment: {},
    timeout: Duration.minutes(5),
    memory: 1024,
    options: readOptions(app.node),
  })
  const files = await readdir(app.synth().directory, { recursive: true })
  const bundle = files.find((name) => name.endsWith('index.mjs'))
  if (bundle === undefined) throw new Error(`there is no bundle among ${files.join(', ')}`)
  return join(folder, bundle)
}
