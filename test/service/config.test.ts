import { Ajv } from 'ajv'
import t from 'tap'
import { DeploymentOptions } from '../../infra/cloud/options.ts'
import { LocalEnvironment } from '../../infra/local/config.ts'
import { ConfigError, Environment, loadConfig } from '../../service/config.ts'

t.test('config – defaults', async (t) => {
  const { clients, ...config } = loadConfig({ DELIVERY_STREAM: 'clicks', PORT: '', UNRELATED: 'x' })
  t.same(config, {
    PORT: 3000,
    HOST: '0.0.0.0',
    DELIVERY_STREAM: 'clicks',
    AUTH: 'keys',
    DELIVERY_TIMEOUT_MS: 8000,
    DRAIN_DELAY_MS: 0,
    RATE_LIMIT: 0,
    BUFFER_BYTES: 33_554_432,
    BODY_LIMIT: 1_048_576,
    IP_POLICY: 'truncate',
    GPC_POLICY: 'anonymise',
    LOG_LEVEL: 'info',
  })
  t.equal(clients.byKey('ALLOW='), undefined, 'nobody may send by default')
  t.ok(Object.isFrozen(loadConfig({ DELIVERY_STREAM: 'clicks' })))
})

t.test('config – one clear line that names the variable', async (t) => {
  const wrong: [NodeJS.ProcessEnv, RegExp][] = [
    [{}, /^DELIVERY_STREAM is missing: Name of the Firehose delivery stream\.$/],
    [{ DELIVERY_STREAM: '' }, /^DELIVERY_STREAM is missing/],
    [{ PORT: 'http' }, /^PORT must be integer: Port/],
    [{ PORT: '70000' }, /^PORT must be <= 65535/],
    [{ AUTH: 'none' }, /^AUTH must be one of keys, gateway/],
    [{ IP_POLICY: 'yes' }, /^IP_POLICY must be one of truncate, keep, drop/],
    [{ DELIVERY_TIMEOUT_MS: '60000' }, /^DELIVERY_TIMEOUT_MS must be <= 25000/],
    [{ CLIENTS: '{' }, /^CLIENTS is not JSON/],
    [{ ALLOWED_ORIGINS: 'shop' }, /^ALLOWED_ORIGINS has "shop"/],
  ]
  for (const [env, message] of wrong) {
    const all = 'DELIVERY_STREAM' in env || Object.keys(env).length === 0 ? env : { DELIVERY_STREAM: 'x', ...env }
    try {
      loadConfig(all)
      t.fail(`${JSON.stringify(env)} was taken`)
    } catch (error) {
      t.ok(error instanceof ConfigError)
      t.match((error as Error).message, message)
      t.notMatch((error as Error).message, /\n/)
    }
  }
})

t.test('config – its schemas are valid JSON Schema, which nobody checks at the start', async (t) => {
  for (const schema of [Environment, LocalEnvironment, DeploymentOptions])
    t.ok(new Ajv({ strict: false }).validateSchema(schema))
})
