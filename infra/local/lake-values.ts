/** DuckDB's values as JSON has them. */
import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** `Date` holds so many milliseconds on either side of 1970. */
const LAST_DATE = 8_640_000_000_000_000n

/**
 * Timestamps become ISO 8601 in UTC with milliseconds, maps and structs objects, lists arrays. Numbers that a JavaScript
 * number cannot hold exactly, and values of any other type (dates, UUIDs, intervals …), become the text that DuckDB prints.
 */
export function toJson(value: DuckDBValue | undefined): Json {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string')
    return value ?? null
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return exact(Number(value), String(value))
  if (value instanceof DuckDBDecimalValue) return exact(value.toDouble(), value.toString())
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toJson)
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(value.entries.map(({ key, value }) => [keyText(toJson(key)), toJson(value)]))
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([key, value]) => [key, toJson(value)]))
  const milliseconds = instant(value)
  if (milliseconds !== undefined && milliseconds >= -LAST_DATE && milliseconds <= LAST_DATE)
    return new Date(Number(milliseconds)).toISOString()
  return value.toString()
}

/** 15 digits are what a double always holds. */
const exact = (number: number, text: string) => (text.replace(/\D/g, '').length <= 15 ? number : text)

const keyText = (key: Json) => (typeof key === 'string' ? key : JSON.stringify(key))

/** Milliseconds since 1970, rounded down, if the value is a timestamp of whatever precision. */
function instant(value: DuckDBValue): bigint | undefined {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return floor(value.micros, 1_000n)
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000n
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis
  if (value instanceof DuckDBTimestampNanosecondsValue) return floor(value.nanos, 1_000_000n)
  return undefined
}

const floor = (value: bigint, divisor: bigint) => (value - (((value % divisor) + divisor) % divisor)) / divisor
