import t from 'tap'
import {
  Batch,
  contents,
  createRecordBuffers,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
  RECORD_BYTES,
} from '../../../service/delivery/pack.ts'

/** A line of so many bytes. */
const line = (bytes: number, character = 'x') => `${character.repeat((bytes - 1) / Buffer.byteLength(character))}\n`

/** Adds as many of one size as go in, up to `limit`. */
function fill(batch: Batch<string>, bytes: number, limit = Number.POSITIVE_INFINITY): number {
  const text = line(bytes)
  let added = 0
  while (added < limit && batch.tryAdd(text, bytes, 'owner', added)) added += 1
  return added
}

t.test('limits – are Firehose’s', async (t) => {
  t.equal(MAX_RECORD_BYTES, 1_024_000)
  t.equal(MAX_BATCH_RECORDS, 500)
  t.equal(MAX_BATCH_BYTES, 4_194_304)
  t.ok(RECORD_BYTES <= MAX_RECORD_BYTES)
  t.equal(RECORD_BYTES % 5120, 0, 'a full record wastes nothing of the 5 KB that Firehose rounds to')
})

t.test('record – clicks share one until the next does not fit', async (t) => {
  const batch = new Batch<string>(createRecordBuffers())
  fill(batch, 1000, 61)
  t.equal(batch.records.length, 1)
  t.equal(batch.records[0]?.bytes, 61_000)
  fill(batch, 440, 1)
  t.equal(batch.records.length, 1, 'filled to the last byte')
  t.equal(batch.records[0]?.bytes, RECORD_BYTES)
  fill(batch, 2, 1)
  t.same(
    batch.records.map(({ clicks }) => clicks),
    [62, 1],
  )
  t.equal(batch.bytes, RECORD_BYTES + 2)
  t.equal(batch.clicks, 63)
})

t.test('record – a click larger than a record’s usual size has one of its own', async (t) => {
  for (const bytes of [RECORD_BYTES - 1, RECORD_BYTES, RECORD_BYTES + 1, MAX_RECORD_BYTES - 1, MAX_RECORD_BYTES]) {
    const batch = new Batch<string>(createRecordBuffers())
    t.ok(batch.tryAdd(line(bytes), bytes, 'owner', 0))
    t.ok(batch.tryAdd(line(RECORD_BYTES), RECORD_BYTES, 'owner', 1))
    t.same(
      batch.records.map((record) => record.bytes),
      [bytes, RECORD_BYTES],
    )
  }
})

t.test('batch – 499, 500, 501 records', async (t) => {
  const small = Math.floor(MAX_BATCH_BYTES / MAX_BATCH_RECORDS)
  const full = new Batch<string>(createRecordBuffers())
  let index = 0
  // 500 records that clicks filled would be over 4 MiB: so each gets one click here and counts as full.
  const add = () => {
    const added = full.tryAdd(line(small), small, 'owner', index++)
    const last = full.records.at(-1)
    if (added && last !== undefined) last.bytes = RECORD_BYTES
    return added
  }
  while (full.records.length < 499) add()
  t.equal(full.records.length, 499)
  t.ok(add(), 'the 500th')
  t.notOk(add(), 'the 501st')
  t.equal(full.records.length, 500)
  t.equal(full.clicks, 500)
})

t.test('batch – up to 4 MiB, not a byte more', async (t) => {
  for (const [last, added] of [
    [-1, true],
    [0, true],
    [1, false],
  ] as const) {
    const batch = new Batch<string>(createRecordBuffers())
    const size = 524_288
    fill(batch, size, 7)
    const rest = MAX_BATCH_BYTES - 7 * size + last
    t.equal(batch.tryAdd(line(rest), rest, 'owner', 7), added, `4 MiB ${last < 0 ? '' : '+'}${last}`)
    t.equal(batch.bytes, 7 * size + (added ? rest : 0), 'a refused click changes nothing')
    t.equal(batch.clicks, added ? 8 : 7)
  }
})

t.test('batch – counts bytes, not characters', async (t) => {
  const batch = new Batch<string>(createRecordBuffers())
  const duck = '🦆'.repeat(1000)
  const text = `${duck}\n`
  const bytes = Buffer.byteLength(text)
  let index = 0
  while (batch.tryAdd(text, bytes, 'owner', index)) index += 1
  t.equal(bytes, 4001)
  t.equal(batch.clicks, Math.floor(MAX_BATCH_BYTES / bytes))
  for (const record of batch.records) {
    t.equal(contents(record).toString(), text.repeat(record.clicks))
    t.ok(record.bytes <= RECORD_BYTES)
  }
})

t.test('shares – tell whose clicks a record holds', async (t) => {
  const batch = new Batch<string>(createRecordBuffers())
  batch.tryAdd('a\n', 2, 'ann', 0)
  batch.tryAdd('a\n', 2, 'ann', 1)
  batch.tryAdd('b\n', 2, 'bob', 0)
  batch.tryAdd(line(RECORD_BYTES), RECORD_BYTES, 'bob', 1)
  t.same(
    batch.records.map(({ shares }) => shares),
    [
      [
        { owner: 'ann', from: 0, count: 2 },
        { owner: 'bob', from: 0, count: 1 },
      ],
      [{ owner: 'bob', from: 1, count: 1 }],
    ],
  )
  t.equal(batch.records.map(contents)[0]?.toString(), 'a\na\nb\n')
})
