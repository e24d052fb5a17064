/**
 * What CloudWatch is told, in its Embedded Metric Format: one JSON line of a log becomes metrics, without a call and
 * without permissions. Names are here, without side effects, for whoever writes them and whoever looks at them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

export const NAMESPACE = 'Clicklake'

/** The name of the delivery stream: it is unique to a deployment, and the service and the transformer both know it. */
export const DIMENSION = 'DeliveryStream'

/** The units we use, of those that CloudWatch knows. */
export type Unit = 'Count' | 'Bytes' | 'Milliseconds'

/** Metrics of the service by name, one value a minute from each task. Each name costs $0.30 a month. */
export const METRICS = {
  // Increases since the last line: sum them.
  Received: 'Count',
  Delivered: 'Count',
  Spilled: 'Count',
  Rejected: 'Count',
  Refused: 'Count',
  Dropped: 'Count',
  // As it is at the moment.
  InFlight: 'Count',
  BufferBytes: 'Bytes',
  /** Clicks that nothing accounts for, or that are counted twice; never negative, so that tasks cannot cancel out. */
  LedgerMismatch: 'Count',
  /** 99th percentile since the last line. */
  EventLoopDelay: 'Milliseconds',
} as const satisfies Record<string, Unit>

/** The members of a line that CloudWatch makes metrics from. They must be at the top of the line's JSON. */
export type Embedded<Name extends string> = Readonly<Record<Name, number>> & {
  readonly _aws: {
    /** Milliseconds since the epoch. */
    readonly Timestamp: number
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string
        readonly Dimensions: readonly (readonly string[])[]
        readonly Metrics: readonly { readonly Name: string; readonly Unit: Unit }[]
      },
    ]
  }
  readonly [DIMENSION]: string
}

/**
 * @param units the metrics, at most 100, with their units
 * @param stream name of the delivery stream
 * @param values a finite number for each metric
 */
export function embed<Name extends string>(
  units: Readonly<Record<Name, Unit>>,
  stream: string,
  values: Readonly<Record<Name, number>>,
): Embedded<Name> {
  const Metrics = Object.entries<Unit>(units).map(([Name, Unit]) => ({ Name, Unit }))
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[DIMENSION]], Metrics }],
    },
    [DIMENSION]: stream,
    ...values,
  }
}
