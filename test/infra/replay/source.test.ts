import t from 'tap'
import {
  CONVERSION_FAILED,
  isClick,
  PROCESSING_FAILED,
  readLine,
  type Source,
  SPILL,
  splitLines,
} from '../../../infra/replay/source.ts'
import { base64, lines, stored } from './support.ts'

async function* chunks(text: string, size: number) {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

const read = (source: Source, line: string | Buffer) => [...readLine(source, Buffer.from(line))]

t.test('source – lines come out whole however the bytes come in', async (t) => {
  for (const text of ['', '\n', 'a', 'a\n', 'é\n\n€uro\n', 'x'.repeat(100)]) {
    for (const size of [1, 2, 3, 7, 1000]) {
      const split = (await Array.fromAsync(splitLines(chunks(text, size)))).map(String)
      t.same(
        split,
        text
          .replace(/\n$/, '')
          .split('\n')
          .slice(0, text === '' ? 0 : undefined),
        `${size} of ${text}`,
      )
    }
  }
})

t.test('source – what is a click stays as it is', async (t) => {
  const line = ` ${JSON.stringify(stored({ itemid: 'é"\u2028' }))}\t\r`
  t.match(read(SPILL, line), [{ text: `${line}\n`, requestid: stored().requestid, contextid: stored().contextid }])
  const marked = `\uFEFF${JSON.stringify(stored())}`
  t.match(read(SPILL, marked), [{ text: `${marked}\n` }], 'the transformer reads over a byte order mark')
})

t.test('source – blank lines are nothing', async (t) => {
  for (const source of [SPILL, PROCESSING_FAILED, CONVERSION_FAILED] as const) {
    for (const line of ['', ' \t\r']) t.same(read(source, line), [])
  }
  t.same(read(PROCESSING_FAILED, `{"rawData":"${base64('\n \n')}"}`), [])
})

t.test('source – Firehose’s lines have the record in base64, and its reason', async (t) => {
  for (const [source, name] of [
    [PROCESSING_FAILED, 'errorMessage'],
    [CONVERSION_FAILED, 'lastErrorMessage'],
  ] as const) {
    const items = read(
      source,
      JSON.stringify({ [name]: 'why', rawData: base64(`${lines('1')}no\n${lines('2').trimEnd()}`) }),
    )
    t.same(items.map(isClick), [true, false, true])
    t.match(items, [{ text: lines('1'), error: 'why' }, { error: 'why' }, { text: lines('2') }])
  }
})

t.test('source – values that are no objects are no error lines', async (t) => {
  for (const line of ['null', '7', '"a"', '[]', '{"rawData":7}', '{']) {
    t.match(read(PROCESSING_FAILED, line), [{ reason: /no rawData$/ }], line)
  }
})
