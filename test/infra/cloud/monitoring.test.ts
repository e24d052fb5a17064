import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack, Validations } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Vpc } from 'aws-cdk-lib/aws-ec2'
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs'
import { ApplicationLoadBalancer, ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose'
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import t from 'tap'
import { alarmSpecs } from '../../../infra/cloud/alarms.ts'
import { Monitoring, type MonitoringProps } from '../../../infra/cloud/monitoring.ts'
import { TRANSFORMER_METRICS } from '../../../infra/lambda/summary.ts'
import { METRICS } from '../../../service/metric-names.ts'

const EMAIL = 'on-call@shop.example'

type Options = Omit<Partial<MonitoringProps>, keyof ReturnType<typeof fakes>>

/** What is watched, in a stack of its own: the rules of cdk-nag are for the monitoring alone. */
function fakes(app: App) {
  const stack = new Stack(app, 'Watched')
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W7001',
    reason: 'The CDK’s own mapping for Firehose.',
  })
  const vpc = new Vpc(stack, 'Vpc')
  const taskDefinition = new FargateTaskDefinition(stack, 'Task')
  taskDefinition.addContainer('service', {
    image: ContainerImage.fromRegistry('x'),
    portMappings: [{ containerPort: 80 }],
  })
  const service = new FargateService(stack, 'Service', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
  })
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc })
  const lambda = (id: string) =>
    new Lambda(stack, id, { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('0') })
  return {
    httpApi: new HttpApi(stack, 'Api'),
    service,
    loadBalancer,
    targetGroup: loadBalancer
      .addListener('Listener', { port: 80, open: false })
      .addTargets('Targets', { port: 80, protocol: ApplicationProtocol.HTTP, targets: [service] }),
    stream: new DeliveryStream(stack, 'Stream', { destination: new S3Bucket(new Bucket(stack, 'Bucket')) }),
    transformer: lambda('Transformer'),
    authorizer: lambda('Authorizer'),
    table: new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
  }
}

function build(options: Options = {}, outdir?: string) {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, ...(outdir && { outdir }) })
  const watched = fakes(app)
  const stack = new Stack(app, 'Monitored')
  const monitoring = new Monitoring(stack, 'Monitoring', { ...watched, ...options })
  return { app, stack, watched, monitoring }
}

interface AlarmProperties {
  readonly AlarmDescription: string
  readonly MetricName?: string
  readonly Namespace?: string
  readonly Statistic?: string
  readonly ExtendedStatistic?: string
  readonly Period?: number
  readonly Threshold: number
  readonly ComparisonOperator: string
  readonly EvaluationPeriods: number
  readonly DatapointsToAlarm?: number
  readonly TreatMissingData: string
  readonly Dimensions?: { readonly Name: string }[]
  readonly Metrics?: { readonly MetricStat?: unknown; readonly Expression?: string }[]
  readonly AlarmActions?: unknown[]
  readonly OKActions?: unknown[]
}

interface AlarmResource {
  readonly Properties: AlarmProperties
  readonly DependsOn?: string[]
}

function alarmsOf(stack: Stack): AlarmResource[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')) as unknown as AlarmResource[]
}

const headingOf = ({ AlarmDescription }: AlarmProperties) => AlarmDescription.split('#')[1] as string

