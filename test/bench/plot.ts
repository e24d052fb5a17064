/** Throughput and p99 against connections, as SVG. */
import { init } from 'echarts'
import { createSamples, one } from './bodies.ts'
import { APPLICATION, type Contender, type Stub, startAll } from './contenders.ts'
import { type Driven, drive, driveService } from './drive.ts'
import { number, progress } from './report.ts'

const NAMES = ['node:http', 'Fastify', 'Clicklake'] as const satisfies Contender[]
const CONNECTIONS = [50, 100, 200, 500, 1000, 2000, 4000]
const SECONDS = 2

type Point = Pick<Driven, 'perSecond' | 'p99'>

/** By contender, a point for each number of connections. */
type Curves = Readonly<Record<(typeof NAMES)[number], Point[]>>

const SIZE = { width: 760, height: 640 }

/** One click a request. */
export async function measureCurves(stub: Stub): Promise<Curves> {
  await using servers = new AsyncDisposableStack()
  const contenders = await startAll(NAMES, stub, servers)
  const curves: Curves = { 'node:http': [], Fastify: [], Clicklake: [] }
  const body = one(createSamples())
  const driveOne = (name: (typeof NAMES)[number], connections: number): Promise<Point> => {
    const load = { ...APPLICATION, connections, body, seconds: SECONDS }
    return name === 'Clicklake' ? driveService(stub, contenders[name], load, 1) : drive(contenders[name], load)
  }
  // Warm-up.
  for (const name of NAMES) await driveOne(name, 500)
  for (const connections of CONNECTIONS) {
    for (const name of NAMES) {
      const { perSecond, p99 } = await driveOne(name, connections)
      progress(`${number(connections)} connections: ${name} ${number(perSecond)}/s`)
      curves[name].push({ perSecond, p99 })
    }
  }
  return curves
}

/** @returns an SVG document, which reads on a white and on a dark page */
export function plot(curves: Curves): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  const line = (grid: number, value: (point: Point) => number) =>
    NAMES.map((name, n) => ({
      name,
      type: 'line' as const,
      xAxisIndex: grid,
      yAxisIndex: grid,
      symbolSize: 7,
      color: ['#7a8599', '#2f6fde', '#e07b00'][n],
      data: curves[name].map(value),
    }))
  const text = { color: '#7a8599' }
  const axis = (name: string) => ({ name, nameTextStyle: { ...text, align: 'left' as const }, axisLabel: text })
  const x = (gridIndex: number) => ({
    gridIndex,
    type: 'category' as const,
    data: CONNECTIONS.map(String),
    name: 'connections',
    nameLocation: 'middle' as const,
    nameGap: 28,
    nameTextStyle: text,
    axisLabel: text,
  })
  chart.setOption({
    animation: false,
    legend: { data: [...NAMES], textStyle: text, top: 4 },
    grid: [
      { top: 70, height: 200, left: 70, right: 20 },
      { top: 380, height: 200, left: 70, right: 20 },
    ],
    xAxis: [x(0), x(1)],
    yAxis: [
      { gridIndex: 0, ...axis('clicks answered a second, one a request') },
      { gridIndex: 1, ...axis('p99 of the answer, ms') },
    ],
    series: [...line(0, ({ perSecond }) => Math.round(perSecond)), ...line(1, ({ p99 }) => p99)],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
