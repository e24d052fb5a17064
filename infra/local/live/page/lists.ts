/** The last clicks, and what is in the lake's folder. */
import type { LakeFiles, Listing, SeenClick, StoredFile } from '../snapshot.ts'
import { byId, create, setText } from './dom.ts'
import { bytes, clock, counted } from './format.ts'

export function showClicks(clicks: readonly SeenClick[]): void {
  if (clicks.length === 0) return
  byId('clicks').replaceChildren(...clicks.map(row))
}

function row({ receivedat, itemid = '–', component, action, userid, client, attributes = {} }: SeenClick): HTMLElement {
  const chips = Object.entries(attributes).map(([name, value]) =>
    create('span', 'chip', create('span', 'chip-name', name), ' ', value),
  )
  const who = create('td', '', userid, create('span', 'sub', client))
  const what = create('td', '', component, create('span', 'sub', action))
  const known = create('td', 'chips', ...(chips.length > 0 ? chips : ['–']))
  return create('tr', '', create('td', 'mono', clock(receivedat)), create('td', 'mono', itemid), known, what, who)
}

export function showFiles({ parquet, spill }: LakeFiles): void {
  setText(byId('parquet-sum'), parquet.count === 0 ? 'No Parquet file yet.' : sum(parquet, 'Parquet file'))
  byId('parquet').replaceChildren(...parquet.newest.map(file))
  setText(
    byId('spill-sum'),
    spill.count === 0
      ? 'Nothing. When Firehose fails, clicks are kept here and still answered 200.'
      : sum(spill, 'object'),
  )
  byId('spill').replaceChildren(...spill.newest.map(file))
  byId('spill-box').classList.toggle('full', spill.count > 0)
  byId('replay-box').hidden = spill.count === 0
}

function sum({ count, bytes: size, newest }: Listing, unit: string): string {
  const shown = count > newest.length ? `; the last ${newest.length} are` : ''
  return `${counted(count, unit)}, ${bytes(size)}${shown === '' ? '' : `${shown} here`}.`
}

function file({ key, bytes: size, modified, clicks }: StoredFile): HTMLElement {
  const path = create('span', 'path', key)
  path.title = key
  const facts = clicks === undefined ? bytes(size) : `${counted(clicks, 'row')}, ${bytes(size)}`
  return create('li', '', create('b', '', facts), create('span', 'note', clock(modified)), path)
}
