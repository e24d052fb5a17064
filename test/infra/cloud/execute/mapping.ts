/**
 * Parameter mapping: what the gateway changes of a request before it passes it on.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
 */
import type { IncomingHttpHeaders } from 'node:http'
import { TemplateError } from './resolve.ts'

/** "You can't configure request or response mappings for these headers." */
const RESERVED =
  /^(access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-for|x-forwarded-host|x-forwarded-proto|via)$/i

/** Those of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html that are played. */
const VARIABLE = /^(authorizer\.\w+|identity\.(sourceIp|userAgent)|requestId|routeKey|stage|apiId|domainName)$/

/** `$context` of one request: without `$context.`. */
export type Context = Readonly<Record<string, string | undefined>>

/** What is passed on. */
export interface Mapped {
  readonly headers: IncomingHttpHeaders
  readonly path: string
}

export type Mapping = (request: Mapped, context: Context) => Mapped

type Step = (request: Mapped, context: Context) => Mapped

/** @throws TemplateError for what the gateway would refuse, or what is not played */
export function compileMapping(parameters: Readonly<Record<string, string>>, at: string): Mapping {
  const steps = Object.entries(parameters).map(([key, value]) => compileStep(key, value, at))
  return (request, context) => steps.reduce((mapped, step) => step(mapped, context), request)
}

function compileStep(key: string, value: string, at: string): Step {
  const [, operation = '', name = ''] = /^(append|overwrite|remove):(?:header\.([^:]+)|path)$/.exec(key) ?? []
  if (operation === '' || (name === '' && operation !== 'overwrite'))
    throw new TemplateError(`${at}: ${key} is not played`)
  if (RESERVED.test(name)) throw new TemplateError(`${at}: ${key}: the header is reserved`)
  const header = name.toLowerCase()
  if (operation === 'remove') return ({ headers, path }) => ({ headers: { ...headers, [header]: undefined }, path })

  const evaluate = compileValue(value, `${at}: ${key}`)
  return ({ headers, path }, context) => {
    const text = evaluate({ headers, path }, context)
    // The gateway would send nothing, or an empty text, in place of what somebody counts on.
    if (text === undefined || text === '') throw new TemplateError(`${at}: ${key}: ${value} is nothing`)
    if (name === '') return { headers, path: text }
    const before = operation === 'append' ? headers[header] : undefined
    return { headers: { ...headers, [header]: before === undefined ? text : `${before},${text}` }, path }
  }
}

function compileValue(value: string, at: string): (request: Mapped, context: Context) => string | undefined {
  if (!value.includes('$')) return () => value
  if (value === '$request.path') return ({ path }) => path.split('?')[0]
  const [, variable = ''] = /^\$context\.(.+)$/.exec(value) ?? []
  if (!VARIABLE.test(variable)) throw new TemplateError(`${at}: ${value} is no variable that is played`)
  return (_request, context) => context[variable]
}
