/** From clicks to DynamoDB items. Pure. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { StoredClick } from '../../service/click.ts'
import { TABLE } from '../pipeline.ts'

export type Item = Record<string, AttributeValue>

const SECONDS_PER_DAY = 86_400

/** Identity of a click within the table. JSON, because either half may contain any separator. */
export function keyOf({ contextid, requestid }: StoredClick): string {
  return JSON.stringify([contextid, requestid])
}

/** {@link keyOf} of a click that DynamoDB hands back as an item. */
export function keyOfItem(item: Item): string {
  return JSON.stringify([item[TABLE.hash]?.S, item[TABLE.range]?.S])
}

/**
 * One click per key. `BatchWriteItem` refuses a call with the same key twice ("Provided list of item keys contains
 * duplicates"), and two calls at once would leave to chance which stays. The one received first stays, because the view
 * `clicks` shows that one too. A duplicate that a later invocation brings overwrites nevertheless: a condition would
 * need one PutItem per click, and what differs between the two is when and from where the same click was sent again.
 */
export function withoutDuplicates(clicks: Iterable<StoredClick>): Map<string, StoredClick> {
  const first = new Map<string, StoredClick>()
  for (const click of clicks) {
    const key = keyOf(click)
    const other = first.get(key)
    if (other === undefined || click.receivedat < other.receivedat) first.set(key, click)
  }
  return first
}

/**
 * A click as an item: every field a string, attributes a map of strings, and the time to live in seconds since the
 * epoch. Strings may be empty, except keys, which the schema wants not blank.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 *
 * @param retentionDays days after `receivedat` until DynamoDB may delete it
 */
export function toItem(click: StoredClick, retentionDays: number): Item {
  const item: Item = {
    [TABLE.ttl]: { N: String(Math.floor(Date.parse(click.receivedat) / 1000) + retentionDays * SECONDS_PER_DAY) },
  }
  for (const [name, value] of Object.entries(click)) {
    item[name] = typeof value === 'string' ? { S: value } : { M: strings(value) }
  }
  return item
}

function strings(attributes: Readonly<Record<string, string>>): Item {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { S: value }]))
}
