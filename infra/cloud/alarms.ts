/** What is watched, and from which value on somebody is called. Each alarm is a heading of docs/runbook.md. */
import { Duration } from 'aws-cdk-lib'
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { ITable } from 'aws-cdk-lib/aws-dynamodb'
import type { FargateService } from 'aws-cdk-lib/aws-ecs'
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { DIMENSION, type METRICS, NAMESPACE } from '../../service/metric-names.ts'
import type { TRANSFORMER_METRICS } from '../lambda/summary.ts'
import { DELIVERY, TRANSFORMER } from '../pipeline.ts'

/** What a click passes, in its order. */
export interface Monitored {
  readonly httpApi: IHttpApi
  readonly authorizer: IFunction
  readonly loadBalancer: ApplicationLoadBalancer
  /** Of the load balancer. */
  readonly targetGroup: ApplicationTargetGroup
  readonly service: FargateService
  readonly stream: IDeliveryStream
  readonly transformer: IFunction
  readonly table: ITable
  /**
   * Tasks that always run: fewer healthy ones are an alarm.
   *
   * @default 1
   */
  readonly minTasks?: number
  /**
   * Seconds that Firehose gathers before it writes an object. Data is late only beyond these.
   *
   * @default as `DELIVERY` in infra/pipeline.ts says
   */
  readonly bufferSeconds?: number
}

export interface AlarmSpec extends Omit<AlarmProps, 'alarmName' | 'alarmDescription' | 'actionsEnabled'> {
  readonly id: string
  /** Its heading in docs/runbook.md. */
  readonly heading: string
  /** What happened, for whoever gets the mail. */
  readonly says: string
  /** Whether the metric is absent until tasks run, and the alarm must wait for them. */
  readonly needsTasks?: boolean
}

const MINUTE = Duration.minutes(1)
const FIVE_MINUTES = Duration.minutes(5)

/** Data may be this late, as AWS advises: Firehose gathers for 15 minutes at most. */
const FRESHNESS_SECONDS = 900

/** The time that transforming and writing takes beyond gathering. */
const FRESHNESS_MARGIN_SECONDS = 300

/** Of requests that are answered 500 or above. */
const ERROR_PERCENT = 1

/** An answer takes a linger of milliseconds and a put of some tens. Beyond this, puts are repeated. */
const LATENCY_MS = 2000

/** A metric of the service's or the transformer's log lines. */
export function embedded(
  stream: IDeliveryStream,
  metricName: keyof typeof METRICS | keyof typeof TRANSFORMER_METRICS,
  statistic: string,
  period: Duration = MINUTE,
): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { [DIMENSION]: stream.deliveryStreamName },
    statistic,
    period,
  })
}

