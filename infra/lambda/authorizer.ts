/** The authorizer Lambda: environment and clients. What it decides is in `authorize.ts`. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { parseOrigins } from '../../service/clients.ts'
import { createAuthorizer } from './authorize.ts'
import { AUTHORIZER_ENV, READ_TIMEOUT_MS } from './authorizer-env.ts'

const SecretId = process.env[AUTHORIZER_ENV.secret]
if (!SecretId) throw new Error(`The authorizer needs ${AUTHORIZER_ENV.secret} in its environment`)

function allowedOrigins(): string[] {
  try {
    return parseOrigins(process.env[AUTHORIZER_ENV.origins] ?? '')
  } catch (error) {
    throw new Error(`${AUTHORIZER_ENV.origins} ${(error as Error).message}`)
  }
}

const secrets = new SecretsManagerClient({})

/** Text that is not there (a binary secret) is as unreadable as text that is no JSON. */
async function readSecret(): Promise<string> {
  // One time-out over all of the SDK's tries.
  const abortSignal = AbortSignal.timeout(READ_TIMEOUT_MS)
  try {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }), { abortSignal })
    return SecretString
  } catch (error) {
    throw abortSignal.aborted ? abortSignal.reason : error
  }
}

// Once per Lambda environment: connections and keys outlive an invocation.
export const handler = createAuthorizer({
  readSecret,
  origins: allowedOrigins(),
  now: Date.now,
  log: (error) => process.stdout.write(`${JSON.stringify(error)}\n`),
})
