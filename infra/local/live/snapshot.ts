/** What the page is told over /live/events. Its code imports these types, so they use no type of Node.js. */
import type { DroppedReason, RefusedReason, RejectedReason } from '../../../service/delivery/ledger.ts'
import type { Fault } from '../firehose/faults.ts'

export type { Fault }

/** All numbers of one moment. Counts are since the process started, and only grow, unless they say otherwise. */
export interface Snapshot {
  /** Milliseconds by a clock that never jumps: for rates. */
  readonly time: number
  /** Where every click of this service is: see the service's Ledger. */
  readonly ledger: {
    readonly received: number
    readonly delivered: number
    readonly spilled: number
    readonly inFlight: number
    readonly rejected: Readonly<Record<RejectedReason, number>>
    readonly refused: Readonly<Record<RefusedReason, number>>
    readonly dropped: Readonly<Record<DroppedReason, number>>
    /** Clicks that nothing accounts for: must be 0. */
    readonly mismatch: number
  }
  readonly delivery: {
    /** Bytes of clicks that wait or are in a put. */
    readonly bufferedBytes: number
    /** Calls in flight. */
    readonly puts: number
    /** Seconds since Firehose took its last click, as far as the service knows; 0 while it takes them. */
    readonly outageSeconds: number
  }
  readonly answers: AnswerTimes
  /** Of the local Firehose, whoever called it. */
  readonly firehose: {
    readonly fault: Fault
    /** Calls that were answered while it was not down. */
    readonly puts: number
    readonly records: number
    readonly bytes: number
    /** Records that a throttled stream refused; the service sends them again. */
    readonly slowedDown: number
  }
  readonly transformer: {
    readonly invocations: number
    readonly records: number
    readonly clicks: number
    /** Items written to DynamoDB. */
    readonly items: number
  }
  readonly lake: {
    /** Parquet objects, and clicks in them. */
    readonly files: number
    readonly clicks: number
    /** Records that went to `errors/`. */
    readonly failedRecords: number
  }
  readonly replay: { readonly running: boolean; readonly clicks: number }
}

/** Times from a request's headers to its answer, of requests with clicks, over the last `seconds`. */
export interface AnswerTimes {
  readonly seconds: number
  readonly count: number
  /** Milliseconds; null without a request. */
  readonly p50: number | null
  readonly p99: number | null
}

/** A click as it went into the lake, without address and user agent. */
export interface SeenClick {
  readonly requestid: string
  readonly receivedat: string
  readonly component: string
  readonly action: string
  readonly userid: string
  readonly client: string
  readonly itemid?: string
  /** Enrichment included. */
  readonly attributes?: Readonly<Record<string, string>>
}

export interface StoredFile {
  readonly key: string
  readonly bytes: number
  /** When it was written, milliseconds since 1970. */
  readonly modified: number
  /** Rows, of a Parquet object that this process wrote. */
  readonly clicks?: number
}

/** Objects below one prefix. */
export interface Listing {
  readonly count: number
  readonly bytes: number
  /** The newest first. */
  readonly newest: readonly StoredFile[]
}

export interface LakeFiles {
  readonly parquet: Listing
  readonly spill: Listing
}

/** Events by name. `snapshot` comes several times a second, the others when there is something new. */
export interface LiveEvents {
  readonly snapshot: Snapshot
  /** The newest first. */
  readonly clicks: readonly SeenClick[]
  readonly files: LakeFiles
}
