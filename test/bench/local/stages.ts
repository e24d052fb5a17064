/** From moments to stages: when each was done, how long it worked, and which one limits. Pure. */
import type { Delivered } from './machine.ts'

/** Moments are milliseconds since 1970. */
export interface Moments {
  readonly clicks: number
  readonly started: number
  readonly answered: number
  readonly transformed: readonly number[]
  readonly delivered: readonly Delivered[]
  readonly queryable: number
}

export interface Stage {
  readonly name: string
  /** Seconds from the first request until it was done with the last click. */
  readonly done: number
  /** Seconds that it worked, or waited. */
  readonly seconds: number
  readonly perSecond: number
}

/**
 * The stages in the order of a click's way. Later clicks are answered while the first are gathered and delivered, so
 * the seconds add up to more than the whole.
 */
export function stages({ clicks, started, answered, transformed, delivered, queryable }: Moments): Stage[] {
  const stage = (name: string, doneAt: number, ms: number): Stage => {
    return { name, done: (doneAt - started) / 1000, seconds: ms / 1000, perSecond: (clicks * 1000) / ms }
  }
  // Segments are delivered one after the other: each is transformed, and then becomes a file.
  const turns = delivered.map(({ from, to }) => {
    const last = Math.max(from, ...transformed.filter((at) => at >= from && at <= to))
    return { from, last, to }
  })
  const first = turns[0]?.from ?? started
  const sum = (ms: (turn: (typeof turns)[number]) => number) => turns.reduce((total, turn) => total + ms(turn), 0)
  const lastTurn = turns.at(-1) ?? { last: started, to: started }
  return [
    stage('answered 200, in the local Firehose', answered, answered - started),
    stage('gathered, until the first delivery', first, first - started),
    stage(
      'transformed, in DynamoDB',
      lastTurn.last,
      sum(({ from, last }) => last - from),
    ),
    stage(
      'converted, in Parquet',
      lastTurn.to,
      sum(({ last, to }) => to - last),
    ),
    stage('counted by `npm run query`', queryable, queryable - lastTurn.to),
  ]
}

/** The stage that took longest. */
export const limiting = (all: readonly Stage[]): Stage => all.reduce((a, b) => (b.seconds > a.seconds ? b : a))
