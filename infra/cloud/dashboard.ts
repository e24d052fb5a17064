/** The dashboard: the way of a click, from left to right, with the numbers of docs/architecture.md. */
import { Duration } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import { HttpCodeElb } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { embedded, type Monitored } from './alarms.ts'

/** Columns of a dashboard. */
const WIDTH = 24

const period = Duration.minutes(1)
const sum = { statistic: Stats.SUM, period }
const average = { statistic: Stats.AVERAGE, period }
const maximum = { statistic: Stats.MAXIMUM, period }

/** Rows of widgets: alarms on top, then the steps in their order. At most 50 metrics: more make a dashboard cost. */
export function dashboardRows(monitored: Monitored, alarms: IAlarm[]): IWidget[][] {
  const { httpApi, authorizer, loadBalancer, targetGroup, service, stream, transformer, table } = monitored
  const total = (name: Parameters<typeof embedded>[1]) => embedded(stream, name, Stats.SUM)
  const highest = (name: Parameters<typeof embedded>[1]) => embedded(stream, name, Stats.MAXIMUM)

  return [
    [new AlarmStatusWidget({ title: 'Alarms', alarms, width: WIDTH, height: 4 })],
    row(
      graph('1 edge: requests', {
        left: [httpApi.metricCount(sum)],
        right: [httpApi.metricClientError(sum), httpApi.metricServerError(sum)],
      }),
      graph('2 auth: authorizer', {
        left: [authorizer.metricInvocations(sum), authorizer.metricErrors(sum), authorizer.metricThrottles(sum)],
        right: [authorizer.metricDuration({ statistic: Stats.p(99), period })],
      }),
      graph('3 validate, 4 stamp: clicks', { left: [total('Received'), total('Rejected'), total('Dropped')] }),
      graph('5 pack: clicks that wait', { left: [total('InFlight')], right: [total('BufferBytes')] }),
    ),
    row(
      graph('2–7 tasks', {
        left: [service.metricCpuUtilization(average), service.metricMemoryUtilization(maximum)],
        right: [
          targetGroup.metrics.healthyHostCount({ statistic: Stats.MINIMUM, period }),
          targetGroup.metrics.unhealthyHostCount(maximum),
          highest('EventLoopDelay'),
        ],
      }),
      graph('6 deliver: clicks', {
        left: [total('Delivered'), total('Spilled'), total('Refused')],
        right: [highest('LedgerMismatch')],
      }),
      graph('6 deliver: % of the stream’s quota', {
        left: [quota('Bytes'), quota('PutRequests')],
        right: [stream.metric('ThrottledRecords', sum)],
      }),
      graph('7 answer: milliseconds', {
        left: [
          httpApi.metricLatency({ statistic: Stats.p(50), period }),
          httpApi.metricLatency({ statistic: Stats.p(99), period }),
          httpApi.metricIntegrationLatency({ statistic: Stats.p(99), period }),
        ],
        right: [loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum)],
      }),
    ),
    row(
      graph('8 transform: clicks', {
        left: [total('TransformedClicks')],
        right: [total('FailedRecords'), total('CutLines'), total('RejectedWriteErrors')],
      }),
      graph('8 transform: function', {
        left: [transformer.metricInvocations(sum), transformer.metricErrors(sum), transformer.metricThrottles(sum)],
        right: [stream.metric('ExecuteProcessing.Success', average), transformer.metricDuration(maximum)],
      }),
      graph('8 transform: table', {
        left: [table.metricConsumedWriteCapacityUnits(sum)],
        right: [table.metric('WriteThrottleEvents', sum)],
      }),
      graph('9 convert: lake', {
        left: [stream.metric('DeliveryToS3.DataFreshness', maximum)],
        right: [
          stream.metric('DeliveryToS3.Success', average),
          stream.metric('SucceedConversion.Records', sum),
          stream.metric('FailedConversion.Records', sum),
        ],
      }),
    ),
  ]

  /** How much of a limit of the stream is used. Firehose reports the limits, which AWS raises on request. */
  function quota(what: 'Bytes' | 'PutRequests'): IMetric {
    // Names in expressions are of the whole graph.
    const used = `used${what}`
    const limit = `limit${what}`
    return new MathExpression({
      expression: `100 * ${used} / PERIOD(${used}) / ${limit}`,
      usingMetrics: {
        [used]: stream.metric(`Incoming${what}`, sum),
        [limit]: stream.metric(`${what}PerSecondLimit`, maximum),
      },
      label: what,
      period,
    })
  }
}

const graph =
  (title: string, axes: { readonly left: IMetric[]; readonly right?: IMetric[] }) =>
  (width: number): IWidget =>
    new GraphWidget({ title, width, height: 6, ...axes, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } })

/** Widgets beside each other, as wide as the dashboard. */
const row = (...widgets: ((width: number) => IWidget)[]) => widgets.map((widget) => widget(WIDTH / widgets.length))
