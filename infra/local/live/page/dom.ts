/** The page's elements. */

/** @throws if the page has no such element: its HTML and its code do not fit */
export function byId<E extends Element = HTMLElement>(id: string): E {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`there is no #${id}`)
  return element as Element as E
}

/** The first element that matches. @throws if there is none */
export function find<E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E {
  const element = within.querySelector<E>(selector)
  if (element === null) throw new Error(`there is no ${selector}`)
  return element
}

/** An element with a text or children. Texts are never read as HTML. */
export function create(name: string, className = '', ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

/** Writes only what changed: a screen reader or a selection is not disturbed by the same text again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
