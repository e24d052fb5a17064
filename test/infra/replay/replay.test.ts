import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { Bucket } from '../../../infra/replay/bucket.ts'
import { RefusedError } from '../../../infra/replay/deliver.ts'
import { answer } from '../../helpers/firehose-stub.ts'
import {
  CONVERSION,
  conversionFailed,
  lines,
  PROCESSING,
  processingFailed,
  run,
  SPILL,
  setUp,
  stored,
} from './support.ts'

t.test('replay – spilled clicks go back byte for byte, and their object moves', async (t) => {
  const { replay, spill, put, stub, keys, read } = await setUp(t)
  // Another order of keys, white space, an offset, an escape, a carriage return, no newline at the end.
  const first = `{ "userid":"\\u00e9é" , ${JSON.stringify(stored({ userid: undefined, receivedat: '2026-01-31T14:00:00+02:00' })).slice(1)}\r`
  const text = `${first}\n\n${lines('b').trimEnd()}`
  await spill('a', text)
  await put(`${SPILL}plain.ndjson.gz`, lines('c'))
  t.same(await replay('spill/'), { objects: 2, replayed: 2, skipped: 0, left: 0, clicks: 3, rejected: 0 })
  const sent = stub.accepted.join('')
  t.ok(sent.includes(`${first}\n${lines('b')}`), 'no byte is another')
  t.ok(sent.includes(lines('c')), 'what is not compressed is read too')
  t.same(await keys(), [`replayed/${SPILL}a.ndjson.gz`, `replayed/${SPILL}plain.ndjson.gz`])
  t.same(await read(`replayed/${SPILL}a.ndjson.gz`), gzipSync(text), 'the object moved as it was')
  t.match(await replay('spill/'), { objects: 0, clicks: 0 }, 'and nothing is left for a second run')
})

t.test('replay – only what is below the prefix', async (t) => {
  const { replay, spill, put, ids, keys } = await setUp(t)
  await spill('a', lines('a'))
  await put('spill/dt=2026-02-01/hour=00/b.ndjson.gz', lines('b'))
  await put(`${PROCESSING}c`, processingFailed(lines('c')))
  await replay('spill/dt=2026-02-')
  t.same(ids(), ['b'])
  t.same(await keys('spill/'), [`${SPILL}a.ndjson.gz`])
})

t.test('replay – records that failed are unpacked, compressed or not, and packed anew', async (t) => {
  const { replay, put, ids, keys, stub } = await setUp(t)
  await put(`${PROCESSING}one`, [['1', '2'], ['3']].map((ids) => processingFailed(lines(...ids))).join(''))
  await put(`${PROCESSING}two.gz`, gzipSync(processingFailed(lines('4').trimEnd())))
  t.match(await replay('errors/processing-failed/'), { replayed: 2, clicks: 4, rejected: 0 })
  t.same(ids(), ['1', '2', '3', '4'])
  t.ok(stub.accepted.length < 4, 'several clicks make one record')
  t.same(await keys(), [`replayed/${PROCESSING}one`, `replayed/${PROCESSING}two.gz`])
})

t.test('replay – what is no click goes to rejected/ with its reason, and its neighbours are put back', async (t) => {
  const { replay, spill, put, ids, rejected, keys } = await setUp(t)
  const foreign = JSON.stringify({ ...stored({ requestid: 'f' }), colour: 'red' })
  await spill('a', `${lines('1')}not json\n${foreign}\n${lines('2')}`)
  const broken = Buffer.concat([Buffer.from(lines('3')), Buffer.from([0xff, 0xfe]), Buffer.from(`\n${lines('4')}`)])
  await put(`${PROCESSING}b`, `{"attemptsMade":4}\n${processingFailed(broken)}cut off\n`)
  t.match(await replay('spill/'), { replayed: 1, clicks: 2, rejected: 2 })
  t.match(await replay('errors/processing-failed/'), { replayed: 1, clicks: 2, rejected: 3 })
  t.same(ids(), ['1', '2', '3', '4'])
  const found = await rejected()
  t.same(
    found.map(({ reason, data, encoding, source }) => [reason, data, encoding, source]).sort(),
    [
      ['the line is not valid JSON', 'not json', 'text', `${SPILL}a.ndjson.gz`],
      ['unknown key "colour"', foreign, 'text', `${SPILL}a.ndjson.gz`],
      ['the line is not valid UTF-8', '//4=', 'base64', `${PROCESSING}b`],
      ['the line is no error line of Firehose: it has no rawData', '{"attemptsMade":4}', 'text', `${PROCESSING}b`],
      ['the line is no error line of Firehose: it has no rawData', 'cut off', 'text', `${PROCESSING}b`],
    ].sort(),
  )
  t.match(found.find(({ encoding }) => encoding === 'base64')?.error, /Lambda function was successfully invoked/)
  t.match(await keys('rejected/'), [/^rejected\/dt=\d{4}-\d\d-\d\d\/hour=\d\d\/[0-9a-f]{32}\.ndjson$/, String])
})

