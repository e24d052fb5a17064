/** The tracker as a classic script, /tracker.js: configured by the attributes of its own element. */
import { captureClicks } from './capture.ts'
import { quietly } from './quietly.ts'
import { createTracker } from './tracker.ts'
import type { Privacy, Tracker } from './types.ts'

declare global {
  interface Window {
    clicklake?: Tracker
  }
}

quietly(start)

function start(): void {
  // A page may include it twice; each click counts once. An element with this id would be found here, too.
  if (window.clicklake?.flush) return
  const script = document.currentScript as HTMLScriptElement
  const { callerid, endpoint = new URL(script.src, location.href).origin, type, userid, privacy } = script.dataset
  if (!callerid) throw new Error('data-callerid is missing')
  window.clicklake = createTracker({ callerid, endpoint, type, userid, privacy: privacy as Privacy | undefined })
  captureClicks(window.clicklake)
}
