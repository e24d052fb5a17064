/** The live view: shows what the server tells over its event stream. */
import type { LakeFiles, LiveEvents } from '../snapshot.ts'
import { showBanner } from './banner.ts'
import { showCharts } from './charts.ts'
import { showFault } from './controls.ts'
import { byId, setText } from './dom.ts'
import { showFlow } from './flow.ts'
import { count, milliseconds } from './format.ts'
import { showClicks, showFiles } from './lists.ts'
import { loadQuestions } from './query.ts'
import { Rates } from './rates.ts'
import { showStages, summary } from './stages.ts'

/** A screen reader hears the numbers this often at most, and only when there are new ones. */
const ANNOUNCE_MS = 15_000
/** A server that is started again is found within this time. */
const RECONNECT_MS = 1000

const rates = new Rates()
const connection = byId('connection')
let files: LakeFiles | undefined
let announced = 0
let heard = -1

function onSnapshot(snapshot: LiveEvents['snapshot']): void {
  rates.push(snapshot)
  showStages(snapshot, rates)
  showFlow(rates)
  showCharts(snapshot, rates)
  showFault(snapshot.firehose.fault)
  showBanner(snapshot, files)
  const { p50, p99, count: requests } = snapshot.answers
  setText(byId('p50'), milliseconds(p50))
  setText(byId('p99'), milliseconds(p99))
  setText(byId('requests'), count(requests))
  if (performance.now() - announced < ANNOUNCE_MS || heard === snapshot.ledger.received) return
  announced = performance.now()
  heard = snapshot.ledger.received
  setText(byId('announcement'), summary(snapshot, rates, files))
}

function connect(): void {
  const events = new EventSource('/live/events')
  const on = <Name extends keyof LiveEvents>(name: Name, show: (data: LiveEvents[Name]) => void) =>
    events.addEventListener(name, (event) => show(JSON.parse(event.data)))
  on('snapshot', onSnapshot)
  on('clicks', showClicks)
  on('files', (data) => {
    files = data
    showFiles(data)
  })
  events.addEventListener('open', () => state('open', 'Live'))
  events.addEventListener('error', () => {
    state('lost', 'No connection; trying again')
    events.close()
    setTimeout(connect, RECONNECT_MS)
  })
}

function state(name: string, text: string): void {
  connection.dataset.state = name
  setText(connection, text)
}

connect()
loadQuestions().catch((error: Error) => setText(byId('answer-status'), error.message))
