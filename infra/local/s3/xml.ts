/** The XML that S3 speaks: writes elements in order, reads the one document that clients send. */
import { S3Error } from './error.ts'

/** An element: its name, and its text or children. `undefined` is an element that is left out. */
export type Element = readonly [name: string, content: string | number | boolean | readonly (Element | undefined)[]]

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** @param namespace '' is none, as in errors */
export function toXml([name, content]: Element, namespace = NAMESPACE): string {
  const attribute = namespace === '' ? '' : ` xmlns="${namespace}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${attribute}>${inner(content)}</${name}>`
}

function inner(content: Element[1]): string {
  if (!Array.isArray(content)) return escapeText(String(content))
  return content
    .filter((child) => child !== undefined)
    .map(([name, content]) => `<${name}>${inner(content)}</${name}>`)
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

// Control characters and line ends would not survive as they are.
function escapeText(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (character) => {
    const name = Object.keys(ENTITIES).find((name) => ENTITIES[name] === character)
    return `&${name ?? `#${character.charCodeAt(0)}`};`
  })
}

/**
 * Reads `<Delete><Quiet>…</Quiet><Object><Key>…</Key></Object>…</Delete>`.
 *
 * @throws S3Error MalformedXML
 */
export function readDelete(xml: string): { keys: string[]; quiet: boolean } {
  if (!/<Delete[\s>][\s\S]*<\/Delete>\s*$/.test(xml)) throw new S3Error('MalformedXML', 'Expected a Delete document.')
  const objects = [...xml.matchAll(/<Object>([\s\S]*?)<\/Object>/g)]
  const keys = objects.map(([, object = '']) => {
    const key = /<Key>([^<]*)<\/Key>/.exec(object)?.[1]
    if (key === undefined) throw new S3Error('MalformedXML', 'An Object has no Key.')
    if (object.includes('<VersionId>')) throw new S3Error('NotImplemented', 'There are no versions here.')
    return unescapeText(key)
  })
  return { keys, quiet: /<Quiet>\s*true\s*<\/Quiet>/.test(xml) }
}

function unescapeText(text: string): string {
  return text.replace(/&([^;\s]*);?/g, (_, name: string) => {
    const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? []
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : ENTITIES[name]
    if (character === undefined) throw new S3Error('MalformedXML', `There is no entity &${name};.`)
    return character
  })
}
