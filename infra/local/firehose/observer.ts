/** Who wants to know what the stream does. Called after it was done, on the way of the records: quick, never throws. */
export interface StreamObserver {
  /** A put is answered. `slowedDown` records were refused because the stream is throttled. */
  put(put: { readonly records: number; readonly bytes: number; readonly slowedDown: number }): void
  /** The objects of a segment are in place. */
  delivered(delivery: Delivered): void
}

export interface Delivered {
  readonly records: number
  /** Rows of the Parquet object. */
  readonly clicks: number
  /** Records that went to `errors/`. */
  readonly failed: number
  /** Key of the Parquet object, if there were rows. */
  readonly file: string | undefined
}
