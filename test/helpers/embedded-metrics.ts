/** The rules of CloudWatch's Embedded Metric Format that a line must keep to be made into metrics. */

const UNITS = ['Count', 'Bytes', 'Milliseconds']

/**
 * What is wrong with a line; nothing if it is valid.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function invalidEmbeddedMetrics(line: Record<string, unknown>): string[] {
  const wrong: string[] = []
  const demand = (fine: boolean, what: string) => {
    if (!fine) wrong.push(what)
  }
  const { Timestamp, CloudWatchMetrics, ...others } = (line._aws ?? {}) as Record<string, unknown>
  demand(Number.isInteger(Timestamp), '_aws.Timestamp is an integer')
  demand(Object.keys(others).length === 0, '_aws has no other members')
  demand(Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length > 0, '_aws.CloudWatchMetrics has directives')
  for (const { Namespace, Dimensions, Metrics, ...more } of (CloudWatchMetrics ?? []) as Record<string, unknown>[]) {
    demand(typeof Namespace === 'string' && /^[\w./#:-]{1,255}$/.test(Namespace), 'Namespace is a name')
    demand(Object.keys(more).length === 0, 'a directive has no other members')
    demand(Array.isArray(Dimensions) && Dimensions.length > 0, 'Dimensions has sets')
    for (const set of (Dimensions ?? []) as string[][]) {
      demand(Array.isArray(set) && set.length <= 30, 'a dimension set has 30 names at most')
      for (const name of set) {
        const value = line[name]
        const fine = typeof value === 'string' && value.length >= 1 && value.length <= 1024
        demand(fine, `dimension ${name} is a text at the top`)
      }
    }
    demand(Array.isArray(Metrics) && Metrics.length > 0 && Metrics.length <= 100, 'Metrics has 1 to 100 members')
    const names = new Set<unknown>()
    for (const { Name, Unit, ...rest } of (Metrics ?? []) as Record<string, unknown>[]) {
      demand(
        typeof Name === 'string' && Name.length <= 1024 && !names.has(Name),
        `metric ${Name} has a name of its own`,
      )
      demand(UNITS.includes(Unit as string), `metric ${Name} has a unit that CloudWatch knows`)
      demand(Object.keys(rest).length === 0, `metric ${Name} has no other members`)
      demand(Number.isFinite(line[Name as string]), `metric ${Name} is a number at the top`)
      names.add(Name)
    }
  }
  return wrong
}
