/** Where things are in the bucket, or in the lake folder of one machine. */
export const PREFIX = {
  /** Parquet. */
  clicks: 'clicks/',
  /** What Firehose could not process, in its own format. */
  errors: 'errors/',
  /** What the service parked while Firehose failed. */
  spill: 'spill/',
  /** Invalid clicks with their reason. */
  rejected: 'rejected/',
  /** What replay has put back. */
  replayed: 'replayed/',
  /** Answers of Athena. */
  queryResults: 'query-results/',
} as const

/** `dt=…/hour=…/` of a moment, UTC, for what is written by us and not by Firehose. */
export function partition(moment: Date): string {
  const iso = moment.toISOString()
  return `dt=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}/`
}