/** Alarm by heading: metric, dimensions, statistic, seconds, threshold, points of periods, and what no data means. */
const EXPECTED: Record<string, unknown[]> = {
  'server-errors': ['100 * errors / requests', '', undefined, undefined, '> 1', '3 of 5', 'notBreaching'],
  'slow-answers': ['AWS/ApiGateway Latency', 'ApiId', 'p99', 60, '> 2000', '3 of 5', 'notBreaching'],
  'authorizer-errors': ['AWS/Lambda Errors', 'FunctionName', 'Sum', 300, '> 0', '1 of 1', 'notBreaching'],
  'unhealthy-tasks': [
    ...['AWS/ApplicationELB UnHealthyHostCount', 'LoadBalancer TargetGroup', 'Maximum'],
    ...[60, '> 0', '3 of 5', 'notBreaching'],
  ],
  'too-few-tasks': [
    ...['AWS/ApplicationELB HealthyHostCount', 'LoadBalancer TargetGroup', 'Minimum'],
    ...[60, '< 2', '5 of 5', 'breaching'],
  ],
  'ledger-mismatch': ['Clicklake LedgerMismatch', 'DeliveryStream', 'Maximum', 60, '> 0', '1 of 1', 'breaching'],
  'clicks-refused': ['Clicklake Refused', 'DeliveryStream', 'Sum', 300, '> 0', '1 of 1', 'breaching'],
  'clicks-spilled': ['Clicklake Spilled', 'DeliveryStream', 'Sum', 300, '> 0', '1 of 1', 'breaching'],
  'firehose-throttled': [
    ...['AWS/Firehose ThrottledRecords', 'DeliveryStreamName', 'Sum'],
    ...[60, '> 0', '3 of 5', 'notBreaching'],
  ],
  'transformer-errors': ['AWS/Lambda Errors', 'FunctionName', 'Sum', 300, '> 0', '1 of 1', 'notBreaching'],
  'transformer-not-invoked': [
    ...['AWS/Firehose ExecuteProcessing.Success', 'DeliveryStreamName', 'Average'],
    ...[300, '< 1', '1 of 1', 'notBreaching'],
  ],
  'records-failed': ['Clicklake FailedRecords', 'DeliveryStream', 'Sum', 300, '> 0', '1 of 1', 'notBreaching'],
  'lines-cut-out': ['Clicklake CutLines', 'DeliveryStream', 'Sum', 300, '> 0', '1 of 1', 'notBreaching'],
  'rejected-not-written': [
    ...['Clicklake RejectedWriteErrors', 'DeliveryStream', 'Sum'],
    ...[300, '> 0', '1 of 1', 'notBreaching'],
  ],
  'table-throttled': ['AWS/DynamoDB WriteThrottleEvents', 'TableName', 'Sum', 60, '> 0', '3 of 5', 'notBreaching'],
  'conversion-failed': [
    ...['AWS/Firehose FailedConversion.Records', 'DeliveryStreamName', 'Sum'],
    ...[300, '> 0', '1 of 1', 'notBreaching'],
  ],
  'lake-stale': [
    ...['AWS/Firehose DeliveryToS3.DataFreshness', 'DeliveryStreamName', 'Maximum'],
    ...[300, '> 900', '1 of 1', 'notBreaching'],
  ],
}

function describe(alarm: AlarmProperties): unknown[] {
  const operator = { GreaterThanThreshold: '>', LessThanThreshold: '<' }[alarm.ComparisonOperator]
  return [
    alarm.Metrics?.find(({ Expression }) => Expression)?.Expression ?? `${alarm.Namespace} ${alarm.MetricName}`,
    (alarm.Dimensions ?? []).map(({ Name }) => Name).join(' '),
    alarm.Statistic ?? alarm.ExtendedStatistic,
    alarm.Period,
    `${operator} ${alarm.Threshold}`,
    `${alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods} of ${alarm.EvaluationPeriods}`,
    alarm.TreatMissingData,
  ]
}

t.test('monitoring – alarms watch these metrics', async (t) => {
  const alarms = alarmsOf(build({ minTasks: 2 }).stack).map(({ Properties }) => Properties)
  t.same(Object.fromEntries(alarms.map((alarm) => [headingOf(alarm), describe(alarm)])), EXPECTED)
})

t.test('monitoring – the alarms cost what its comment says', async (t) => {
  const alarms = alarmsOf(build().stack).map(({ Properties }) => Properties)
  const metrics = alarms.flatMap(({ Metrics = [{ MetricStat: {} }] }) => Metrics.filter(({ MetricStat }) => MetricStat))
  t.equal(alarms.length, 17)
  t.equal(metrics.length, 18)
  t.equal(Object.keys({ ...METRICS, ...TRANSFORMER_METRICS }).length, 14)
})