/** Every alarm, in the order of a click's way. */
export function alarmSpecs(monitored: Monitored): readonly AlarmSpec[] {
  const { httpApi, authorizer, targetGroup, stream, transformer, table } = monitored
  const { minTasks = 1, bufferSeconds = DELIVERY.bufferSeconds } = monitored
  const sum = (period: Duration) => ({ statistic: Stats.SUM, period })

  return [
    {
      id: 'ServerErrors',
      heading: 'Server errors',
      says: `More than ${ERROR_PERCENT} % of requests are answered 500 or above.`,
      ...above(
        new MathExpression({
          expression: '100 * errors / requests',
          usingMetrics: {
            errors: httpApi.metricServerError(sum(MINUTE)),
            requests: httpApi.metricCount(sum(MINUTE)),
          },
          label: '% of requests',
          period: MINUTE,
        }),
        ERROR_PERCENT,
      ),
      ...inThreeOfFive,
    },
    {
      id: 'SlowAnswers',
      heading: 'Slow answers',
      says: `One request of a hundred takes longer than ${LATENCY_MS} ms.`,
      ...above(httpApi.metricLatency({ statistic: Stats.p(99), period: MINUTE }), LATENCY_MS),
      ...inThreeOfFive,
      // Of a handful of requests a night, the slowest one is the percentile.
      evaluateLowSampleCountPercentile: 'ignore',
    },
    {
      id: 'AuthorizerErrors',
      heading: 'Authorizer errors',
      says: 'The authorizer fails: senders get 500 before their clicks are read.',
      ...above(authorizer.metricErrors(sum(FIVE_MINUTES)), 0),
    },
    {
      id: 'UnhealthyTasks',
      heading: 'Unhealthy tasks',
      says: 'Tasks do not answer their health check.',
      ...above(targetGroup.metrics.unhealthyHostCount({ statistic: Stats.MAXIMUM, period: MINUTE }), 0),
      ...inThreeOfFive,
    },
    {
      id: 'TooFewTasks',
      heading: 'Too few tasks',
      says: `Fewer than ${minTasks} tasks are healthy.`,
      metric: targetGroup.metrics.healthyHostCount({ statistic: Stats.MINIMUM, period: MINUTE }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: minTasks,
      // A task that stops has a successor in a few minutes.
      evaluationPeriods: 5,
      // The load balancer counts nobody where nobody is registered.
      treatMissingData: TreatMissingData.BREACHING,
      needsTasks: true,
    },
    {
      id: 'LedgerMismatch',
      heading: 'Ledger mismatch',
      says: 'Clicks came in that nothing accounts for, or the tasks do not report.',
      ...above(embedded(stream, 'LedgerMismatch', Stats.MAXIMUM), 0),
      ...reportedEveryMinute,
    },
    {
      id: 'ClicksRefused',
      heading: 'Clicks refused',
      says: 'Clicks could not be made safe and were answered 503, or the tasks do not report.',
      ...above(embedded(stream, 'Refused', Stats.SUM, FIVE_MINUTES), 0),
      ...reportedEveryMinute,
    },
    {
      id: 'ClicksSpilled',
      heading: 'Clicks spilled',
      says: 'Clicks are parked in the spill bucket and not in the stream, or the tasks do not report.',
      ...above(embedded(stream, 'Spilled', Stats.SUM, FIVE_MINUTES), 0),
      ...reportedEveryMinute,
    },
    {
      id: 'FirehoseThrottled',
      heading: 'Firehose throttled',
      says: 'The delivery stream takes less than the service sends.',
      ...above(stream.metric('ThrottledRecords', sum(MINUTE)), 0),
      // The service repeats what a burst lost.
      ...inThreeOfFive,
    },
    {
      id: 'TransformerErrors',
      heading: 'Transformer errors',
      says: 'The transformer threw, timed out or ran out of memory.',
      ...above(transformer.metricErrors(sum(FIVE_MINUTES)), 0),
    },
    {
      id: 'TransformerNotInvoked',
      heading: 'Transformer not invoked',
      says: 'Firehose’s calls of the transformer fail.',
      metric: stream.metric('ExecuteProcessing.Success', { statistic: Stats.AVERAGE, period: FIVE_MINUTES }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    {
      id: 'RecordsFailed',
      heading: 'Records failed',
      says: 'Records could not be processed and are kept under errors/processing-failed/.',
      ...above(embedded(stream, 'FailedRecords', Stats.SUM, FIVE_MINUTES), 0),
    },
    {
      id: 'LinesCutOut',
      heading: 'Lines cut out',
      says: 'Lines in the stream are no clicks, and are kept under rejected/.',
      ...above(embedded(stream, 'CutLines', Stats.SUM, FIVE_MINUTES), 0),
    },
    {
      id: 'RejectedNotWritten',
      heading: 'Rejected not written',
      says: 'The transformer cannot write to rejected/.',
      ...above(embedded(stream, 'RejectedWriteErrors', Stats.SUM, FIVE_MINUTES), 0),
    },
    {
      id: 'TableThrottled',
      heading: 'Table throttled',
      says: 'DynamoDB takes less than the transformer writes.',
      // BatchWriteItem counts in ThrottledRequests only when all of its items are throttled.
      ...above(table.metric('WriteThrottleEvents', sum(MINUTE)), 0),
      // The writer repeats what a burst lost, and a table on demand grows.
      ...inThreeOfFive,
    },
    {
      id: 'ConversionFailed',
      heading: 'Conversion failed',
      says: 'Firehose could not make Parquet of clicks, which are kept under errors/format-conversion-failed/.',
      ...above(stream.metric('FailedConversion.Records', sum(FIVE_MINUTES)), 0),
    },
    {
      id: 'LakeStale',
      heading: 'Lake stale',
      says: 'Clicks wait in Firehose longer than they should. It keeps them for 24 hours.',
      ...above(
        stream.metric('DeliveryToS3.DataFreshness', { statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
        Math.max(FRESHNESS_SECONDS, bufferSeconds + TRANSFORMER.bufferSeconds + FRESHNESS_MARGIN_SECONDS),
      ),
    },
  ]
}

/** One period above the threshold. No data means that nothing happened: no requests, no records, no errors. */
const above = (metric: IMetric, threshold: number) => ({
  metric,
  threshold,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 1,
  treatMissingData: TreatMissingData.NOT_BREACHING,
})

/** What goes by itself within a minute or two calls nobody. */
const inThreeOfFive = { evaluationPeriods: 5, datapointsToAlarm: 3 } as const

/**
 * Every task reports every minute, zeros included, so no data is no sign of health. Log lines may be lost: a task drops
 * them when CloudWatch takes none, because clicks must not wait for logs. CloudWatch looks back over several periods
 * before it counts a point as missing, so that a late line calls nobody.
 */
const reportedEveryMinute = { treatMissingData: TreatMissingData.BREACHING, needsTasks: true } as const
