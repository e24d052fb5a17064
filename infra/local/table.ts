/** Prints rows for people. */
import type { QueryResult } from './lake.ts'
import type { Json } from './lake-values.ts'

const GAP = '  '

/** Characters of a column below which a table says less than a list. */
const NARROWEST = 12

/**
 * A table with a header and a row count; or, where so many columns do not fit, one `name  value` a line, row by row.
 *
 * @param width characters of the terminal's line; Infinity cuts nothing
 */
export function formatTable({ columns, rows }: Pick<QueryResult, 'columns' | 'rows'>, width: number): string {
  const cells = rows.map((row) => columns.map(({ name }) => cell(row[name] ?? null)))
  const needed = columns.map(({ name }, index) =>
    Math.max(length(name), ...cells.map((row) => length(row[index] ?? ''))),
  )
  const widths = shrink(needed, width - GAP.length * (columns.length - 1))
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`
  if (widths === undefined) return [...list(columns, cells, width), count, ''].join('\n')

  const right = columns.map(({ name }) => rows.length > 0 && rows.every((row) => typeof row[name] === 'number'))
  const line = (values: readonly string[]) =>
    values
      .map((value, index) => pad(cut(value, widths[index] ?? 0), widths[index] ?? 0, right[index] ?? false))
      .join(GAP)
      .trimEnd()
  return [
    line(columns.map(({ name }) => name)),
    widths.map((width) => '─'.repeat(width)).join(GAP),
    ...cells.map(line),
    count,
    '',
  ].join('\n')
}

function list(columns: QueryResult['columns'], cells: string[][], width: number): string[] {
  const label = Math.max(...columns.map(({ name }) => length(name)))
  return cells.flatMap((row, index) => [
    `─ ${index + 1} `.padEnd(Math.min(width, label + GAP.length + NARROWEST), '─'),
    ...row.map((value, index) =>
      cut(`${pad(columns[index]?.name ?? '', label, false)}${GAP}${value}`, width).trimEnd(),
    ),
  ])
}

/** Takes from the widest columns until all fit; undefined if they would become too narrow. */
function shrink(needed: readonly number[], available: number): number[] | undefined {
  const widths = [...needed]
  let excess = widths.reduce((sum, width) => sum + width, 0) - available
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) return undefined
    const index = widths.indexOf(widest)
    const next = Math.max(NARROWEST, ...widths.filter((width) => width < widest))
    const taken = Math.min(excess, widest - next)
    widths[index] = widest - taken
    excess -= taken
  }
  return widths
}

/** Clicks hold whatever a stranger sent: control characters would be commands to the terminal. */
function cell(value: Json): string {
  const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const length = (text: string) => [...text].length

const pad = (text: string, width: number, right: boolean) => {
  const space = ' '.repeat(Math.max(0, width - length(text)))
  return right ? space + text : text + space
}

const cut = (text: string, width: number) =>
  length(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`
