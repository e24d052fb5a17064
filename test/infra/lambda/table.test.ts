import t from 'tap'
import { keyOf, toItem } from '../../../infra/lambda/items.ts'
import { createTable, TABLE_LIMITS } from '../../../infra/lambda/table.ts'
import { click, dynamo, dynamoAt, fault, faulty, items, longest, serve, TABLE_NAME } from './support.ts'

const LIMITS = { ...TABLE_LIMITS, delayMs: 1, maxDelayMs: 1, tries: 4 }
const OPTIONS = { tableName: TABLE_NAME, retentionDays: 90 }
const clicks = (count: number) => Array.from({ length: count }, (_, index) => click(`r${index}`))

t.test('table – writes batches of twenty-five, some at once', async (t) => {
  const table = await dynamo(t)
  const { dynamo: client, calls } = await faulty(t, table, () => undefined)
  const written = await createTable({ ...OPTIONS, dynamo: client })(clicks(60))
  t.same(written, { items: 60, duplicates: 0, failed: new Set(), errors: {} })
  t.same(calls.map((call) => call.length).sort(), [10, 25, 25])
  const stored = await items(table)
  t.equal(Object.keys(stored).length, 60)
  t.same(stored.r7, toItem(click('r7'), 90))
})

t.test('table – takes the longest clicks, twenty-five a call', async (t) => {
  const table = await dynamo(t)
  const long = Array.from({ length: 25 }, (_, index) => ({ ...longest('😀'), requestid: `r${index}` }))
  const written = await createTable({ ...OPTIONS, dynamo: table })(long)
  t.same(written.errors, {})
  t.equal(Object.keys(await items(table)).length, 25)
})

t.test('table – no clicks, no call', async (t) => {
  const { dynamo: client, calls } = await faulty(t, await dynamo(t), () => fault('ValidationException'))
  t.equal((await createTable({ ...OPTIONS, dynamo: client })([])).items, 0)
  t.same(calls, [])
})

t.test('table – duplicates are one item, and DynamoDB is content', async (t) => {
  const table = await dynamo(t)
  const early = click('a', { receivedat: '2026-01-01T00:00:00.000Z' })
  const written = await createTable({ ...OPTIONS, dynamo: table })([click('a'), early, click('b'), click('a')])
  t.match(written, { items: 2, duplicates: 2, errors: {} })
  t.same((await items(table)).a, toItem(early, 90))
})

t.test('table – sends again what was left unprocessed, and only that', async (t) => {
  const table = await dynamo(t)
  const unprocessed = (requestids: string[]) => ({
    status: 200,
    body: {
      UnprocessedItems: {
        [TABLE_NAME]: requestids.map((id) => ({ PutRequest: { Item: toItem(click(id), 90) } })),
      },
    },
  })
  const { dynamo: client, calls } = await faulty(t, table, (_, call) => {
    // The first call processes r0 and r1 (in this test's mind: nothing is stored), the second r2.
    if (call === 1) return unprocessed(['r2', 'r3', 'r4'])
    return call === 2 ? unprocessed(['r3', 'r4']) : undefined
  })
  const written = await createTable({ ...OPTIONS, dynamo: client }, LIMITS)(clicks(5))
  t.same(calls, [
    ['r0', 'r1', 'r2', 'r3', 'r4'],
    ['r2', 'r3', 'r4'],
    ['r3', 'r4'],
  ])
  t.match(written, { items: 5, errors: { UnprocessedItems: 2 } })
  t.same(Object.keys(await items(table)).sort(), ['r3', 'r4'])
})

t.test('table – tries again after what passes', async (t) => {
  for (const [type, status] of [
    ['ProvisionedThroughputExceededException', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 400],
    ['InternalServerError', 500],
  ] as const) {
    const table = await dynamo(t)
    const { dynamo: client } = await faulty(t, table, (_, call) => (call < 3 ? fault(type, status) : undefined))
    const written = await createTable({ ...OPTIONS, dynamo: client }, LIMITS)(clicks(3))
    t.match(written, { items: 3, errors: { [type]: 2 } }, type)
    t.equal(Object.keys(await items(table)).length, 3, type)
  }
})

t.test('table – tries again after a broken connection and a call that hangs', async (t) => {
  let call = 0
  const url = await serve(t, ({ socket }, response) => {
    call += 1
    if (call === 1) socket.resetAndDestroy()
    if (call === 3) response.end('{"UnprocessedItems":{}}')
  })
  const written = await createTable({ ...OPTIONS, dynamo: dynamoAt(t, url) }, { ...LIMITS, callMs: 100 })(clicks(1))
  t.equal(written.items, 1)
  t.equal(call, 3)
})

t.test('table – gives up after its tries', async (t) => {
  const { dynamo: client, calls } = await faulty(t, await dynamo(t), () => fault('ThrottlingException'))
  const written = await createTable({ ...OPTIONS, dynamo: client }, LIMITS)(clicks(2))
  t.same(written, {
    items: 0,
    duplicates: 0,
    failed: new Set(clicks(2).map(keyOf)),
    errors: { ThrottlingException: 4 },
  })
  t.equal(calls.length, 4)
})

t.test('table – starts no call once its time is used up', async (t) => {
  const { dynamo: client, calls } = await faulty(t, await dynamo(t), () => undefined)
  const written = await createTable({ ...OPTIONS, dynamo: client }, { ...LIMITS, budgetMs: 0 })(clicks(30))
  t.equal(written.failed.size, 30)
  t.same(calls, [])
})

t.test('table – a poison item fails itself and nothing else', async (t) => {
  const table = await dynamo(t)
  const poison = ['r3', 'r40']
  const { dynamo: client } = await faulty(t, table, (requestids) =>
    requestids.some((id) => poison.includes(id)) ? fault('ValidationException') : undefined,
  )
  const written = await createTable({ ...OPTIONS, dynamo: client }, LIMITS)(clicks(50))
  t.same(written.failed, new Set(poison.map((id) => keyOf(click(id)))))
  t.same(written.errors, { ValidationException: 4 })
  t.equal(Object.keys(await items(table)).length, 48)
})

t.test('table – does not repeat what can only fail again', async (t) => {
  for (const type of ['AccessDeniedException', 'ResourceNotFoundException']) {
    const { dynamo: client, calls } = await faulty(t, await dynamo(t), () => fault(type))
    const written = await createTable({ ...OPTIONS, dynamo: client }, LIMITS)(clicks(2))
    t.equal(written.failed.size, 2, type)
    t.equal(calls.length, 1, type)
  }
})
