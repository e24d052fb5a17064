/** What a person can do: send clicks, switch faults, replay. */
import type { Replayed } from '../replay.ts'
import type { Fault } from '../snapshot.ts'
import { act, ask } from './ask.ts'
import { byId } from './dom.ts'
import { count, counted, milliseconds } from './format.ts'

const MANY = 500
const ITEMS = 12

const feedback = byId('feedback')
const button = (id: string) => byId<HTMLButtonElement>(id)

const session = crypto.randomUUID()

/** A click on something of the demo catalogue, which enrichment knows. */
function sample() {
  const item = 1 + Math.floor(Math.random() * ITEMS)
  return {
    requestid: crypto.randomUUID(),
    contextid: session,
    callerid: 'live-view',
    component: 'send-button',
    action: 'click',
    type: 'webpage',
    itemid: `m-${String(item).padStart(2, '0')}`,
    url: location.href,
  }
}

async function send(clicks: number): Promise<string> {
  const began = performance.now()
  const body = clicks === 1 ? sample() : Array.from({ length: clicks }, sample)
  const { status, results = [] } = await ask<{ status: string; results?: { status: string }[] }>(
    'POST',
    '/clicks',
    body,
  )
  const time = milliseconds(performance.now() - began)
  if (status === 'OK') return `${counted(clicks, 'click')} answered 200 in ${time}: safe.`
  const safe = results.filter((each) => each.status === 'ok').length
  return `${count(safe)} of ${counted(clicks, 'click')} are safe; the others are to be sent again (${time}).`
}

button('send-one').addEventListener('click', () => act(button('send-one'), feedback, () => send(1)))
button('send-many').addEventListener('click', () => act(button('send-many'), feedback, () => send(MANY)))

/** Switches that the server has not answered: until then what it tells is older than what was chosen. */
let switching = 0

/** @throws what the server says is wrong */
export async function switchFault(fault: Fault): Promise<void> {
  switching += 1
  try {
    await ask('PUT', '/live/faults', { fault })
  } finally {
    switching -= 1
  }
}

const faults = byId('faults')
faults.addEventListener('change', async (event) => {
  feedback.classList.remove('error')
  try {
    await switchFault((event.target as HTMLInputElement).value as Fault)
  } catch (error) {
    feedback.classList.add('error')
    feedback.textContent = (error as Error).message
  }
})

/** Marks the fault that is on, whoever switched it. */
export function showFault(fault: Fault): void {
  if (switching > 0) return
  for (const input of faults.querySelectorAll('input')) {
    if (input.value === fault && !input.checked) input.checked = true
  }
}

export function replaySpill(from: HTMLButtonElement): Promise<void> {
  return act(from, byId('replay-feedback'), async () => {
    const { objects, clicks, left, problems } = await ask<Replayed>('POST', '/live/replay')
    if (left > 0) throw new Error(`${counted(left, 'object')} left in place: ${problems.join('; ')}`)
    return `${counted(clicks, 'click')} of ${counted(objects, 'object')} put back into the stream.`
  })
}

button('replay').addEventListener('click', () => replaySpill(button('replay')))
