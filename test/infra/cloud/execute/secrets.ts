/** Secrets Manager: a secret that it generated itself, and GetSecretValue. */
import { randomInt } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import { type LocalServer, serve } from './http.ts'
import type { Deployment } from './resolve.ts'
import { Text } from './schemas.ts'

const Secret = Type.Object({
  GenerateSecretString: Type.Object(
    {
      SecretStringTemplate: Text,
      GenerateStringKey: Text,
      // Without punctuation, which is the only form that is played.
      ExcludePunctuation: Type.Literal(true),
      PasswordLength: Type.Integer({ minimum: 1, maximum: 4096 }),
    },
    { additionalProperties: false },
  ),
})

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export interface Secrets extends LocalServer {
  /** What was generated. */
  readonly key: string
}

/** Starts it with the template's only secret. It answers for the secret's ARN and no other id. */
export async function startSecrets(deployment: Deployment, onError: (error: unknown) => void): Promise<Secrets> {
  const { ref, properties } = deployment.only('AWS::SecretsManager::Secret', Secret)
  const { SecretStringTemplate, GenerateStringKey, PasswordLength } = properties.GenerateSecretString
  const key = Array.from({ length: PasswordLength }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')
  const secret = { ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: key }

  const server = await serve(async (_request, body) => {
    const { SecretId } = JSON.parse(body.toString()) as { SecretId: string }
    const known = SecretId === ref
    const answer = known
      ? { ARN: ref, Name: ref, VersionId: '1', SecretString: JSON.stringify(secret) }
      : { __type: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." }
    return {
      status: known ? 200 : 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(answer),
    }
  }, onError)
  return { ...server, key }
}
