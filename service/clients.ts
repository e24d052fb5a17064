/** Who may send clicks: applications by a key, sites by their origin. The service and the authorizer Lambda share it. */
import { hash, timingSafeEqual } from 'node:crypto'

/** A client's name: of the key, or the origin itself. It is stored with every click. */
export type ClientName = string

export interface Clients {
  /** @param authorization the header as sent, `ALLOW=<key>`, exact and case-sensitive */
  byKey(authorization: string | undefined): ClientName | undefined
  /** @param origin the header as sent */
  byOrigin(origin: string | undefined): ClientName | undefined
}

const SCHEME = 'ALLOW='

const digest = (key: string) => hash('sha256', key, 'buffer')

/**
 * @param keys client name to key
 * @param origins such as `https://shop.example`; `http://localhost:*` takes every port
 */
export function createClients(keys: Record<ClientName, string>, origins: readonly string[]): Clients {
  const known = Object.entries(keys).map(([name, key]) => ({ name, digest: digest(key) }))
  const exact = new Set(origins)
  // Headers that were accepted, at most one for each key: hashing costs more than checking the click. A Map compares texts
  // only where their hashes, seeded anew in each process, are equal, so it tells nothing about a key either.
  const accepted = new Map<string, ClientName>()
  const anyPort = origins.filter((origin) => origin.endsWith(':*')).map((origin) => origin.slice(0, -2))

  return {
    byKey(authorization) {
      if (authorization === undefined || !authorization.startsWith(SCHEME)) return undefined
      const before = accepted.get(authorization)
      if (before !== undefined) return before
      const presented = digest(authorization.slice(SCHEME.length))
      // Every key is compared, over hashes of one length: the time it takes tells nothing about any key.
      let found: ClientName | undefined
      for (const { name, digest } of known) if (timingSafeEqual(digest, presented)) found = name
      if (found !== undefined) accepted.set(authorization, found)
      return found
    },
    byOrigin(origin) {
      if (origin === undefined) return undefined
      if (exact.has(origin)) return origin
      return anyPort.some(
        (host) => origin === host || (/^:\d{1,5}$/.test(origin.slice(host.length, 64)) && origin.startsWith(host)),
      )
        ? origin
        : undefined
    },
  }
}

/**
 * Reads `{"<client name>":"<key>"}`.
 *
 * A name is printable ASCII without quotes and backslashes. Behind the gateway it travels in a header, and in the
 * authorizer's answer, whose copy in the gateway's cache quotes break: https://github.com/mantil-io/mantil/issues/52
 *
 * @throws Error that says what is wrong and never shows a key
 */
export function parseKeys(json: string): Record<ClientName, string> {
  let keys: unknown
  try {
    keys = JSON.parse(json)
  } catch {
    throw new Error('is not JSON; expected {"<client name>":"<key>"}')
  }
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys))
    throw new Error('is not a JSON object; expected {"<client name>":"<key>"}')
  for (const [name, key] of Object.entries(keys)) {
    if (name.trim() === '' || name.length > 256)
      throw new Error('has a client name that is blank or over 256 characters')
    if (!/^[ !#-[\]-~]*$/.test(name))
      throw new Error('has a client name with other than printable ASCII, or with a quote or backslash')
    if (typeof key !== 'string' || key.trim() === '') throw new Error(`has no key for client ${JSON.stringify(name)}`)
  }
  return keys as Record<ClientName, string>
}

/**
 * Reads a comma list of origins.
 *
 * @throws Error naming the entry that is no origin
 */
export function parseOrigins(list: string): string[] {
  const origins = list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  for (const origin of origins) {
    const withoutPort = origin.endsWith(':*') ? origin.slice(0, -2) : origin
    if (!URL.canParse(withoutPort) || new URL(withoutPort).origin !== withoutPort)
      throw new Error(`has ${JSON.stringify(origin)}, which is no origin such as https://shop.example`)
  }
  return origins
}
