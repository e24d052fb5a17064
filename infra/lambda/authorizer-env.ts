/** What the authorizer and the construct that deploys it must agree about. */

/** Environment of the authorizer Lambda. The construct sets these names, the handler reads them. */
export const AUTHORIZER_ENV = {
  /** Id or ARN of the secret that holds `{"<client name>":"<key>"}`. */
  secret: 'KEYS_SECRET_ARN',
  /** Comma list; may be empty. */
  origins: 'ALLOWED_ORIGINS',
} as const

/**
 * What each route asks for: a key in `Authorization`, or an allowed `Origin`.
 * Routes of one credential share one authorizer, and with it the gateway's cache of its answers.
 */
export const CREDENTIALS = {
  'POST /clicklogger': 'key',
  'POST /clicks': 'origin',
  'PUT /clicks': 'origin',
} as const

/**
 * Milliseconds until the handler gives up on Secrets Manager. With a cold start it stays well under the gateway's 10 s
 * for an authorizer: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const READ_TIMEOUT_MS = 3_000
