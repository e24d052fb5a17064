/** The numbers on the stages, and the ledger. */
import type { LakeFiles, Snapshot } from '../snapshot.ts'
import { byId, find, setText } from './dom.ts'
import { bytes, count, counted, rate } from './format.ts'
import { COUNTS, type Rates } from './rates.ts'

const stage = (name: string) => find(`[data-stage="${name}"]`)

/** Stages with a rate, and what their total counts. */
const RATED = { received: 'click', packed: 'click', accepted: 'click', transformed: 'click', written: 'row' } as const
const BRANCHES = { away: 'click', spilled: 'click', items: 'item' } as const

export function showStages(snapshot: Snapshot, rates: Rates): void {
  for (const [name, unit] of Object.entries(RATED)) {
    const read = COUNTS[name as keyof typeof RATED]
    setText(find('.rate b', stage(name)), rate(rates.perSecond(read)))
    setText(find('.total', stage(name)), counted(read(snapshot), unit))
  }
  for (const [name, unit] of Object.entries(BRANCHES)) {
    const value = COUNTS[name as keyof typeof BRANCHES](snapshot)
    setText(find('.total', stage(name)), counted(value, unit))
    stage(name).classList.toggle('quiet', value === 0)
  }
  for (const [name, text] of Object.entries(details(snapshot))) setText(find('.detail', stage(name)), text)
  showLedger(snapshot)
}

function details(snapshot: Snapshot): Record<string, string> {
  const { ledger, delivery, firehose, transformer, lake, replay } = snapshot
  const { clicks, records } = transformer
  return {
    packed:
      ledger.inFlight === 0
        ? 'nothing waits'
        : `${counted(ledger.inFlight, 'click')} (${bytes(delivery.bufferedBytes)}) in ${counted(delivery.puts, 'put')}`,
    accepted: [
      `${counted(firehose.records, 'record')} in ${counted(firehose.puts, 'put')}`,
      ...(firehose.slowedDown > 0 ? [`${count(firehose.slowedDown)} slowed down`] : []),
    ].join(', '),
    transformed: records === 0 ? 'by the Lambda’s own code' : `${rate(clicks / records)} a record, on average`,
    written: [
      `in ${counted(lake.files, 'Parquet file')}`,
      ...(lake.failedRecords > 0 ? [`${counted(lake.failedRecords, 'record')} failed`] : []),
    ].join(', '),
    away:
      (['rejected', 'refused', 'dropped'] as const)
        .filter((reason) => COUNTS[reason](snapshot) > 0)
        .map((reason) => `${count(COUNTS[reason](snapshot))} ${reason}`)
        .join(', ') || 'rejected, refused, dropped',
    spilled: replay.clicks === 0 ? 'parked in spill/' : `${counted(replay.clicks, 'click')} replayed from here`,
  }
}

function showLedger(snapshot: Snapshot): void {
  const { ledger } = snapshot
  const terms = {
    received: ledger.received,
    delivered: ledger.delivered,
    spilled: ledger.spilled,
    rejected: COUNTS.rejected(snapshot),
    refused: COUNTS.refused(snapshot),
    dropped: COUNTS.dropped(snapshot),
    inFlight: ledger.inFlight,
  }
  for (const [name, value] of Object.entries(terms)) {
    const term = find(`[data-term="${name}"]`)
    setText(find('dd', term), count(value))
    term.classList.toggle('zero', value === 0)
  }
  const verdict = byId('verdict')
  verdict.dataset.state = ledger.mismatch === 0 ? 'ok' : 'wrong'
  setText(verdict, ledger.mismatch === 0 ? 'Balanced' : `${count(ledger.mismatch)} unaccounted for`)
}

/** What a screen reader is told now and then, and not with every change. */
export function summary(snapshot: Snapshot, rates: Rates, files: LakeFiles | undefined): string {
  const perSecond = (name: keyof typeof COUNTS) => rate(rates.perSecond(COUNTS[name]))
  const parked =
    files === undefined || files.spill.count === 0 ? '' : ` ${counted(files.spill.count, 'object')} parked.`
  return (
    `${counted(snapshot.ledger.received, 'click')} received, ${perSecond('received')} a second; ` +
    `${counted(snapshot.lake.clicks, 'row')} written.${parked}`
  )
}
