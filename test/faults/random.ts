/** Numbers in [0, 1). */
export type Random = () => number

/** A small seeded generator (mulberry32), so that a case draws the same numbers every time. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of a name (FNV-1a): fixed for each case, and another one for each. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** An integer from `least` to `most`, both included. */
export const integer = (random: Random, least: number, most: number) =>
  least + Math.floor(random() * (most - least + 1))