t.test('replay – a line that Firehose would not take does not fail its neighbours', async (t) => {
  const { replay, spill, ids, rejected } = await setUp(t)
  await spill('a', `${lines('1')}${lines('long').trimEnd()}${' '.repeat(1000 * 1024)}\n${lines('2')}`)
  t.match(await replay('spill/'), { replayed: 1, clicks: 2, rejected: 1 })
  t.same(ids(), ['1', '2'])
  t.match(await rejected(), [{ reason: 'the line is too long for Firehose' }])
})

t.test('replay – an object of nothing but rejects is rejected in parts, none of them lost', async (t) => {
  const { replay, put, rejected, keys } = await setUp(t)
  await put(`${SPILL}a`, Array.from({ length: 100 }, (_, n) => `${n} ${'x'.repeat(100_000)}\n`).join(''))
  t.match(await replay('spill/'), { replayed: 1, clicks: 0, rejected: 100 })
  t.match(await keys('rejected/'), [/[0-9a-f]{32}-1\.ndjson$/, /[0-9a-f]{32}\.ndjson$/])
  t.equal(new Set((await rejected()).map(({ data }) => data)).size, 100)
})

t.test('replay – what is tried again after a failure overwrites its rejects', async (t) => {
  let refuse = true
  const { replay, spill, rejected, keys, deliver } = await setUp(t)
  await spill('a', `no\n${lines('1')}`)
  const failing = async (texts: readonly string[]) => {
    await deliver(texts)
    if (refuse) throw new RefusedError('no')
  }
  t.match(await replay('spill/', { deliver: failing }), { left: 1 })
  t.same(await keys('spill/'), [`${SPILL}a.ndjson.gz`])
  refuse = false
  t.match(await replay('spill/', { deliver: failing }), { replayed: 1 })
  t.equal((await rejected()).length, 1)
})

t.test('replay – what fails conversion a second time goes to rejected/', async (t) => {
  const { replay, put, ids, rejected, keys } = await setUp(t)
  await put(`${CONVERSION}first`, conversionFailed(lines('1', '2')))
  t.match(await replay('errors/format-conversion-failed/'), { replayed: 1, clicks: 2, rejected: 0 })
  await put(`${CONVERSION}second`, conversionFailed(lines('1', '3')))
  t.match(await replay('errors/format-conversion-failed/'), { replayed: 1, clicks: 1, rejected: 1 })
  t.same(ids(), ['1', '2', '3'])
  t.match(await rejected(), [
    {
      reason: /could not convert it again/,
      error: 'Data does not match the schema.',
      source: `${CONVERSION}second`,
      data: lines('1').trimEnd(),
    },
  ])
  t.same(await keys('errors/'), [])

  await put(`${PROCESSING}third`, processingFailed(lines('1')))
  t.match(await replay(PROCESSING), { clicks: 1, rejected: 0 }, 'what failed elsewhere is another matter')
})

