/** What the catalogue knows of an item, as attributes of a click. Pure. */
import { ATTRIBUTE_KEY, MAX_ATTRIBUTES, MAX_ENRICHMENT_FIELDS, type StoredClick } from '../../service/click.ts'

/** Names are attribute keys, values fit an attribute. */
export type Facts = Readonly<Record<string, string>>

/** The schema's limit for a value, in code points. */
const MAX_VALUE = 1024

/** @throws if a field could not be an attribute of a click, or if there are too many */
export function checkFields(fields: readonly string[]): void {
  if (fields.length > MAX_ENRICHMENT_FIELDS) {
    throw new Error(`Enrichment takes at most ${MAX_ENRICHMENT_FIELDS} fields, not ${fields.length}`)
  }
  const unfit = fields.find((field) => !new RegExp(ATTRIBUTE_KEY).test(field))
  if (unfit !== undefined) {
    throw new Error(`Enrichment field ${JSON.stringify(unfit)} is no attribute name: it must match ${ATTRIBUTE_KEY}`)
  }
}

/** The fields of a catalogue's entry that are a string, a number or a boolean, as text that fits an attribute. */
export function pick(entry: object, fields: readonly string[]): Facts {
  const facts: Record<string, string> = {}
  for (const field of fields) {
    const value: unknown = Object.hasOwn(entry, field) ? Reflect.get(entry, field) : undefined
    if (typeof value === 'string') facts[field] = fitting(value)
    else if (typeof value === 'number' || typeof value === 'boolean') facts[field] = String(value)
  }
  return facts
}

function fitting(value: string): string {
  const text = value.toWellFormed()
  return text.length <= MAX_VALUE ? text : Array.from(text).slice(0, MAX_VALUE).join('')
}

/**
 * The click with the facts over its own attributes. A replayed click may hold the facts of other fields that were
 * configured then: a fact that would make it more than a stored click may hold is left out, or its next replay would
 * be refused.
 */
export function addFacts(click: StoredClick, facts: Facts = {}): StoredClick {
  const attributes = { ...click.attributes }
  let room = MAX_ATTRIBUTES + MAX_ENRICHMENT_FIELDS - Object.keys(attributes).length
  for (const [name, value] of Object.entries(facts)) {
    if (!Object.hasOwn(attributes, name)) {
      if (room === 0) continue
      room -= 1
    }
    attributes[name] = value
  }
  return Object.keys(attributes).length === 0 ? click : { ...click, attributes }
}
