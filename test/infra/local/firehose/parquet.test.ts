import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import t from 'tap'
import { ParquetWriter } from '../../../../infra/local/firehose/parquet.ts'

const columns = [
  { name: 'n', type: 'string', comment: '' },
  { name: 'a "quoted" name', type: 'map<string,string>', comment: '' },
  { name: 'at', type: 'timestamp', comment: '' },
] as const

t.test('conversion – a file larger than the memory it may use keeps its rows, in order', async (t) => {
  const dir = t.testdir({ "it's": {} })
  const ndjson = join(dir, "it's", 'rows.ndjson')
  const parquet = join(dir, "it's", 'rows.parquet')
  // 600 MB at most, once it is read; few different bytes, so that it is quick.
  const ROWS = 6000
  const padding = 'x'.repeat(100_000)
  const lines = function* () {
    for (let n = 0; n < ROWS; n++) yield `${JSON.stringify({ n: `${n} ${padding}` })}\n`
  }
  await pipeline(Readable.from(lines()), createWriteStream(ndjson))
  const writer = await ParquetWriter.create()
  t.teardown(() => writer.close())
  await writer.convert(ndjson, parquet, columns)
  await rm(ndjson)
  const file = await asyncBufferFromFile(parquet)
  const metadata = await parquetMetadataAsync(file)
  t.equal(Number(metadata.num_rows), ROWS)
  t.ok(metadata.row_groups.length > 1)
  const end = await parquetReadObjects({ file, metadata, compressors, rowStart: ROWS - 1, rowEnd: ROWS })
  t.match(end, [{ n: /^5999 x/ }])
})

t.test('conversion – columns have their types, and Snappy', async (t) => {
  const dir = t.testdir({ 'rows.ndjson': '{"n":"1","at":"2026-01-31 12:00:00.123456"}\n' })
  const parquet = join(dir, 'rows.parquet')
  const writer = await ParquetWriter.create()
  t.teardown(() => writer.close())
  await writer.convert(join(dir, 'rows.ndjson'), parquet, columns)
  const { schema, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(parquet))
  t.match(
    schema.filter(({ name }) => columns.some((column) => column.name === name)),
    [
      { name: 'n', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'a "quoted" name', converted_type: 'MAP' },
      { name: 'at', type: 'INT64', logical_type: { type: 'TIMESTAMP', unit: 'MICROS' } },
    ],
  )
  t.equal(row_groups[0]?.columns[0]?.meta_data?.codec, 'SNAPPY')
})