t.test('replay – a dry run counts and writes nothing', async (t) => {
  const { replay, spill, put, keys, stub } = await setUp(t)
  await spill('a', `${lines('1', '2')}no\n`)
  await put(`replayed/${CONVERSION}first`, conversionFailed(lines('1')))
  await put(`${CONVERSION}second`, conversionFailed(lines('1', '3')))
  const before = await keys()
  const done: unknown[] = []
  t.match(await replay('spill/', { dryRun: true, done: ({ key }, counts) => done.push([key, counts]) }), {
    replayed: 1,
    clicks: 2,
    rejected: 1,
  })
  t.same(done, [[`${SPILL}a.ndjson.gz`, { clicks: 2, rejected: 1 }]])
  t.match(await replay(CONVERSION, { dryRun: true }), { clicks: 1, rejected: 1 })
  t.same(await keys(), before)
  t.equal(stub.calls.length, 0)
})

t.test('replay – since leaves older objects where they are', async (t) => {
  const { replay, spill, ids, keys, bucket } = await setUp(t)
  await spill('a', lines('a'))
  await sleep(20)
  await spill('b', lines('b'))
  const [older, newer] = (await Array.fromAsync(bucket.list('spill/'))).map(({ lastModified }) => lastModified)
  t.ok((older as Date) < (newer as Date))
  t.match(await replay('spill/', { since: newer }), { objects: 2, replayed: 1, skipped: 1, left: 0 })
  t.same(ids(), ['b'])
  t.same(await keys('spill/'), [`${SPILL}a.ndjson.gz`])
})

t.test('replay – more objects than one page of a list, and more clicks than one piece', async (t) => {
  const { replay, put, ids, keys } = await setUp(t)
  const names = Array.from({ length: 1100 }, (_, n) => `n-${n}`)
  for (let from = 0; from < names.length; from += 100) {
    await Promise.all(names.slice(from, from + 100).map((name) => put(`${SPILL}${name}`, lines(name))))
  }
  const many = Array.from({ length: 20_000 }, (_, n) => `m-${n}`)
  await put(`${SPILL}many`, gzipSync(lines(...many)))
  // More than one range, with lines across its end.
  const large = Array.from({ length: 16_000 }, (_, n) => `l-${n}`)
  await put(`${SPILL}large`, lines(...large))
  t.match(await replay('spill/'), { objects: 1102, replayed: 1102, clicks: 37_100, rejected: 0 })
  t.same(ids(), [...names, ...many, ...large].sort(), 'each once')
  t.same(await keys('spill/'), [])
  t.equal((await keys('replayed/')).length, 1102)
})

t.test('replay – records that Firehose refuses for a while are put again, and only these', async (t) => {
  const { replay, spill, ids } = await setUp(t, {
    behave: (texts, call) =>
      texts.map((_, index) => (call < 4 && index === 0 ? 'ServiceUnavailableException' : undefined)),
  })
  const names = Array.from({ length: 1000 }, (_, n) => `n-${n}`)
  await spill('a', lines(...names))
  t.match(await replay('spill/'), { replayed: 1, left: 0 })
  t.same(ids(), names.sort())
})

t.test('replay – an object with clicks that Firehose refuses stays', async (t) => {
  const { replay, spill, ids, keys, told } = await setUp(t, {
    behave: (texts) => texts.map((text) => (text.includes('"bad') ? 'ServiceUnavailableException' : undefined)),
    timeoutMs: 300,
  })
  // Two records: the other one is accepted.
  await spill('a', `${lines('bad')}${lines(...Array.from({ length: 400 }, (_, n) => n))}`)
  t.match(await replay('spill/'), { replayed: 0, left: 1, clicks: 0 })
  t.ok(ids().length > 0)
  t.same(await keys(), [`${SPILL}a.ndjson.gz`])
  t.match(told, [/^stopped at spill\/.*a\.ndjson\.gz: the stream clicks did not take \d+ of 401 clicks: ServiceUnav/])
})

t.test('replay – no stream, or no permission, ends the run at once with one line', async (t) => {
  const { replay, spill, keys, told, stub } = await setUp(t, {
    behave: (_texts, _call, response) =>
      answer(response, 400, { __type: 'ResourceNotFoundException', message: 'Firehose clicks not found.' }),
  })
  for (let n = 0; n < 50; n += 1) await spill(`n-${n}`, lines(n))
  t.match(await replay('spill/'), { objects: 50, replayed: 0, left: 50 })
  t.equal(told.length, 1)
  t.match(told, [/did not take 1 of 1 clicks: ResourceNotFoundException$/])
  t.equal((await keys('spill/')).length, 50)
  t.ok(stub.calls.length < 20, 'the rest was not tried')
})

