import type { Static, TObject } from '@sinclair/typebox'
import { _, Ajv, type ErrorObject } from 'ajv'
import { parseTime } from './click.ts'

// Fastify's own Ajv would strip unknown keys and turn "7" into 7: silent loss and made-up data.
const ajv = new Ajv({
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: true,
  // The schemas are constants, whose validity tests check: the meta-schema's compilation is a seventh of the start.
  validateSchema: false,
  formats: {
    'well-formed': (value: string) => value.isWellFormed(),
    'date-time': (value: string) => parseTime(value) !== undefined,
  },
})

// Ajv's own counts the characters (code points) of every text, one by one, which is half of a check's time. A text has
// never more of them than UTF-16 units and never less than half, and those are known: few texts need to be counted.
ajv.removeKeyword('maxLength').addKeyword({
  keyword: 'maxLength',
  type: 'string',
  schemaType: 'number',
  error: {
    message: ({ schemaCode }) => _`"must be at most " + ${schemaCode} + " characters"`,
    params: ({ schemaCode: limit }) => _`{limit: ${limit}}`,
  },
  code(context) {
    const { data, schemaCode: limit } = context
    const units = _`${data}.length`
    context.fail(_`${units} > ${limit} && (${units} > 2 * ${limit} || [...${data}].length > ${limit})`)
  },
})

/** Why a value is no click, for the sender: names the field or the unknown key, never the value. */
export type Reason = string

/** Says why a value does not match, or that it does. Fills in the schema's defaults where they are missing. */
export interface Check<T> {
  (value: unknown): Reason | undefined
  /** The same as a type guard. */
  is(value: unknown): value is T
}

/**
 * Compiles a schema.
 *
 * @returns a function that gives undefined for a value that matches, and otherwise what is wrong with it
 */
export function compile<T extends TObject>(schema: T): Check<Static<T>> {
  const validate = ajv.compile(schema)
  const check = (value: unknown): Reason | undefined =>
    validate(value) ? undefined : explain((validate.errors as ErrorObject[])[0] as ErrorObject, value)
  return Object.assign(check, { is: (value: unknown): value is Static<T> => validate(value) as boolean })
}

function explain({ instancePath, keyword, params, message, propertyName }: ErrorObject, value: unknown): Reason {
  const path = instancePath.slice(1).replaceAll('/', '.')
  switch (keyword) {
    case 'additionalProperties':
      return path === ''
        ? `unknown key ${quote(params.additionalProperty)}`
        : `${path} has the key ${quote(params.additionalProperty)}: keys are 1 to 64 of a-z, 0-9 and _, and start with a letter`
    case 'required':
      return `${params.missingProperty} is missing`
    case 'type':
      return `${path || 'a click'} must be ${article(params.type)}, not ${article(kind(at(value, path)))}`
    case 'pattern':
      return `${path} must not be blank`
    case 'maxLength':
      return `${path} must be at most ${params.limit} characters`
    case 'maxProperties':
      return `${path} must have at most ${params.limit} keys`
    case 'format':
      return params.format === 'date-time'
        ? `${path} must be an ISO 8601 time from 1970 to 9999, such as 2026-01-31T12:00:00.000Z`
        : `${path} has an unpaired surrogate: it is no valid Unicode text`
    default:
      return `${path || propertyName || 'a click'} ${message}`
  }
}

const quote = (key: string) => JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key)

function at(value: unknown, path: string): unknown {
  if (path === '') return value
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
}

function kind(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const article = (name: string) => (name === 'null' ? name : /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`)
