import { quietly } from './quietly.ts'
import type { Tracker } from './types.ts'

const ATTRIBUTE = 'data-click-attr-'

/**
 * Takes the clicks on elements with `data-click`, of the nearest one where they are nested. One listener on the document,
 * before the page's own can stop the event: it sees elements that are added later, and inside open shadow roots.
 */
export function captureClicks(tracker: Tracker): void {
  const take = (event: Event) => {
    const element = event.composedPath().find((node) => node instanceof Element && node.hasAttribute('data-click'))
    if (!(element instanceof Element)) return
    const value = (name: string) => element.getAttribute(name) ?? undefined
    tracker.click({
      component: value('data-click') ?? '',
      itemid: value('data-click-item'),
      action: value('data-click-action'),
      attributes: Object.fromEntries(
        Array.from(element.attributes)
          .filter(({ name }) => name.startsWith(ATTRIBUTE))
          .map(({ name, value }) => [name.slice(ATTRIBUTE.length), value]),
      ),
    })
  }
  document.addEventListener('click', (event) => quietly(() => take(event)), true)
}
