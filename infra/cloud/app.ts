import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { IngestStack } from './ingest-stack.ts'
import { readOptions } from './options.ts'
import { StorageStack } from './storage-stack.ts'

/**
 * Both stacks, as the context's options want them. Synthesizing fails where a rule of cdk-nag's AwsSolutions pack is
 * broken and not acknowledged.
 *
 * @throws ConfigError naming an option that cannot be used
 */
export function createCloud(props?: AppProps): { app: App; storage: StorageStack; ingest: IngestStack } {
  const app = new App(props)
  const options = readOptions(app.node)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  Tags.of(app).add('application', 'clicklake')
  const storage = new StorageStack(app, 'ClicklakeStorage', {
    options,
    description: 'Clicklake: what is kept of clicks',
    terminationProtection: options.keepData,
  })
  const ingest = new IngestStack(app, 'ClicklakeIngest', {
    options,
    storage,
    description: 'Clicklake: the way of clicks into the lake',
  })
  return { app, storage, ingest }
}
