import { Type } from '@sinclair/typebox'
import { type Config, loadConfig, readEnvironment } from '../../service/config.ts'

const port = (port: number, what: string) =>
  Type.Integer({ default: port, minimum: 1, maximum: 65_535, description: `Port of ${what}` })

/** The environment of the one-machine pipeline, beside the service's own. */
export const LocalEnvironment = Type.Object({
  DATA_DIR: Type.String({ default: './data', description: 'Folder for everything that is kept' }),
  LOCAL_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address that Firehose, S3 and DynamoDB listen on; they have no auth',
  }),
  LOCAL_FIREHOSE_PORT: port(4573, 'the local Firehose'),
  LOCAL_S3_PORT: port(4574, 'the local S3'),
  LOCAL_DYNAMODB_PORT: port(8000, 'the local DynamoDB'),
  LOCAL_BUFFER_SECONDS: Type.Integer({
    default: 5,
    minimum: 0,
    maximum: 900,
    description: 'Seconds that the local Firehose gathers records before it delivers them',
  }),
})

/** The stream, table and bucket on one machine. In the cloud CloudFormation makes up the names. */
export const LOCAL_STREAM = 'clicks'
export const LOCAL_TABLE = 'clicks'
export const LOCAL_BUCKET = 'clicklake'

export const loadLocalConfig = (env: NodeJS.ProcessEnv) => readEnvironment(LocalEnvironment, env)

/**
 * The service's settings on one machine. The older click logger's sample key is known here and nowhere else.
 *
 * @throws ConfigError naming the variable
 */
export function loadServiceConfig(env: NodeJS.ProcessEnv): Config {
  return loadConfig({
    CLIENTS: '{"ORDERAPP":"ORDERAPP"}',
    ALLOWED_ORIGINS: 'http://localhost:*,http://127.0.0.1:*',
    ...env,
    DELIVERY_STREAM: LOCAL_STREAM,
    SPILL_BUCKET: LOCAL_BUCKET,
    AUTH: 'keys',
  })
}
