/** The box that runs SQL. */
import type { NamedQuery } from '../../../queries/queries.ts'
import type { QueryResult } from '../../lake.ts'
import { act, ask } from './ask.ts'
import { byId, create } from './dom.ts'
import { counted } from './format.ts'

type Answer = QueryResult & { readonly limit: number; readonly ms: number }

const sql = byId<HTMLTextAreaElement>('sql')
const named = byId<HTMLSelectElement>('named')
const form = byId<HTMLFormElement>('question')
const region = byId('rows-region')

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const status = byId('answer-status')
  status.textContent = 'Asking …'
  region.hidden = true
  void act(byId<HTMLButtonElement>('ask'), status, async () => {
    const answer = await ask<Answer>('POST', '/live/query', { sql: sql.value })
    show(answer)
    const { rows, more, limit, ms } = answer
    return more
      ? `The first ${limit} rows, in ${ms} ms. There are more.`
      : `${counted(rows.length, 'row')} in ${ms} ms.`
  })
})

sql.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
})
sql.addEventListener('input', () => {
  named.value = ''
})

/** Fills the list of questions. @throws what the server says is wrong */
export async function loadQuestions(): Promise<void> {
  const questions = await ask<NamedQuery[]>('GET', '/live/queries')
  for (const { name, description } of questions) {
    const option = create('option', '', `${name} – ${description}`) as HTMLOptionElement
    option.value = name
    named.append(option)
  }
  named.addEventListener('change', () => {
    const question = questions.find(({ name }) => name === named.value)
    if (question !== undefined) sql.value = question.sql
  })
}

function show({ columns, rows }: Answer): void {
  const names = columns.map(({ name, type }) => create('th', '', name, create('span', 'sub', type.toLowerCase())))
  byId('rows-head').replaceChildren(create('tr', '', ...names))
  byId('rows').replaceChildren(
    ...rows.map((row) => create('tr', '', ...columns.map(({ name }) => cell(row[name] ?? null)))),
  )
  region.hidden = columns.length === 0
}

function cell(value: QueryResult['rows'][number][string]): HTMLElement {
  if (value === null) return create('td', 'null', 'null')
  if (typeof value === 'number') return create('td', 'number', String(value))
  return create('td', '', typeof value === 'string' ? value : JSON.stringify(value))
}
