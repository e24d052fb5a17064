import t from 'tap'
import { embedSummary, summarize, TRANSFORMER_METRICS } from '../../../infra/lambda/summary.ts'
import { DIMENSION } from '../../../service/metric-names.ts'
import { invalidEmbeddedMetrics } from '../../helpers/embedded-metrics.ts'

const invocation = {
  invocationId: 'invocation',
  stream: 'clicks',
  unpacked: [],
  rejection: {},
  lookups: {},
  unenriched: 0,
  written: { items: 0, duplicates: 0, failed: new Set<string>(), errors: {} },
  result: { records: [] },
}

t.test('summary – its line is what CloudWatch makes metrics from, 0 included', async (t) => {
  const line = embedSummary(summarize(invocation))
  t.same(invalidEmbeddedMetrics({ ...line }), [])
  t.match(line, { [DIMENSION]: 'clicks', invocationId: 'invocation', records: 0 })
  for (const name of Object.keys(TRANSFORMER_METRICS)) t.equal(line[name as keyof typeof line], 0, name)
})

t.test('summary – failed records, lines cut out and rejects that could not be kept are metrics', async (t) => {
  const line = embedSummary({
    ...summarize(invocation),
    clicks: 7,
    results: { Ok: 2, ProcessingFailed: 3 },
    rejected: { json: 1, schema: 4 },
    rejectedError: 'AccessDenied',
  })
  t.match(line, { TransformedClicks: 7, FailedRecords: 3, CutLines: 5, RejectedWriteErrors: 1 })
})
