/** May this request pass, and who sends it? The HTTP API's authorizer, without its I/O. */
import { createClients } from '../../service/clients.ts'
import { CREDENTIALS } from './authorizer-env.ts'
import { createKeys, type KeysError, type KeysOptions } from './authorizer-keys.ts'

/**
 * The fields used of an authorizer's event, payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format
 */
export interface AuthorizerEvent {
  /** Method and path as the route is declared, such as `POST /clicks`: not what the client wrote. */
  readonly routeKey: string
  /** Names in lower case. The values of a header sent twice are joined by commas, so that they match nothing here. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** A simple response. The gateway copies `client` into the header `x-click-client` of the request that it passes on. */
export type AuthorizerResponse =
  | { readonly isAuthorized: true; readonly context: { readonly client: string } }
  | { readonly isAuthorized: false }

/** A route that is not in the table: the gateway has one more than this Lambda knows. */
export interface RouteError {
  readonly level: 'error'
  readonly message: string
  readonly routeKey: string
}

export interface AuthorizerOptions extends Pick<KeysOptions, 'readSecret' | 'now'> {
  /** As `parseOrigins` gives them. */
  readonly origins: readonly string[]
  log(error: KeysError | RouteError): void
}

const credentials = new Map<string, 'key' | 'origin'>(Object.entries(CREDENTIALS))

/**
 * The route decides the credential, never what a request happens to carry.
 *
 * A credential that is not known is answered `isAuthorized: false`: 403 to the client, and the gateway keeps that answer
 * for the authorizer's TTL. So it must be certain. Where it is not, since the keys cannot be read, the authorizer throws:
 * the request is refused as well, with a 500 that clients try again, and no answer is there to be kept (AWS documents the
 * caching of responses only), where a false would lock good clients out for minutes after an outage of seconds.
 */
export function createAuthorizer({ readSecret, origins, now, log }: AuthorizerOptions) {
  const applications = createKeys({ readSecret, now, log })
  const sites = createClients({}, origins)

  async function identify({ routeKey, headers = {} }: AuthorizerEvent): Promise<string | undefined> {
    switch (credentials.get(routeKey)) {
      case 'key':
        return (await applications()).byKey(headers.authorization)
      case 'origin':
        // Needs no secret: browsers are served while Secrets Manager is down.
        return sites.byOrigin(headers.origin)
      default:
        log({ level: 'error', message: 'The authorizer does not know this route: add it to CREDENTIALS', routeKey })
        return undefined
    }
  }

  /** @throws KeysUnavailable */
  return async (event: AuthorizerEvent): Promise<AuthorizerResponse> => {
    const client = await identify(event)
    return client === undefined ? { isAuthorized: false } : { isAuthorized: true, context: { client } }
  }
}
