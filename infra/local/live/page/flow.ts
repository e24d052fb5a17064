/** The ways between the stages, and clicks on them. Drawn behind the stages, wherever the style puts these. */
import { byId, find, setText } from './dom.ts'
import { count } from './format.ts'
import { COUNTS, type Rates } from './rates.ts'

/** Dots a tick on one way, of four ticks a second. Above it a dot stands for several clicks, and is larger. */
const MAX_DOTS = 3
const RADIUS = 3.5
/** More of the radius, with every tenfold of clicks. */
const RADIUS_TENFOLD = 0.8
const TICK_MS = 250
const TRAVEL_MS = 650
/** So that a click is seen to go from left to right, although its first stages take milliseconds. */
const STAGGER_MS = 350

type Colour = 'good' | 'warn' | 'bad'

interface Way {
  readonly from: string
  readonly to: string
  /** What has passed it. */
  readonly passed: keyof typeof COUNTS
  readonly colour: Colour
  /** Ways before it. */
  readonly nth: number
}

const WAYS: readonly Way[] = [
  { from: 'received', to: 'packed', passed: 'packed', colour: 'good', nth: 0 },
  { from: 'received', to: 'away', passed: 'away', colour: 'bad', nth: 0 },
  { from: 'packed', to: 'accepted', passed: 'accepted', colour: 'good', nth: 1 },
  { from: 'packed', to: 'spilled', passed: 'spilled', colour: 'warn', nth: 1 },
  { from: 'spilled', to: 'accepted', passed: 'replayed', colour: 'warn', nth: 0 },
  { from: 'accepted', to: 'transformed', passed: 'transformed', colour: 'good', nth: 0 },
  { from: 'transformed', to: 'items', passed: 'items', colour: 'good', nth: 1 },
  { from: 'transformed', to: 'written', passed: 'written', colour: 'good', nth: 1 },
]

interface Point {
  readonly x: number
  readonly y: number
}
type Curve = readonly [Point, Point, Point, Point]

interface Dot {
  readonly way: number
  readonly starts: number
  readonly radius: number
}

const flow = byId('flow')
const canvas = byId<HTMLCanvasElement>('canvas')
const density = byId('density')
const calm = matchMedia('(prefers-reduced-motion: reduce)')
const pen = canvas.getContext('2d') as CanvasRenderingContext2D

let curves: readonly Curve[] = []
let dots: Dot[] = []
let drawing = false
let colours: Readonly<Record<Colour | 'way', string>> = { good: '', warn: '', bad: '', way: '' }

/** Shows what passed since the last snapshot. */
export function showFlow(rates: Rates): void {
  let most = 1
  const now = performance.now()
  for (const [index, { passed, nth, from, to }] of WAYS.entries()) {
    const clicks = rates.grown(COUNTS[passed])
    if (clicks <= 0) continue
    const shown = Math.min(clicks, MAX_DOTS)
    most = Math.max(most, clicks / shown)
    light(from, nth * STAGGER_MS)
    light(to, nth * STAGGER_MS + TRAVEL_MS)
    if (calm.matches) continue
    const radius = RADIUS + RADIUS_TENFOLD * Math.log10(clicks / shown)
    for (let n = 0; n < shown; n += 1)
      dots.push({ way: index, starts: now + nth * STAGGER_MS + (TICK_MS * n) / shown, radius })
  }
  explain(most)
  if (dots.length > 0 && !drawing) {
    drawing = true
    requestAnimationFrame(draw)
  }
}

let explained = 0

/** What a dot stands for, until it changes for a while. */
function explain(clicks: number): void {
  const now = performance.now()
  if (clicks === 1 && now - explained < 3000) return
  explained = now
  if (calm.matches) setText(density, 'A stage lights up when clicks pass it. Nothing moves, as your system asks.')
  else if (clicks === 1) setText(density, 'A dot is a click. Its speed is drawn, not measured.')
  else
    setText(
      density,
      `So many clicks that a dot now stands for up to ${count(Math.ceil(clicks))}, and is larger. Its speed is drawn.`,
    )
}

const lit = new Map<string, ReturnType<typeof setTimeout>>()

function light(stage: string, after: number): void {
  const card = find(`[data-stage="${stage}"]`, flow)
  setTimeout(
    () => {
      card.classList.add('lit')
      clearTimeout(lit.get(stage))
      lit.set(
        stage,
        setTimeout(() => card.classList.remove('lit'), 500),
      )
    },
    calm.matches ? 0 : after,
  )
}

/** Where the ways are, after the stages were laid out anew. */
function measure(): void {
  const origin = flow.getBoundingClientRect()
  const scale = devicePixelRatio
  canvas.width = Math.round(origin.width * scale)
  canvas.height = Math.round(origin.height * scale)
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  const box = (stage: string) => {
    const { left, top, width, height } = find(`[data-stage="${stage}"]`, flow).getBoundingClientRect()
    return new DOMRect(left - origin.left, top - origin.top, width, height)
  }
  curves = WAYS.map(({ from, to }) => connect(box(from), box(to)))
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`)
  colours = { good: colour('good'), warn: colour('warn'), bad: colour('bad'), way: colour('line-strong') }
  if (!drawing) draw(performance.now())
}

/** From side to side where the next stands to the right, from the bottom where it stands below, or below on the left. */
function connect(from: DOMRect, to: DOMRect): Curve {
  if (to.left >= from.right) {
    const [start, end] = [
      { x: from.right, y: from.y + from.height / 2 },
      { x: to.left, y: to.y + to.height / 2 },
    ]
    const bend = (end.x - start.x) / 2
    return [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end]
  }
  if (to.right <= from.left) {
    const [start, end] = [
      { x: from.x + from.width / 2, y: from.bottom },
      { x: to.right, y: to.y + to.height / 2 },
    ]
    const corner = { x: start.x, y: end.y }
    return [start, corner, corner, end]
  }
  const [start, end] = [
    { x: from.x + from.width / 2, y: from.bottom },
    { x: to.x + to.width / 2, y: to.top },
  ]
  const bend = (end.y - start.y) / 2
  return [start, { x: start.x, y: start.y + bend }, { x: end.x, y: end.y - bend }, end]
}

function draw(now: number): void {
  pen.clearRect(0, 0, canvas.width, canvas.height)
  pen.lineWidth = 2
  pen.strokeStyle = colours.way
  for (const [a, b, c, d] of curves) {
    pen.beginPath()
    pen.moveTo(a.x, a.y)
    pen.bezierCurveTo(b.x, b.y, c.x, c.y, d.x, d.y)
    pen.stroke()
  }
  dots = dots.filter(({ starts }) => now < starts + TRAVEL_MS)
  for (const { way, starts, radius } of dots) {
    const curve = curves[way]
    const { colour } = WAYS[way] as Way
    if (now < starts || curve === undefined) continue
    const { x, y } = pointOf(curve, (now - starts) / TRAVEL_MS)
    pen.fillStyle = colours[colour]
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
    pen.fill()
  }
  drawing = dots.length > 0
  if (drawing) requestAnimationFrame(draw)
}

function pointOf([a, b, c, d]: Curve, t: number): Point {
  const u = 1 - t
  const mix = (...[p, q, r, s]: [number, number, number, number]) =>
    u ** 3 * p + 3 * u * u * t * q + 3 * u * t * t * r + t ** 3 * s
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) }
}

new ResizeObserver(measure).observe(flow)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', measure)
