/** Whatever comes and whatever fails: nothing is lost, nothing is invented, and the ledger balances at every moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import t from 'tap'
import { Delivery, type Refusal } from '../../../service/delivery/delivery.ts'
import { Ledger } from '../../../service/delivery/ledger.ts'
import {
  Batch,
  contents,
  createRecordBuffers,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_RECORD_BYTES,
  RECORD_BYTES,
} from '../../../service/delivery/pack.ts'

const sizes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 2, max: 600 }) },
  { weight: 2, arbitrary: fc.integer({ min: 600, max: RECORD_BYTES + 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: RECORD_BYTES, max: MAX_RECORD_BYTES }) },
)

t.test('packing – any sequence of sizes keeps Firehose’s limits, and every click in its place', async (t) => {
  fc.assert(
    fc.property(fc.array(sizes, { maxLength: 400 }), (bytes) => {
      const batch = new Batch<string>(createRecordBuffers())
      const taken: string[] = []
      for (const [index, size] of bytes.entries()) {
        const line = `${String(index).padEnd(size - 1, '.')}\n`
        const length = Buffer.byteLength(line)
        if (batch.tryAdd(line, length, `owner-${index % 3}`, index)) taken.push(line)
      }
      const text = batch.records.map((record) => contents(record).toString()).join('')
      if (text !== taken.join('')) throw new Error('a click was lost, invented or moved')
      if (batch.records.length > MAX_BATCH_RECORDS || batch.bytes > MAX_BATCH_BYTES)
        throw new Error('batch over the limits')
      for (const record of batch.records) {
        if (record.bytes > record.buffer.length) throw new Error('bytes are miscounted')
        if (record.bytes > RECORD_BYTES && record.clicks > 1) throw new Error('record over its size')
        if (record.bytes > MAX_RECORD_BYTES) throw new Error('record over the limit')
        if (record.shares.reduce((sum, { count }) => sum + count, 0) !== record.clicks)
          throw new Error('shares are miscounted')
      }
    }),
  )
  t.pass('held for all')
})

/** What Firehose and S3 do, in turn: how long they take, and which part of the records they refuse. */
const behaviour = fc.record({
  ms: fc.integer({ min: 0, max: 8 }),
  refuses: fc.constantFrom(0, 0, 0, 0.3, 0.9, 1),
  hangs: fc.boolean(),
})

t.test('delivery – any sequence of requests, failures and delays loses nothing', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          clicks: fc.integer({ min: 1, max: 40 }),
          bytes: fc.integer({ min: 20, max: 9000 }),
          pause: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 1, maxLength: 25 },
      ),
      fc.array(behaviour, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('none', 'works', 'fails at times'),
      fc.constantFrom(60_000, 400_000, 10_000_000),
      async (requests, behaviours, spillMode, bufferBytes) => {
        const ledger = new Ledger()
        const balanced = (where: string) => {
          if (ledger.mismatch() !== 0) throw new Error(`the ledger is off by ${ledger.mismatch()} ${where}`)
        }
        const accepted: string[] = []
        const spilled: string[] = []
        let call = 0
        const next = () => behaviours[call++ % behaviours.length] as { ms: number; refuses: number; hangs: boolean }
        const delivery = new Delivery({
          ledger,
          log: pino({ enabled: false }),
          bufferBytes,
          timeoutMs: 25,
          spill:
            spillMode === 'none'
              ? undefined
              : async (_prefix, lines) => {
                  const { ms, refuses } = next()
                  await sleep(ms)
                  if (spillMode === 'fails at times' && refuses > 0) throw new Error('S3 is down')
                  spilled.push(lines.toString())
                },
          put: async (records, { accepted: accept, signal }) => {
            const { ms, refuses, hangs } = next()
            await sleep(hangs ? 60_000 : ms, undefined, { signal }).catch(() => {})
            const failed = signal.aborted ? records : records.filter((_, index) => index / records.length < refuses)
            for (const record of records) {
              if (failed.includes(record)) continue
              accepted.push(contents(record).toString())
              accept(record)
              balanced('after a record')
            }
            return failed.length === 0 ? undefined : { records: failed, error: 'Refused' }
          },
        })

        const answers: Promise<{ ids: string[]; refusals: readonly Refusal[] }>[] = []
        for (const [r, { clicks, bytes, pause }] of requests.entries()) {
          const ids = Array.from({ length: clicks }, (_, c) => `${r}-${c}`)
          ledger.received += clicks
          answers.push(
            new Promise((resolve) =>
              delivery.deliver(
                ids.map((id) => `${id.padEnd(bytes, '.')}\n`),
                (refusals) => resolve({ ids, refusals }),
              ),
            ),
          )
          balanced('after a request')
          if (pause > 0) await sleep(pause)
        }
        const answered = await Promise.all(answers)
        await delivery.close()
        balanced('at the end')

        const safe = [...accepted, ...spilled].flatMap((text) =>
          text
            .trimEnd()
            .split('\n')
            .map((line) => line.replace(/\.+$/, '')),
        )
        const ok = answered.flatMap(({ ids, refusals }) =>
          ids.filter((_, index) => !refusals.some(({ from, count }) => index >= from && index < from + count)),
        )
        if (new Set(safe).size !== safe.length) throw new Error('a click was delivered twice')
        if (JSON.stringify([...ok].sort()) !== JSON.stringify([...safe].sort()))
          throw new Error('what was answered ok is not what is safe')
        if (ledger.inFlight !== 0 || delivery.bufferedBytes !== 0) throw new Error('something is left over')
        if (ledger.delivered + ledger.spilled !== ok.length) throw new Error('the ledger counts otherwise')
      },
    ),
    { numRuns: 60 },
  )
  t.pass('held for all')
})
