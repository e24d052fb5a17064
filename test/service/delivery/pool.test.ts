import t from 'tap'
import { BufferPool } from '../../../service/delivery/pool.ts'

t.test('pool – a buffer that was given back is taken again, one that was not never', async (t) => {
  const pool = new BufferPool(10, 2)
  const [one, two] = [pool.take(10), pool.take(3)]
  t.not(one, two)
  t.equal(two.length, 10)
  pool.give(one)
  t.equal(pool.take(1), one)
  t.not(pool.take(1), one)
})

t.test('pool – keeps no more than it may', async (t) => {
  const pool = new BufferPool(10, 2)
  const taken = [pool.take(1), pool.take(1), pool.take(1)]
  for (const buffer of taken) pool.give(buffer)
  const again = [pool.take(1), pool.take(1), pool.take(1)]
  t.equal(again.filter((buffer) => taken.includes(buffer)).length, 2)
})

t.test('pool – a buffer of another size is not kept', async (t) => {
  const pool = new BufferPool(10, 2)
  const large = pool.take(11)
  t.equal(large.length, 11)
  pool.give(large)
  t.equal(pool.take(10).length, 10)
  t.not(pool.take(11), large)
})
