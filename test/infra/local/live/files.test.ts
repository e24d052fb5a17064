import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { LakeFolder, SHOWN_FILES } from '../../../../infra/local/live/files.ts'

function createFolder(t: Test) {
  const dir = t.testdir()
  const put = async (key: string, bytes: number, seconds: number) => {
    await mkdir(dirname(join(dir, key)), { recursive: true })
    await writeFile(join(dir, key), 'x'.repeat(bytes))
    await utimes(join(dir, key), seconds, seconds)
  }
  return { dir, put, folder: new LakeFolder(dir) }
}

t.test('files – an empty lake', async (t) => {
  const nothing = { count: 0, bytes: 0, newest: [] }
  t.same(await createFolder(t).folder.read(), { parquet: nothing, spill: nothing })
})

t.test('files – the newest first, sizes of all', async (t) => {
  const { put, folder } = createFolder(t)
  for (let n = 1; n <= SHOWN_FILES + 1; n += 1) await put(`clicks/dt=2026-01-01/hour=10/${n}.parquet`, n, n)
  await put('spill/dt=2026-01-01/hour=10/a.ndjson.gz', 7, 1)
  await put('.tmp/firehose/half.parquet', 100, 99)
  const { parquet, spill } = await folder.read()
  t.equal(parquet.count, SHOWN_FILES + 1)
  t.equal(parquet.bytes, ((SHOWN_FILES + 1) * (SHOWN_FILES + 2)) / 2)
  t.equal(parquet.newest.length, SHOWN_FILES)
  t.same(parquet.newest[0], { key: 'clicks/dt=2026-01-01/hour=10/9.parquet', bytes: 9, modified: 9000 })
  t.same(spill, {
    count: 1,
    bytes: 7,
    newest: [{ key: 'spill/dt=2026-01-01/hour=10/a.ndjson.gz', bytes: 7, modified: 1000 }],
  })
})

t.test('files – one that goes is gone, one that comes is there', async (t) => {
  const { dir, put, folder } = createFolder(t)
  await put('spill/a.gz', 1, 1)
  t.equal((await folder.read()).spill.count, 1)
  await rm(join(dir, 'spill/a.gz'))
  await put('clicks/b.parquet', 2, 1)
  t.match(await folder.read(), { spill: { count: 0, bytes: 0 }, parquet: { count: 1, bytes: 2 } })
})
