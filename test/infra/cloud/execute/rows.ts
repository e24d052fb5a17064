/** Rows of the lake, and what should be in them. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { CREATURES } from '../../../../infra/local/catalogue-data.ts'
import type { Cloud } from './cloud.ts'
import { filesOf } from './stream.ts'

/** All rows, read by a reader that did not write the files. */
export async function readParquet({ bucket }: Cloud): Promise<Record<string, unknown>[]> {
  const keys = (await filesOf(bucket.dir)).filter((key) => key.startsWith('clicks/') && key.endsWith('.parquet'))
  const read = keys.map(async (key) => {
    const { buffer, byteOffset, length } = await readFile(join(bucket.dir, key))
    const file = buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer
    return parquetReadObjects({ file, compressors })
  })
  return (await Promise.all(read)).flat()
}

/** Fails naming the fields of an item's row that differ. Of fields that cannot be known, the type is compared. */
export function assertRow(
  rows: readonly Record<string, unknown>[],
  itemid: string,
  expected: Record<string, unknown>,
): void {
  const row = rows.find((each) => each.itemid === itemid) ?? assert.fail(`no row of ${itemid}`)
  const differences = [...new Set([...Object.keys(row), ...Object.keys(expected)])].filter((name) => {
    const [is, wanted] = [row[name], expected[name]]
    if (wanted === Date) return !(is instanceof Date)
    return wanted === String ? typeof is !== 'string' : !isDeepStrictEqual(is, wanted)
  })
  const is = differences.map((name) => `${name} is ${JSON.stringify(row[name])}`).join(', ')
  if (is !== '') assert.fail(`in the row of ${itemid} ${is}`)
}

/** What enrichment says about an item. */
export function factsOf(itemid: string): Record<string, string> {
  const creature = CREATURES.find(({ mysfitId }) => mysfitId === itemid)
  assert.ok(creature)
  const { goodevil, lawchaos, species } = creature
  return { goodevil, lawchaos, species }
}