t.test('monitoring – alarms and headings of the runbook are the same', async (t) => {
  const runbook = readFileSync('docs/runbook.md', 'utf8')
  const [, section = ''] = /^## Alarms$(.*?)^## /ms.exec(runbook) ?? []
  const headings = [...section.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading)
  t.same(
    headings,
    alarmSpecs(build().watched).map(({ heading }) => heading),
    'in the same order too',
  )
  for (const what of ['Clicks:', 'Look:', 'Do:', 'Ends']) {
    t.equal(section.split(`\n**${what}**`).length - 1, headings.length, `each says **${what}**`)
  }
  const anchors = new Set([...runbook.matchAll(/^##+ (.*)$/gm)].map(([, text = '']) => anchor(text)))
  for (const [, link = ''] of runbook.matchAll(/\]\(#([^)]*)\)/g)) t.ok(anchors.has(link), `#${link} exists`)
  for (const { Properties } of alarmsOf(build().stack)) {
    t.match(Properties.AlarmDescription, /^[A-Z].*\. docs\/runbook\.md#[a-z-]+$/)
    t.ok(anchors.has(headingOf(Properties)), `#${headingOf(Properties)} exists`)
  }
})

/** GitHub's rule, apart from what our headings do not have. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')

t.test('monitoring – descriptions link the runbook where it is', async (t) => {
  const { stack } = build({ runbookUrl: 'https://wiki.example/clicks' })
  for (const { Properties } of alarmsOf(stack))
    t.match(Properties.AlarmDescription, / https:\/\/wiki\.example\/clicks#/)
})

t.test('monitoring – an alarm on what tasks report waits for the service', async (t) => {
  const waiting = alarmsOf(build().stack)
  const { stack } = together()
  const dependent = alarmsOf(stack).filter(({ DependsOn }) => DependsOn?.some((name) => name.startsWith('Service')))
  t.same(
    dependent.map(({ Properties }) => Properties.TreatMissingData),
    ['breaching', 'breaching', 'breaching', 'breaching'],
  )
  t.equal(waiting.filter(({ Properties }) => Properties.TreatMissingData === 'breaching').length, dependent.length)
})

/** The monitoring in the stack of what it watches, as it is deployed. */
function together() {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  const watched = fakes(app)
  const stack = Stack.of(watched.service)
  return { stack, monitoring: new Monitoring(stack, 'Monitoring', watched) }
}

t.test('monitoring – data is late only beyond the buffer', async (t) => {
  for (const [bufferSeconds, threshold] of [
    [0, 900],
    [300, 900],
    [900, 1260],
  ] as const) {
    const alarms = alarmsOf(build({ bufferSeconds }).stack).map(({ Properties }) => Properties)
    t.equal(alarms.find((alarm) => headingOf(alarm) === 'lake-stale')?.Threshold, threshold)
  }
})

t.test('monitoring – without an address there is no topic, and no alarm has actions', async (t) => {
  for (const options of [{}, { alarmEmail: '' }]) {
    const { stack } = build(options)
    const template = Template.fromStack(stack)
    template.resourceCountIs('AWS::SNS::Topic', 0)
    template.resourceCountIs('AWS::SNS::Subscription', 0)
    t.same(
      alarmsOf(stack).filter(({ Properties }) => Properties.AlarmActions ?? Properties.OKActions),
      [],
    )
  }
})

t.test('monitoring – with an address every alarm mails its begin and its end', async (t) => {
  const { stack } = build({ alarmEmail: EMAIL })
  const template = Template.fromStack(stack)
  template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: EMAIL })
  const topic = [{ Ref: Object.keys(template.findResources('AWS::SNS::Topic'))[0] }]
  for (const { Properties } of alarmsOf(stack)) t.match(Properties, { AlarmActions: topic, OKActions: topic })
})

t.test('monitoring – the topic takes TLS only, and CloudWatch may publish without a key', async (t) => {
  const template = Template.fromStack(build({ alarmEmail: EMAIL }).stack)
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() })
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  })
  t.pass()
})

interface WidgetJson {
  readonly type: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly properties: { readonly title: string; readonly alarms?: string[]; readonly metrics?: unknown[][] }
}

t.test('monitoring – the dashboard shows the way of a click from left to right', async (t) => {
  const template = Template.fromStack(build().stack)
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
  const parts: unknown[] = dashboard?.Properties.DashboardBody['Fn::Join'][1]
  const body = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'token')).join(''))
  const widgets = (body.widgets as WidgetJson[]).sort((a, b) => a.y - b.y || a.x - b.x)

  t.match(widgets[0], { type: 'alarm', x: 0, y: 0, width: 24 })
  t.equal(widgets[0]?.properties.alarms?.length, 17)
  const titles = widgets.slice(1).map(({ properties }) => properties.title)
  const steps = titles.map((title) => Number.parseInt(title, 10))
  t.same(
    [...new Set(titles.map((title) => title.split(':')[0]))],
    [
      ...['1 edge', '2 auth', '3 validate, 4 stamp', '5 pack'],
      ...['2–7 tasks', '6 deliver', '7 answer'],
      ...['8 transform', '9 convert'],
    ],
  )
  t.same(
    steps.filter((_, index) => titles[index] !== '2–7 tasks'),
    steps.filter((_, index) => titles[index] !== '2–7 tasks').toSorted(),
  )
  const rows = Map.groupBy(widgets, ({ y }) => y)
  for (const row of rows.values())
    t.equal(
      row.reduce((sum, { width }) => sum + width, 0),
      24,
    )

  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? [])
  t.ok(metrics.filter((metric) => typeof metric[0] === 'string').length <= 50, 'a larger one would cost')
})

t.test('monitoring – cdk-nag finds nothing', async (t) => {
  const outdir = t.testdir()
  const { app } = build({ alarmEmail: EMAIL }, outdir)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  // The fakes break rules on purpose: it shows that the rules were asked. Their report is not ours to print.
  t.capture(console, 'error')
  t.throws(() => app.synth(), { message: /Validation failed/ })
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report
  const violations = pluginReports.flatMap(({ violations }) => violations)
  const found = violations.flatMap(({ ruleName, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }) => `${constructPath} ${ruleName}`),
  )
  t.ok(found.some((text) => text.startsWith('Watched/')))
  t.same(
    found.filter((text) => /^Monitored\b/.test(text)),
    [],
  )
})

interface Report {
  readonly pluginReports: {
    readonly violations: {
      readonly ruleName: string
      readonly violatingConstructs: { readonly constructPath: string }[]
    }[]
  }[]
}
