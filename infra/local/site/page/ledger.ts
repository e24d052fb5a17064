/** The panel that shows what was sent and its answer. */
import { element, instantiate, part } from './element.ts'

/** More than that nobody reads here; the live view and the lake have them all. */
const ROWS = 20

/** What became of a click, in words for the panel. */
export interface Outcome {
  readonly kind: 'waiting' | 'safe' | 'failed'
  readonly text: string
}

const WAITING: Outcome = { kind: 'waiting', text: 'waiting' }

/** What a status means. 0: there was no answer. */
export function outcomeOf(status: number): Outcome {
  if (status === 200) return { kind: 'safe', text: 'answered 200: safe' }
  return { kind: 'failed', text: status === 0 ? 'no answer' : `answered ${status}: not taken` }
}

/**
 * Writes a row.
 *
 * @param way request that takes it
 * @returns tells the row what became of it
 */
export function note(what: string, way: string): (outcome: Outcome) => void {
  const list = element('sent', HTMLOListElement)
  const latest = element('latest', HTMLElement)
  const row = instantiate('row')
  part(row, '.what').textContent = what
  part(row, 'code').textContent = way
  list.prepend(row)
  while (list.children.length > ROWS) list.lastElementChild?.remove()
  const tell = ({ kind, text }: Outcome) => {
    const places = list.firstElementChild === row ? [part(row, '.answer'), latest] : [part(row, '.answer')]
    for (const place of places) {
      place.textContent = text
      place.dataset.outcome = kind
    }
  }
  tell(WAITING)
  return tell
}
