import { appendFile, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { leftSegments, readSegment, type Segment, WriteAhead } from '../../../../infra/local/firehose/segments.ts'
import { decode, encode, recorder } from './support.ts'

function writeAhead(t: Test, { bufferBytes = 1024, bufferSeconds = 600 } = {}) {
  const dir = t.testdir({})
  const complete: Segment[] = []
  const { log, lines } = recorder()
  const completed = Promise.withResolvers<Segment>()
  const onComplete = (segment: Segment) => {
    complete.push(segment)
    completed.resolve(segment)
  }
  const wal = new WriteAhead({ dir, bufferBytes, bufferSeconds, onComplete, log })
  t.teardown(() => wal.rotate())
  return { wal, dir, complete, lines, completed: completed.promise }
}

async function texts(segment: Segment, onDamage: (line: number) => void = () => {}): Promise<string[]> {
  const found: string[] = []
  for await (const { base64 } of readSegment(segment, onDamage)) found.push(decode(base64))
  return found
}

const nothing = (t: Test) => (line: number) => {
  t.fail(`line ${line} is no record`)
}

const append = (wal: WriteAhead, ...records: string[]) =>
  wal.append(
    records.map(encode),
    records.reduce((sum, each) => sum + each.length, 0),
  )

t.test('append – a record is in the file when it is answered', async (t) => {
  const { wal, dir } = writeAhead(t)
  await append(wal, 'one', 'two')
  const [segment] = await leftSegments(dir)
  t.ok(segment)
  t.strictSame(await texts(segment as Segment), ['one', 'two'])
})

t.test('append – concurrent calls stay whole and in order', async (t) => {
  const { wal, complete } = writeAhead(t, { bufferBytes: 1e9 })
  const expected = Array.from({ length: 500 }, (_, index) => `record ${index}`)
  await Promise.all(expected.map((each) => append(wal, each)))
  await wal.rotate()
  t.equal(complete.length, 1)
  t.strictSame(await texts(complete[0] as Segment), expected)
})

t.test('segments – one is complete when it holds the data of a buffer', async (t) => {
  const { wal, complete, completed } = writeAhead(t, { bufferBytes: 10 })
  await append(wal, '123456789')
  t.equal(complete.length, 0)
  await append(wal, '0')
  t.strictSame(await texts(await completed), ['123456789', '0'])
})

t.test('segments – one is complete a while after its first record', async (t) => {
  const { wal, completed } = writeAhead(t, { bufferSeconds: 0.01 })
  const before = Date.now()
  await append(wal, 'one')
  const segment = await completed
  t.strictSame(await texts(segment), ['one'])
  t.ok(segment.time.getTime() >= before && segment.time.getTime() <= Date.now(), 'its time is its first arrival')
})

t.test('segments – nothing appended makes no file', async (t) => {
  const { wal, dir, complete } = writeAhead(t)
  await wal.rotate()
  t.strictSame(await readdir(dir), [])
  t.strictSame(complete, [])
})

t.test('segments – those left are listed oldest first, with their time and id', async (t) => {
  const { wal, dir, complete } = writeAhead(t)
  for (const each of ['one', 'two', 'three']) {
    await append(wal, each)
    await wal.rotate()
  }
  await writeFile(join(dir, 'foreign.txt'), '')
  t.strictSame(await leftSegments(dir), complete)
})

t.test('reading – a torn last line is ignored', async (t) => {
  const { wal, complete } = writeAhead(t)
  await append(wal, 'one')
  await wal.rotate()
  const segment = complete[0] as Segment
  await appendFile(segment.path, `${Date.now()} ${encode('never answered')}`)
  t.strictSame(await texts(segment, nothing(t)), ['one'])
})

t.test('reading – a line that is no record is reported and its neighbours are read', async (t) => {
  const { wal, complete } = writeAhead(t)
  await append(wal, 'one', 'two', 'three')
  await wal.rotate()
  const segment = complete[0] as Segment
  const lines = (await readFile(segment.path, 'latin1')).split('\n')
  lines[1] = '\0\0\0'
  await writeFile(segment.path, lines.join('\n'))
  const damaged: number[] = []
  t.strictSame(await texts(segment, (line) => damaged.push(line)), ['one', 'three'])
  t.strictSame(damaged, [2])
})

t.test('reading – record ids are unique and the same each time', async (t) => {
  const { wal, complete } = writeAhead(t)
  await append(wal, 'one', 'two')
  await wal.rotate()
  const ids = async () => {
    const found: string[] = []
    for await (const { recordId } of readSegment(complete[0] as Segment, nothing(t))) found.push(recordId)
    return found
  }
  t.equal(new Set(await ids()).size, 2)
  t.strictSame(await ids(), await ids())
})

t.test('append – a disk that is full in the middle of a line refuses, and spoils no other record', async (t) => {
  const { wal, dir, complete, lines } = writeAhead(t)
  await append(wal, 'before')
  const restore = await fullDisk(join(dir, 'any'))
  t.teardown(restore)
  await t.rejects(append(wal, 'refused'), { code: 'ENOSPC' })
  restore()
  await append(wal, 'after')
  await wal.rotate()
  t.strictSame(await Promise.all(complete.map((segment) => texts(segment, nothing(t)))), [['before'], ['after']])
  t.match(lines, [{ level: 50, msg: 'cannot append to the write-ahead file' }])
})

t.test('append – a folder that is gone refuses and is made again', async (t) => {
  const { wal, dir, complete } = writeAhead(t)
  await rm(dir, { recursive: true })
  await writeFile(dir, 'a file in its place')
  await t.rejects(append(wal, 'refused'), { code: 'EEXIST' })
  await rm(dir)
  await append(wal, 'accepted')
  await wal.rotate()
  t.strictSame(await texts(complete[0] as Segment), ['accepted'])
})

/** Lets every write take half of what it is given, and fail after that, as a full disk does. */
async function fullDisk(path: string): Promise<() => void> {
  const file = await open(path, 'w')
  const prototype = Object.getPrototypeOf(file)
  await file.close()
  const { write } = prototype
  let full = false
  prototype.write = function (buffer: Buffer, offset: number) {
    if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    full = true
    return write.call(this, buffer, offset, Math.ceil((buffer.length - offset) / 2))
  }
  return () => {
    prototype.write = write
  }
}
