/** A creature's profile in a dialog. Its address is `#<id>`, so that it can be shared, and Back closes it. */
import type { Mysfit } from '../../catalogue.ts'
import { sendProfileView } from './clicks.ts'
import { element } from './element.ts'

const TITLE = document.title

/**
 * Opens the profile that the address names, now and whenever it changes.
 *
 * @param onAdopt told who has a home from now on
 */
export function followAddress(creatures: readonly Mysfit[], onAdopt: (creature: Mysfit) => void): void {
  const dialog = element('profile', HTMLDialogElement)
  const adopted = new Set(creatures.filter((creature) => creature.adopted).map(({ mysfitId }) => mysfitId))
  const liked = new Set<string>()
  // Closing goes back where opening came from here; a shared link has nothing of ours behind it.
  let cameFromHere = false
  let shown: Mysfit | undefined

  const adopt = element('adopt', HTMLButtonElement)
  const like = element('like', HTMLButtonElement)
  const share = element('share', HTMLButtonElement)
  const close = element('close', HTMLButtonElement)

  window.addEventListener('hashchange', () => {
    cameFromHere = true
    follow()
  })
  follow()

  dialog.addEventListener('close', () => {
    shown = undefined
    document.title = TITLE
    if (named() === undefined) return
    if (cameFromHere) history.back()
    else history.replaceState(null, '', location.pathname)
  })
  dialog.addEventListener('click', ({ target }) => {
    // The dialog's own box is covered by what is in it: only its backdrop is left.
    if (target === dialog) dialog.close()
  })
  close.addEventListener('click', () => dialog.close())
  adopt.addEventListener('click', () => {
    if (shown === undefined) return
    adopted.add(shown.mysfitId)
    onAdopt(shown)
    say(`${shown.name} is packing.`)
    drawButtons(shown)
  })
  like.addEventListener('click', () => {
    if (shown === undefined) return
    if (!liked.delete(shown.mysfitId)) liked.add(shown.mysfitId)
    drawButtons(shown)
  })
  share.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      say('The link is in your clipboard.')
    } catch {
      // Not allowed, or not there: browsers keep the clipboard from pages that came over plain HTTP.
      say(location.href)
    }
  })

  function named(): Mysfit | undefined {
    return creatures.find(({ mysfitId }) => location.hash === `#${mysfitId}`)
  }

  function follow(): void {
    const creature = named()
    if (creature === undefined) dialog.close()
    else if (creature !== shown) open(creature)
  }

  function open(creature: Mysfit): void {
    shown = creature
    document.title = `${creature.name} · ${TITLE}`
    element('profile-image', HTMLImageElement).src = creature.profileImageUri
    for (const field of ['name', 'species', 'description', 'age', 'goodevil', 'lawchaos', 'likes'] as const) {
      element(`profile-${field}`, HTMLElement).textContent = String(creature[field])
    }
    for (const button of [adopt, like, share, close]) button.dataset.clickItem = creature.mysfitId
    say('')
    drawButtons(creature)
    if (!dialog.open) dialog.showModal()
    dialog.scrollTop = 0
    element('profile-name', HTMLElement).focus()
    sendProfileView(creature.mysfitId, creature.name)
  }

  function drawButtons({ mysfitId }: Mysfit): void {
    adopt.disabled = adopted.has(mysfitId)
    adopt.textContent = adopt.disabled ? 'Has a home' : 'Adopt'
    like.ariaPressed = String(liked.has(mysfitId))
    like.dataset.clickAction = liked.has(mysfitId) ? 'unlike' : 'like'
  }
}

function say(text: string): void {
  element('said', HTMLElement).textContent = text
}
