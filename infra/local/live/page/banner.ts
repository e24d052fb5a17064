/** The large marker: a fault is on, or something is left of one. */
import { THROTTLED_RECORDS_PER_SECOND } from '../../firehose/faults.ts'
import type { LakeFiles, Snapshot } from '../snapshot.ts'
import { replaySpill, switchFault } from './controls.ts'
import { byId, setText } from './dom.ts'
import { counted } from './format.ts'

interface Notice {
  readonly kind: 'fault' | 'after'
  readonly title: string
  readonly text: string
  readonly action?: { readonly label: string; run(): Promise<void> }
}

const banner = byId('banner')
const button = byId<HTMLButtonElement>('banner-action')
let shown: Notice | undefined

export function showBanner(snapshot: Snapshot, files: LakeFiles | undefined): void {
  shown = notice(snapshot, files?.spill.count ?? 0)
  banner.hidden = shown === undefined
  if (shown === undefined) return
  banner.dataset.kind = shown.kind
  setText(byId('banner-title'), shown.title)
  setText(byId('banner-text'), shown.text)
  button.hidden = shown.action === undefined
  if (shown.action !== undefined) setText(button, shown.action.label)
}

button.addEventListener('click', async () => {
  button.disabled = true
  try {
    await shown?.action?.run()
  } catch (error) {
    setText(byId('banner-text'), (error as Error).message)
  } finally {
    button.disabled = false
  }
})

const mend = { label: 'Mend Firehose', run: () => switchFault('none') }

function notice({ firehose, delivery, ledger, replay }: Snapshot, parked: number): Notice | undefined {
  const outage = delivery.outageSeconds
  if (firehose.fault === 'throttled') {
    return {
      kind: 'fault',
      title: 'A fault is on: Firehose throttles',
      text: `It takes ${THROTTLED_RECORDS_PER_SECOND} records a second, and answers “Slow down.” for the others. The service sends these again, with pauses that grow; what is not taken in time is parked in spill/.`,
      action: mend,
    }
  }
  if (firehose.fault === 'down') {
    const text =
      outage > 0
        ? `The service noticed it ${counted(Math.round(outage), 'second')} ago. Clicks are parked in spill/ at once, and still answered 200; every 5 seconds one batch tries Firehose again.`
        : ledger.inFlight > 0
          ? `${counted(ledger.inFlight, 'click')} wait for it, up to their deadline. Then they are parked in spill/, and later ones at once.`
          : 'Every call fails with 500. Send a click to see what becomes of it.'
    return { kind: 'fault', title: 'A fault is on: Firehose is down', text, action: mend }
  }
  if (outage > 0) {
    return {
      kind: 'after',
      title: 'Firehose works again',
      text: 'The service does not know it yet: a batch tries Firehose once in 5 seconds. Send a click.',
    }
  }
  if (replay.running)
    return { kind: 'after', title: 'Replay is running', text: 'Parked clicks go back into the stream.' }
  if (parked > 0) {
    return {
      kind: 'after',
      title: `${counted(parked, 'object')} with parked clicks`,
      text: 'They are safe in spill/, and not yet in the lake. Replay puts them back into the stream; “npm run replay -- spill” does the same.',
      action: { label: 'Replay them', run: () => replaySpill(button) },
    }
  }
  return undefined
}
