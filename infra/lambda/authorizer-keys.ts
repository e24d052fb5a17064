/** The keys of applications: read once, kept for a while, and kept a while longer when they cannot be read again. */
import { type Clients, createClients, parseKeys } from '../../service/clients.ts'
import { errorName } from './tally.ts'

/** Keys are read again after this long, so that a change of the secret is seen. */
export const FRESH_MS = 5 * 60_000

/** How much longer old keys may serve while the secret cannot be read. After it nobody is known: the door stays shut. */
export const GRACE_MS = 60 * 60_000

/** After a read that failed nobody asks again for this long, or an outage would cost every request a time-out. */
export const RETRY_MS = 5_000

/** Why there are no keys, for the log. Never a key, nor a text that could quote one. */
export interface KeysError {
  readonly level: 'error'
  readonly message: string
  /** Milliseconds since the keys that still serve were read; null where there are none. */
  readonly keysAgeMs: number | null
}

export interface KeysOptions {
  /** @returns the secret's text, `{"<client name>":"<key>"}`. Bounded in time by whoever passes it. */
  readSecret(): Promise<string>
  /** Milliseconds. */
  now(): number
  log(error: KeysError): void
}

/** Nobody can tell now whether a key is good. Carries no cause, since whoever catches it logs it. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
  constructor() {
    super('The keys cannot be read')
  }
}

/** @returns a function that gives the clients known by key, and throws `KeysUnavailable` when that cannot be known */
export function createKeys({ readSecret, now, log }: KeysOptions): () => Promise<Clients> {
  let known: { readonly clients: Clients; readonly readAt: number } | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const age = () => (known === undefined ? Number.POSITIVE_INFINITY : now() - known.readAt)

  async function load(): Promise<Clients> {
    let json: string
    try {
      json = await readSecret()
    } catch (error) {
      // Its name alone: the SDK's errors can quote the answer that they could not read, and so a key.
      throw new Error(`cannot be read: ${errorName(error)}`)
    }
    return createClients(parseKeys(json), [])
  }

  async function read(): Promise<void> {
    const readAt = now()
    try {
      known = { clients: await load(), readAt }
    } catch (error) {
      failedAt = now()
      const keysAgeMs = known === undefined ? null : age()
      log({ level: 'error', message: `The secret with the keys ${(error as Error).message}`, keysAgeMs })
    }
    reading = undefined
  }

  return async () => {
    // Within a call, and not in the background: Lambda freezes the process between invocations.
    if (age() >= FRESH_MS && now() - failedAt >= RETRY_MS) {
      // Callers at the same time share one read.
      reading ??= read()
      await reading
    }
    if (known === undefined || age() >= FRESH_MS + GRACE_MS) throw new KeysUnavailable()
    return known.clients
  }
}
