/** The demo site's script: draws the catalogue, filters it, opens profiles. */
import type { Mysfit } from '../../catalogue.ts'
import { showTracked } from './clicks.ts'
import { element, instantiate, part } from './element.ts'
import { followAddress } from './profile.ts'

const FILTERS = ['goodevil', 'lawchaos'] as const

showTracked()
const count = element('count', HTMLElement)
load().catch((error: Error) => {
  count.textContent = `The catalogue cannot be read: ${error.message}. Reload the page to try again.`
})

async function load(): Promise<void> {
  const response = await fetch('/mysfits')
  if (!response.ok) throw new Error(`the service answered ${response.status}`)
  const { mysfits } = (await response.json()) as { mysfits: Mysfit[] }
  const cards = new Map(mysfits.map((creature) => [creature, draw(creature)]))
  element('cards', HTMLUListElement).append(...cards.values())

  const filter = () => {
    const wanted = FILTERS.map((field) => [field, chosen(field)] as const)
    let visible = 0
    for (const [creature, card] of cards) {
      card.hidden = wanted.some(([field, value]) => value !== '' && creature[field] !== value)
      if (!card.hidden) visible += 1
    }
    count.textContent = visible === 1 ? '1 creature' : `${visible} creatures`
  }
  document.addEventListener('change', filter)
  // A browser may keep what was chosen over a reload.
  filter()
  followAddress(mysfits, (creature) => {
    const card = cards.get(creature)
    if (card) part(card, '.badge').hidden = false
  })
}

function chosen(field: (typeof FILTERS)[number]): string {
  return document.querySelector<HTMLInputElement>(`input[name=${field}]:checked`)?.value ?? ''
}

function draw({ mysfitId, name, species, adopted, thumbImageUri }: Mysfit): HTMLElement {
  const card = instantiate('card')
  part(card, 'a').setAttribute('href', `#${mysfitId}`)
  part(card, 'img').setAttribute('src', thumbImageUri)
  part(card, 'strong').textContent = name
  part(card, '.species').textContent = species
  part(card, '.badge').hidden = !adopted
  return card
}
