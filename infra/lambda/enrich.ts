/** What is known of the items that clicks are about: the catalogue, asked sparingly. */
import { LRUCache } from 'lru-cache'
import pMap from 'p-map'
import { type Answer, type AskLimits, addresses, ask, type Failure } from './catalogue.ts'
import { checkFields, type Facts, pick } from './facts.ts'
import { count, type Tally } from './tally.ts'

export interface EnrichmentOptions {
  /** Address of an item with `{itemid}` in its path or query. */
  readonly url: string
  /** Fields of the catalogue's JSON object that become attributes. */
  readonly fields: readonly string[]
}

export interface EnrichmentLimits extends AskLimits {
  /** Questions at once. */
  readonly concurrency: number
  /** Per invocation; the questions in flight then still have their `timeoutMs`. */
  readonly budgetMs: number
  /** Failures in a row, after which this invocation asks no more. */
  readonly failures: number
  /** How long an answer counts, "no such item" included: this late may an edit of the catalogue reach clicks. */
  readonly answerTtlMs: number
  /** How long a failure counts: a catalogue that is back is asked again soon. */
  readonly failureTtlMs: number
  /** Characters of ids and facts that are kept between invocations. */
  readonly cacheChars: number
}

export const ENRICHMENT_LIMITS: EnrichmentLimits = {
  timeoutMs: 2_000,
  maxBytes: 256 * 1024,
  concurrency: 16,
  budgetMs: 10_000,
  failures: 5,
  answerTtlMs: 5 * 60_000,
  failureTtlMs: 10_000,
  cacheChars: 16 * 1024 * 1024,
}

/** What is kept of an answer: not the entry, which may be large. */
type Known = Facts | 'absent' | Failure

/** Clock of the cache, in milliseconds. */
export interface Clock {
  now(): number
}

export interface Enrichment {
  /** By itemid; only items that the catalogue has. */
  readonly facts: ReadonlyMap<string, Facts>
  /**
   * Items `asked`, known from before (`cached`) or asked by another invocation at this moment (`shared`), not asked
   * because the catalogue is too slow or down (`skipped`), and what came of it: `found`, `absent` or a {@link Failure}.
   */
  readonly lookups: Tally
}

export type Enrich = (itemids: ReadonlySet<string>) => Promise<Enrichment>

/** @throws if the options cannot work; the enrichment itself never rejects: a failing catalogue never fails a click */
export function createEnricher(
  { url, fields }: EnrichmentOptions,
  limits: EnrichmentLimits = ENRICHMENT_LIMITS,
  clock: Clock = performance,
): Enrich {
  checkFields(fields)
  const addressOf = addresses(url)

  // fetch() of the cache shares one question among all who ask while it is in flight.
  const cache = new LRUCache<string, Known>({
    maxSize: limits.cacheChars,
    sizeCalculation: (known, itemid) => itemid.length + (isFacts(known) ? Object.values(known).join().length : 0) + 1,
    ttl: limits.answerTtlMs,
    ttlResolution: 0,
    perf: clock,
    // An entry that falls out while it is being asked for is an answer all the same.
    ignoreFetchAbort: true,
    fetchMethod: async (itemid, _stale, { options }) => {
      const address = addressOf(itemid)
      const known = address === undefined ? 'absent' : digest(await ask(address, limits), fields)
      options.ttl = isFailure(known) ? limits.failureTtlMs : limits.answerTtlMs
      return known
    },
  })

  return async (itemids) => {
    const facts = new Map<string, Facts>()
    const lookups: Tally = {}
    const deadline = performance.now() + limits.budgetMs
    let failuresInARow = 0
    await pMap(
      // No itemid: nothing to ask.
      [...itemids].filter((itemid) => itemid !== ''),
      async (itemid) => {
        const givenUp = failuresInARow >= limits.failures || performance.now() >= deadline
        const status: LRUCache.Status<string, Known> = {}
        const known = givenUp ? cache.get(itemid) : await cache.fetch(itemid, { status })
        if (known === undefined) return count(lookups, 'skipped')
        const fresh = !givenUp && status.fetch !== 'hit'
        count(lookups, fresh ? (status.fetch === 'inflight' ? 'shared' : 'asked') : 'cached')
        if (fresh) failuresInARow = isFailure(known) ? failuresInARow + 1 : 0
        count(lookups, isFacts(known) ? 'found' : known)
        if (isFacts(known)) facts.set(itemid, known)
      },
      { concurrency: limits.concurrency },
    )
    return { facts, lookups }
  }
}

function digest(answer: Answer, fields: readonly string[]): Known {
  return answer.outcome === 'found' ? pick(answer.entry, fields) : answer.outcome
}

const isFacts = (known: Known): known is Facts => typeof known === 'object'
const isFailure = (known: Known): boolean => !isFacts(known) && known !== 'absent'
