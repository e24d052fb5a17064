import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox'
import { Ajv, type ErrorObject } from 'ajv'
import { type Clients, createClients, parseKeys, parseOrigins } from './clients.ts'

const MIB = 1024 * 1024

// Our own schemas are constants, whose validity tests check: compiling JSON Schema's meta-schema for it at every start
// takes a tenth of the start. Everything in the environment is text, so numbers are read from it.
const ajv = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  allErrors: true,
  allowUnionTypes: true,
  validateSchema: false,
})

/** The environment of the service, as the README's table has it. The AWS SDK's own variables work as everywhere. */
export const Environment = Type.Object({
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, description: 'Port of the service' }),
  HOST: Type.String({ default: '0.0.0.0', description: 'Address it listens on' }),
  DELIVERY_STREAM: Type.String({ minLength: 1, description: 'Name of the Firehose delivery stream' }),
  AUTH: Type.Union([Type.Literal('keys'), Type.Literal('gateway')], {
    default: 'keys',
    description:
      '`keys`: the service checks keys and origins; `gateway`: it trusts x-click-client and x-click-ip, which the gateway overwrites',
  }),
  CLIENTS: Type.String({ default: '{}', description: 'JSON {"<client name>":"<key>"}, for AUTH=keys' }),
  ALLOWED_ORIGINS: Type.String({ default: '', description: 'Origins that may send from browsers, comma list' }),
  SPILL_BUCKET: Type.Optional(
    Type.String({
      description: 'Bucket for clicks that Firehose does not take, and for invalid ones. Without it: 503',
    }),
  ),
  DELIVERY_TIMEOUT_MS: Type.Integer({
    default: 8000,
    minimum: 100,
    maximum: 25_000,
    description: 'How long a click may wait for Firehose, milliseconds',
  }),
  DRAIN_DELAY_MS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 60_000,
    description: 'How long to keep serving after SIGTERM, milliseconds',
  }),
  RATE_LIMIT: Type.Integer({ default: 0, minimum: 0, description: 'Requests a second per client; 0: no limit' }),
  BUFFER_BYTES: Type.Integer({
    default: 32 * MIB,
    // More than any one request: such a request would be refused for ever.
    minimum: 16 * MIB,
    description: 'Bytes of clicks that may wait for Firehose; over it: 503',
  }),
  BODY_LIMIT: Type.Integer({
    default: MIB,
    minimum: 1024,
    maximum: 10 * MIB,
    description: 'Bytes of a body, inflated; the gateway takes 10 MiB at most',
  }),
  IP_POLICY: Type.Union([Type.Literal('truncate'), Type.Literal('keep'), Type.Literal('drop')], {
    default: 'truncate',
    description: 'What is stored of a client’s address; truncate: /24 and /48',
  }),
  GPC_POLICY: Type.Union([Type.Literal('anonymise'), Type.Literal('keep'), Type.Literal('drop')], {
    default: 'anonymise',
    description: 'What Sec-GPC: 1 or DNT: 1 does to a click',
  }),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'Least level that is logged' },
  ),
})

/** What the service is told, read once. Names are those of the environment. */
export type Config = Readonly<Omit<Static<typeof Environment>, 'CLIENTS' | 'ALLOWED_ORIGINS'> & { clients: Clients }>

/** A setting that cannot be used. The message is one clear line: which variable, and what it must be. */
export class ConfigError extends Error {}

/**
 * @param env the process's environment, or a test's
 * @throws ConfigError naming the variable
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const { CLIENTS, ALLOWED_ORIGINS, ...settings } = readEnvironment(Environment, env)
  const clients = createClients(
    parse('CLIENTS', () => parseKeys(CLIENTS)),
    parse('ALLOWED_ORIGINS', () => parseOrigins(ALLOWED_ORIGINS)),
  )
  return Object.freeze({ ...settings, clients })
}

/**
 * Reads the variables that a schema names, with its defaults.
 *
 * @throws ConfigError naming the variable, what it must be and what it is for
 */
export function readEnvironment<T extends TObject>(schema: T, env: NodeJS.ProcessEnv): Static<T> {
  // An empty variable is one that is not set: `docker run -e NAME=` and task definitions make them.
  const settings = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  )
  if (!ajv.validate<Static<T>>(schema, settings))
    throw new ConfigError(describe(schema, (ajv.errors as ErrorObject[])[0] as ErrorObject))
  return settings
}

function describe({ properties }: TObject, first: ErrorObject): string {
  const name = String(first.params.missingProperty ?? first.instancePath.slice(1))
  const { anyOf, description } = properties[name] as TSchema
  if (first.keyword === 'required') return `${name} is missing: ${description}.`
  const choices = anyOf?.map((choice: { const: string }) => choice.const).join(', ')
  return `${name} ${choices === undefined ? first.message : `must be one of ${choices}`}: ${description}.`
}

function parse<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new ConfigError(`${name} ${(error as Error).message}.`)
  }
}