t.test('replay – an object that cannot be read stays, and does not hold up the others', async (t) => {
  const { replay, spill, put, ids, keys, told } = await setUp(t)
  await put(`${SPILL}cut.ndjson.gz`, gzipSync(lines('cut')).subarray(0, 40))
  await put(`${SPILL}endless`, Buffer.alloc(17 * 1024 * 1024, 'x'))
  await put(`${SPILL}empty`, '')
  await spill('good', lines('good'))
  t.match(await replay('spill/'), { replayed: 2, left: 2 })
  t.same(ids(), ['good'])
  t.same(await keys('spill/'), [`${SPILL}cut.ndjson.gz`, `${SPILL}endless`])
  t.match(told.sort(), [/cut\.ndjson\.gz stays: unexpected end of file/, /endless stays: a line is longer than/])
})

t.test('replay – interrupted, what is in flight is finished, the rest stays, and the next run takes it', async (t) => {
  const { replay, spill, ids, keys, deliver } = await setUp(t)
  const names = Array.from({ length: 60 }, (_, n) => `n-${n}`)
  for (const name of names) await spill(name, lines(name))
  const interrupt = new AbortController()
  const first = await replay('spill/', {
    signal: interrupt.signal,
    deliver: async (texts) => {
      interrupt.abort()
      await deliver(texts)
    },
  })
  t.ok(first.replayed > 0 && first.left > 0, `${first.replayed} of 60`)
  t.equal((await keys('spill/')).length, first.left)
  t.equal((await keys('replayed/')).length, first.replayed)
  t.match(await replay('spill/'), { replayed: first.left, left: 0 })
  t.same(ids(), names.sort(), 'each once')
})

t.test('replay – killed between copy and delete, the move is finished and nothing is put again', async (t) => {
  for (const [prefix, text] of [
    [SPILL, lines('1')],
    [CONVERSION, conversionFailed(lines('1'))],
  ] as const) {
    const { replay, put, ids, keys, rejected } = await setUp(t)
    await put(`${prefix}a`, text)
    await put(`replayed/${prefix}a`, text)
    t.match(await replay(prefix), { objects: 1, replayed: 1, clicks: 0, rejected: 0 })
    t.same(ids(), [])
    t.same(await rejected(), [])
    t.same(await keys(), [`replayed/${prefix}a`])
  }
})

t.test('replay – an object that somebody has put back in its place is replayed again', async (t) => {
  const { replay, put, ids } = await setUp(t)
  await put(`replayed/${SPILL}a`, lines('1'))
  await sleep(20)
  await put(`${SPILL}a`, lines('1'))
  t.match(await replay('spill/'), { replayed: 1, clicks: 1 })
  t.same(ids(), ['1'])
})

t.test('replay – objects that another run takes meanwhile are skipped', async (t) => {
  const { replay, spill, keys, remove, deliver } = await setUp(t)
  for (let n = 0; n < 30; n += 1) await spill(`n-${n}`, lines(n))
  let taken = false
  const summary = await replay('spill/', {
    deliver: async (texts) => {
      if (!taken) {
        taken = true
        await remove(await keys('spill/'))
      }
      await deliver(texts)
    },
  })
  t.match(summary, { objects: 30, left: 0 })
  t.ok(summary.skipped > 0)
})

t.test('replay – what appears after the list was made is for the next run', async (t) => {
  const { replay, put, keys, deliver } = await setUp(t)
  await put(`${CONVERSION}a`, conversionFailed(lines('1')))
  await replay(CONVERSION, {
    deliver: async (texts) => {
      await deliver(texts)
      await put(`${CONVERSION}b`, conversionFailed(lines('1')))
    },
  })
  t.same(await keys('errors/'), [`${CONVERSION}b`])
})

t.test('replay – no such bucket rejects with S3’s error', async (t) => {
  const { client, deliver } = await setUp(t)
  const options = { bucket: new Bucket(client, 'another'), deliver, failed: () => {}, prefix: 'spill/' }
  await t.rejects(run(options), { name: 'NoSuchBucket' })
})
