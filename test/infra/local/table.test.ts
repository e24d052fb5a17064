import t from 'tap'
import { formatTable } from '../../../infra/local/table.ts'

const columns = [
  { name: 'component', type: 'VARCHAR' },
  { name: 'n', type: 'BIGINT' },
  { name: 'attributes', type: 'MAP(VARCHAR, VARCHAR)' },
]
const rows = [
  { component: 'login', n: 12, attributes: { goodevil: 'Good' } },
  { component: 'ü', n: 3, attributes: null },
]
const lines = (...lines: string[]) => `${lines.join('\n')}\n`

t.test('formatTable – a header, rows and their number', async (t) => {
  t.equal(
    formatTable({ columns, rows }, Infinity),
    lines(
      'component   n  attributes',
      '─────────  ──  ───────────────────',
      'login      12  {"goodevil":"Good"}',
      'ü           3',
      '(2 rows)',
    ),
  )
  t.equal(
    formatTable({ columns: columns.slice(0, 1), rows: rows.slice(0, 1) }, 80)
      .split('\n')
      .at(-2),
    '(1 row)',
  )
  t.equal(formatTable({ columns: columns.slice(0, 1), rows: [] }, 80), lines('component', '─────────', '(0 rows)'))
})

t.test('formatTable – a narrow terminal cuts the widest columns', async (t) => {
  t.equal(
    formatTable({ columns, rows }, 30),
    lines(
      'component   n  attributes',
      '─────────  ──  ───────────────',
      'login      12  {"goodevil":"G…',
      'ü           3',
      '(2 rows)',
    ),
  )
})

t.test('formatTable – too many columns become a list', async (t) => {
  t.equal(
    formatTable({ columns, rows }, 24),
    lines(
      '─ 1 ────────────────────',
      'component   login',
      'n           12',
      'attributes  {"goodevil"…',
      '─ 2 ────────────────────',
      'component   ü',
      'n           3',
      'attributes',
      '(2 rows)',
    ),
  )
})

t.test('formatTable – what a stranger sent does not command the terminal', async (t) => {
  const columns = [{ name: 'v', type: 'VARCHAR' }]
  const text = (v: string) => formatTable({ columns, rows: [{ v }] }, Infinity).split('\n')[2]
  t.equal(text('\u001b[2Ja\nb\u009b\u202e'), '\\u001b[2Ja\\u000ab\\u009b\\u202e')
})
