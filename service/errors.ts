/** Every error that a client can get, with its status. Bodies have Fastify's shape: `{statusCode, code, error, message}`. */
import createError from '@fastify/error'

export const InvalidClick = createError<[reason: string]>('CLK_INVALID_CLICK', 'Invalid click: %s.', 400)
export const BadRequest = createError<[reason: string]>('CLK_BAD_REQUEST', 'The request cannot be read: %s.', 400)
export const MalformedBody = createError<[reason: string]>('CLK_MALFORMED_BODY', 'The body cannot be read: %s.', 400)
export const EmptyBody = createError(
  'CLK_EMPTY_BODY',
  'The body is empty. Send a click, an array of clicks, or newline-delimited JSON.',
  400,
)
export const UnknownKey = createError(
  'CLK_UNKNOWN_KEY',
  'A known key is needed: send the header Authorization: ALLOW=<key>.',
  401,
)
export const MissingOrigin = createError(
  'CLK_MISSING_ORIGIN',
  'This route is for browsers, which send an Origin header. Applications send to /clicklogger with a key.',
  401,
)
export const ForeignOrigin = createError(
  'CLK_FOREIGN_ORIGIN',
  'This origin is not allowed to send clicks here. Add it to ALLOWED_ORIGINS.',
  403,
)
export const NotThroughGateway = createError(
  'CLK_NOT_THROUGH_GATEWAY',
  'Clicks are taken through the gateway only, which tells who sends them.',
  403,
)
export const UnknownRoute = createError<[route: string]>(
  'CLK_UNKNOWN_ROUTE',
  'There is no %s here. Clicks go to /clicklogger or /clicks.',
  404,
)
export const MethodNotAllowed = createError<[method: string, allowed: string]>(
  'CLK_METHOD_NOT_ALLOWED',
  '%s is not allowed here; allowed: %s.',
  405,
)
export const BodyTooLarge = createError<[limit: number]>(
  'CLK_BODY_TOO_LARGE',
  'The body is larger than %d bytes (inflated). Send fewer clicks in a request.',
  413,
)
export const TooManyClicks = createError<[limit: number]>(
  'CLK_TOO_MANY_CLICKS',
  'A request holds at most %d clicks. Send fewer in a request.',
  413,
)
export const UnsupportedMediaType = createError(
  'CLK_UNSUPPORTED_MEDIA_TYPE',
  'Send application/json, application/x-ndjson or text/plain, plain or with Content-Encoding gzip or br.',
  415,
)
export const TooManyRequests = createError<[seconds: number]>(
  'CLK_TOO_MANY_REQUESTS',
  'This client sends too many requests. Try again in %d s.',
  429,
)
/** Not safe, so not answered 200: the client keeps the clicks and sends them again. */
export const NotDelivered = createError<[reason: string]>(
  'CLK_NOT_DELIVERED',
  'The clicks could not be stored now (%s). Send them again later.',
  503,
)
export const Overloaded = createError(
  'CLK_OVERLOADED',
  'The service has more to do than it can. Send the clicks again later.',
  503,
)
export const Internal = createError('CLK_INTERNAL', 'Something went wrong here. Send the clicks again later.', 500)
