/** How this site sends clicks: profile views as the older site did, everything else by the tracker. */
import { note, type Outcome, outcomeOf } from './ledger.ts'

/**
 * The older site's request, as jQuery's `$.ajax` sent it: fire and forget. XMLHttpRequest also tells these requests from
 * the tracker's in `showTracked`, which have the same address.
 */
export function sendProfileView(mysfitId: string, name: string): void {
  const tell = note(`Opened ${name}`, 'PUT /clicks')
  const request = new XMLHttpRequest()
  request.addEventListener('loadend', () => tell(outcomeOf(request.status)))
  request.open('PUT', '/clicks')
  request.setRequestHeader('Content-Type', 'application/json')
  request.send(JSON.stringify({ userId: 'guest', mysfitId }))
}

/** Shows what the tracker takes and what its requests are answered: it works by itself, so that this only watches. */
export function showTracked(): void {
  const waiting: { readonly at: number; readonly tell: (outcome: Outcome) => void }[] = []

  document.addEventListener('click', ({ target }) => {
    const source = target instanceof Element ? target.closest<HTMLElement>('[data-click]') : null
    if (source === null) return
    const { click = '', clickItem, clickAttrBy, clickAttrValue } = source.dataset
    const subject = clickItem ?? (clickAttrBy && `${clickAttrBy} ${clickAttrValue}`)
    const tell = note(subject ? `${click}: ${subject}` : click, 'POST /clicks')
    if ('clicklake' in window) waiting.push({ at: performance.now(), tell })
    else tell({ kind: 'failed', text: 'not sent: no tracker' })
  })

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (new URL(entry.name).pathname !== '/clicks' || entry.initiatorType === 'xmlhttprequest') continue
      // Of the request, not of each click in it: the tracker alone reads that.
      const outcome = outcomeOf(entry.responseStatus)
      const carried = waiting.filter(({ at }) => at <= entry.startTime)
      for (const { tell } of carried) tell(outcome)
      // The tracker sends again what was not taken.
      if (outcome.kind === 'safe') waiting.splice(0, carried.length)
    }
  }).observe({ type: 'resource' })
}
