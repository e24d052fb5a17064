import { Duration, Stack } from 'aws-cdk-lib'
import { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { alarmSpecs, type Monitored } from './alarms.ts'
import { dashboardRows } from './dashboard.ts'

export interface MonitoringProps extends Monitored {
  /**
   * Who gets a mail when an alarm begins and when it ends. AWS asks the address for its consent first.
   *
   * @default none, or empty: nobody is called, alarms are on the dashboard only
   */
  readonly alarmEmail?: string
  /**
   * Where the runbook is, without a heading.
   *
   * @default docs/runbook.md of the checkout
   */
  readonly runbookUrl?: string
}

/**
 * Watches every step of a click's way.
 *
 * Costs a month: 17 alarms over 18 metrics $1.80, and the 14 metrics of our own log lines $4.20. The dashboard is free:
 * the first three with up to 50 metrics each are, and it has fewer.
 */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[]
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id)
    const { alarmEmail, runbookUrl = 'docs/runbook.md' } = props

    this.alarms = alarmSpecs(props).map(({ id, heading, says, needsTasks, ...alarmProps }) => {
      const alarmDescription = `${says} ${runbookUrl}#${anchor(heading)}`
      const alarm = new Alarm(this, id, { ...alarmProps, alarmDescription })
      // Otherwise a first deployment would begin with mails about tasks that are not there yet.
      if (needsTasks) alarm.node.addDependency(props.service)
      return alarm
    })
    if (alarmEmail) this.#tell(alarmEmail)

    this.dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: dashboardRows(props, [...this.alarms]),
    })
  }

  /**
   * Not encrypted with a key of KMS: CloudWatch cannot use AWS's own key for SNS, and a key of ours would cost more than
   * all alarms, for messages that hold names of metrics and numbers.
   */
  #tell(email: string): void {
    const topic = new Topic(this, 'Topic', { displayName: 'Clicklake alarms', enforceSSL: true })
    topic.addSubscription(new EmailSubscription(email))
    const { account } = Stack.of(this)
    // A policy of our own replaces the one that lets services of the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    )
    for (const alarm of this.alarms) {
      alarm.addAlarmAction(new SnsAction(topic))
      alarm.addOkAction(new SnsAction(topic))
    }
  }
}

/** The anchor that GitHub gives a heading of words. */
const anchor = (heading: string) => heading.toLowerCase().replaceAll(' ', '-')
