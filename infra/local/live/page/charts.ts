/** Rates and answer times over the last one and a half minutes. */
import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { Snapshot } from '../snapshot.ts'
import { byId } from './dom.ts'
import { clock, milliseconds, rate } from './format.ts'
import { COUNTS, type Rates } from './rates.ts'

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const SPAN_MS = 90_000
const EVERY_MS = 1000

type Format = (value: number) => string

interface Line {
  readonly name: string
  /** Its colour's variable in the style. */
  readonly colour: string
  readonly dash?: 'dashed' | 'dotted'
  read(snapshot: Snapshot, rates: Rates): number | null
}

/** A chart of lines over time. Its colours are the style's, in either scheme. */
class Chart {
  readonly #chart: ECharts
  readonly #element: HTMLElement
  readonly #lines: readonly Line[]
  readonly #format: Format
  readonly #points: [number, number | null][][]

  constructor(id: string, lines: readonly Line[], format: Format) {
    this.#element = byId(id)
    this.#lines = lines
    this.#format = format
    this.#points = lines.map(() => [])
    this.#chart = init(this.#element, null, { renderer: 'canvas' })
    new ResizeObserver(() => this.#chart.resize()).observe(this.#element)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#style())
    this.#style()
  }

  add(time: number, snapshot: Snapshot, rates: Rates): void {
    for (const [n, line] of this.#lines.entries()) {
      const points = this.#points[n] as [number, number | null][]
      points.push([time, line.read(snapshot, rates)])
      while ((points[0]?.[0] ?? time) < time - SPAN_MS) points.shift()
    }
    this.#chart.setOption({
      xAxis: { min: time - SPAN_MS, max: time },
      series: this.#points.map((data) => ({ data })),
    })
    const values = this.#lines.map(({ name }, n) => `${name} ${this.#text(this.#points[n]?.at(-1)?.[1] ?? null)}`)
    this.#element.setAttribute(
      'aria-label',
      `${document.getElementById(`${this.#element.id}-title`)?.textContent}: ${values.join(', ')}`,
    )
  }

  #text(value: number | null): string {
    return value === null ? 'none' : this.#format(value)
  }

  #style(): void {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
    const text = { color: colour('muted'), fontFamily: style.fontFamily, fontSize: 12 }
    this.#chart.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily },
      grid: { left: 8, right: 12, top: 36, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      legend: {
        top: 0,
        left: 0,
        itemWidth: 18,
        itemHeight: 8,
        icon: 'roundRect',
        textStyle: text,
        inactiveColor: colour('line'),
      },
      // Drawn and not HTML, whose inline styles the page's policy forbids.
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        backgroundColor: colour('raised'),
        borderColor: colour('line-strong'),
        textStyle: { ...text, color: colour('ink') },
        axisPointer: { lineStyle: { color: colour('line-strong') } },
        formatter: (points: readonly { seriesName: string; value: [number, number | null] }[]) =>
          [
            clock(points[0]?.value[0] ?? 0),
            ...points.map(({ seriesName, value }) => `${seriesName}  ${this.#text(value[1])}`),
          ].join('\n'),
      },
      xAxis: {
        type: 'time',
        axisLine: { lineStyle: { color: colour('line') } },
        axisTick: { show: false },
        axisLabel: { ...text, hideOverlap: true, formatter: '{HH}:{mm}:{ss}' },
        splitNumber: 3,
      },
      yAxis: {
        type: 'value',
        min: 0,
        splitNumber: 3,
        axisLabel: { ...text, formatter: (value: number) => this.#format(value) },
        splitLine: { lineStyle: { color: colour('line') } },
      },
      series: this.#lines.map(({ name, colour: of, dash = 'solid' }) => ({
        name,
        type: 'line',
        showSymbol: false,
        color: colour(of),
        lineStyle: { width: 2, type: dash },
      })),
    })
  }
}

const clicks = (name: string, count: keyof typeof COUNTS, colour: string, dash?: Line['dash']): Line => ({
  name,
  colour,
  ...(dash && { dash }),
  read: (_snapshot, rates) => rates.perSecond(COUNTS[count]),
})

const charts = [
  new Chart(
    'rates',
    [
      clicks('received', 'received', 'series-1'),
      clicks('accepted', 'accepted', 'good', 'dashed'),
      clicks('spilled', 'spilled', 'warn'),
      clicks('written', 'written', 'series-2'),
    ],
    rate,
  ),
  new Chart(
    'answers',
    [
      { name: 'p50', colour: 'series-1', read: ({ answers }) => answers.p50 },
      { name: 'p99', colour: 'warn', read: ({ answers }) => answers.p99 },
    ],
    milliseconds,
  ),
]

let last = 0

/** Adds a point, once a second. */
export function showCharts(snapshot: Snapshot, rates: Rates): void {
  const now = Date.now()
  if (now - last < EVERY_MS) return
  last = now
  for (const chart of charts) chart.add(now, snapshot, rates)
}
