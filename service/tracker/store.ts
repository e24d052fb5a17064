/** `localStorage` by its named properties, or an object. */
export type Place = Record<string, string>

/** What the tabs of an origin share. Each thing has a key of its own, so that no tab writes over another's. */
export interface Store {
  /** Begins every key, and names the lock. */
  readonly prefix: string
  /** Whether other tabs see it. */
  readonly shared: boolean
  /** Whether all of it outlives the page. */
  isKept(): boolean
  /** Sorted, those in memory first: they end with the page. */
  keys(kind: string): string[]
  get(key: string): string | undefined
  put(key: string, value: string): void
  remove(key: string): void
}

/**
 * @param local shared with other tabs, and kept; undefined where the browser allows none
 */
export function createStore(prefix: string, local: Place | undefined): Store {
  const memory: Place = {}
  const places = local ? [memory, local] : [memory]
  return {
    prefix,
    shared: !!local,
    isKept: () => !!local && !Object.keys(memory).length,
    keys: (kind) =>
      places.flatMap((place) =>
        Object.keys(place)
          .filter((key) => key.startsWith(prefix + kind))
          .map((key) => key.slice(prefix.length))
          .sort(),
      ),
    get: (key) => places.map((place) => place[prefix + key]).find((value) => value !== undefined),
    put(key, value) {
      try {
        ;(local ?? memory)[prefix + key] = value
      } catch {
        // It is full. Memory keeps it as long as the page lives, which is longer than most clicks wait.
        memory[prefix + key] = value
      }
    },
    remove(key) {
      for (const place of places) delete place[prefix + key]
    },
  }
}
