import t from 'tap'
import { Faults, THROTTLED_RECORDS_PER_SECOND } from '../../../../infra/local/firehose/faults.ts'

t.test('faults – none at first: everything is admitted', async (t) => {
  const faults = new Faults()
  t.equal(faults.current, 'none')
  t.equal(faults.admit(500), 500)
})

t.test('faults – throttled, a quota that comes anew with each second', async (t) => {
  let now = 5000
  const faults = new Faults(() => now)
  faults.current = 'throttled'
  t.equal(faults.admit(500), THROTTLED_RECORDS_PER_SECOND)
  now = 5999
  t.equal(faults.admit(1), 0, 'used up')
  now = 6000
  t.equal(faults.admit(1), 1)
  t.equal(faults.admit(500), THROTTLED_RECORDS_PER_SECOND - 1, 'what is left of it')
  faults.current = 'none'
  t.equal(faults.admit(500), 500)
})
