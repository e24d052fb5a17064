/** One line for each case, as soon as it is known. */
import type { Row } from './case.ts'

const HEAD = ['case', 'sent', 'ok', 'retry/503', 'rejected', 'lost', 'duplicated', 'max RSS', 'seconds']
const NAME_WIDTH = 58

export const head = () =>
  `${line(HEAD)}\n${line(
    HEAD.map(() => '---'),
    '-',
  )}`

export function format(row: Row): string {
  const { name, sent, ok, retries, rejected, lost, duplicated, maxRss, seconds, problems, note } = row
  const rss = maxRss === 0 ? '-' : `${Math.round(maxRss)} MiB`
  const cells = [name, sent, ok, retries, rejected, lost, duplicated, rss, seconds.toFixed(1)]
  const remarks = problems.length > 0 ? problems.map((problem) => `  FAILED: ${problem}`) : note ? [`  ${note}`] : []
  return [line(cells.map(String)), ...remarks].join('\n')
}

export const formatSkipped = (name: string, why: string) => line([name, `skipped: ${why}`])

function line(cells: readonly string[], fill = ' '): string {
  return cells
    .map((cell, n) => (n === 0 ? cell.padEnd(NAME_WIDTH, fill) : cell.padStart((HEAD[n] ?? '').length, fill)))
    .join(' | ')
}
