import t from 'tap'
import { STACK } from '../../../infra/cost-model.ts'
import { TRANSFORMER_METRICS } from '../../../infra/lambda/summary.ts'
import { METRICS } from '../../../service/metric-names.ts'
import { only, synthesize } from './synth.ts'

t.test('cost – what is counted before the first click is what the template has', async (t) => {
  const { ingest } = synthesize()
  const all = (type: string) => Object.values(ingest.findResources(type)).map(({ Properties }) => Properties)
  const alarms = all('AWS::CloudWatch::Alarm')
  const { Cpu, Memory } = only(ingest, 'AWS::ECS::TaskDefinition')
  t.same(
    {
      interfaceEndpoints: all('AWS::EC2::VPCEndpoint').filter((endpoint) => endpoint.VpcEndpointType === 'Interface')
        .length,
      zones: all('AWS::EC2::Subnet').length,
      tasks: only(ingest, 'AWS::ECS::Service').DesiredCount,
      taskVcpu: Number(Cpu) / 1024,
      taskGb: Number(Memory) / 1024,
      secrets: all('AWS::SecretsManager::Secret').length,
      alarms: alarms.length,
      // An expression is billed by the metrics that it is over.
      alarmMetrics: alarms
        .map(({ Metrics }) => Metrics?.filter((metric: { MetricStat?: object }) => metric.MetricStat).length ?? 1)
        .reduce((sum, count) => sum + count, 0),
      ownMetrics: Object.keys(METRICS).length + Object.keys(TRANSFORMER_METRICS).length,
    },
    Object.fromEntries(Object.entries(STACK).filter(([name]) => name !== 'logKbMinute')),
  )
})
