/**
 * The page's element of that id.
 *
 * @throws what is missing or of another kind: the HTML beside this and the scripts belong together
 */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`#${id} is no ${kind.name}`)
  return found
}

/** What a template has in it, anew. */
export function instantiate(id: string): HTMLElement {
  return element(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true) as HTMLElement
}

/** @throws what is missing */
export function part(parent: Element, selector: string): HTMLElement {
  const found = parent.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`there is no ${selector}`)
  return found
}
