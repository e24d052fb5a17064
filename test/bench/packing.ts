/** How clicks came to Firehose: what is paid for. Pure. */
import { number, percent } from './report.ts'
import type { Counts } from './stub.ts'

/** @param counts at least one */
export const total = (counts: readonly Counts[]): Counts =>
  counts.reduce((sum, { puts, records, clicks, bytes, billed }) => ({
    puts: sum.puts + puts,
    records: sum.records + records,
    clicks: sum.clicks + clicks,
    bytes: sum.bytes + bytes,
    billed: sum.billed + billed,
  }))

/** What is billed over what was sent, as a share of it: records count in steps of 5 KB. */
export const overhead = ({ billed, bytes }: Counts): number => billed / bytes - 1

export const clicksPerRecord = ({ clicks, records }: Counts): string => number(clicks / records, 1)
export const recordsPerPut = ({ records, puts }: Counts): string => number(records / puts, 1)
export const clicksPerPut = ({ clicks, puts }: Counts): string => number(clicks / puts, 1)
export const overheadText = (counts: Counts): string => percent(overhead(counts))
