import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import t, { type Test } from 'tap'
import { DataDirInUse, ensureTable, startDynamoDB } from '../../../infra/local/dynamodb.ts'

const HERE = { host: '127.0.0.1', port: 0 }
const TableName = 'clicks'

function createClient(t: Test, { url }: { url: string }): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.teardown(() => client.destroy())
  return client
}

async function start(t: Test, path: string) {
  const database = await startDynamoDB({ path, ...HERE })
  t.teardown(() => database.close())
  return { database, client: createClient(t, database) }
}

const write = (client: DynamoDBClient, requestid: string) =>
  client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: { contextid: { S: 'c' }, requestid: { S: requestid } } } }],
      },
    }),
  )

const read = async (client: DynamoDBClient) => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'contextid = :c',
      ExpressionAttributeValues: { ':c': { S: 'c' } },
    }),
  )
  return Items.map(({ requestid }) => requestid?.S)
}

t.test('startDynamoDB – keeps its data', async (t) => {
  const path = `${t.testdir()}/not/yet/there`
  const first = await start(t, path)
  await ensureTable(first.client, TableName)
  await write(first.client, 'r-1')
  await write(first.client, 'r-1')
  await first.database.close()

  const second = await start(t, path)
  await ensureTable(second.client, TableName)
  t.same(await read(second.client), ['r-1'])
})

t.test('startDynamoDB – keeps its data when the process is killed', async (t) => {
  const path = t.testdir()
  const program = `
    import { startDynamoDB } from ${JSON.stringify(import.meta.resolve('../../../infra/local/dynamodb.ts'))}
    const { url } = await startDynamoDB({ path: process.argv[1], host: '127.0.0.1', port: 0 })
    process.stdout.write(url)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [url] = await once(child.stdout, 'data')
  const client = createClient(t, { url: String(url) })
  await ensureTable(client, TableName)
  await write(client, 'r-1')
  await t.rejects(startDynamoDB({ path, ...HERE }), DataDirInUse, 'another process has the folder')

  child.kill('SIGKILL')
  await once(child, 'exit')
  t.same(await read((await start(t, path)).client), ['r-1'])
})

t.test('startDynamoDB – a folder in use, a port taken, a folder that cannot be', async (t) => {
  const path = t.testdir({ file: '' })
  const { database, client } = await start(t, `${path}/a`)
  await ensureTable(client, TableName)
  await t.rejects(startDynamoDB({ path: `${path}/a`, ...HERE }), {
    name: 'DataDirInUse',
    code: 'CLK_DATA_DIR_IN_USE',
    message: `${path}/a is in use by another process. Stop that one, or set DATA_DIR to another folder.`,
  })
  await t.rejects(startDynamoDB({ path: `${path}/b`, ...HERE, port: database.port }), { code: 'EADDRINUSE' })
  await t.rejects(startDynamoDB({ path: `${path}/file/c`, ...HERE }), { code: 'ENOTDIR' })

  t.same(await read(client), [], 'the first one is not disturbed')
  await start(t, `${path}/b`)
})

t.test('startDynamoDB – one broken connection harms nobody else', async (t) => {
  const { database, client } = await start(t, t.testdir())
  await ensureTable(client, TableName)
  const socket = connect(database.port, database.url.slice(7, -`:${database.port}`.length))
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\nhalf')
  // "100 Continue" says that the request is being read.
  await once(socket, 'data')
  socket.resetAndDestroy()
  await once(socket, 'close')
  t.same(await read(client), [])
})

t.test('startDynamoDB – the database dies: the error comes out', async (t) => {
  const failed = Promise.withResolvers<Error>()
  const database = await startDynamoDB({ path: t.testdir(), ...HERE, onError: failed.resolve })
  // dynalite reads a body of `null` as an object.
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    'x-amz-date': 'x',
    authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=x, Signature=x',
  }
  await t.rejects(fetch(database.url, { method: 'POST', headers, body: 'null' }))
  t.match(await failed.promise, { message: 'The local DynamoDB stopped with exit code 1', cause: TypeError })
})

t.test('startDynamoDB – the environment of the process is not its own', async (t) => {
  t.intercept(process, 'env', { value: { ...process.env, AWS_REGION: 'eu-north-1', AWS_ACCOUNT_ID: '123' } })
  const { client } = await start(t, t.testdir())
  await ensureTable(client, TableName)
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  t.equal(Table?.TableArn, 'arn:aws:dynamodb:us-east-1:000000000000:table/clicks')
  t.equal(Table?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST')
})

t.test('ensureTable – a table with other keys is an error', async (t) => {
  const { client } = await start(t, t.testdir())
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'requestid', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'requestid', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await t.rejects(ensureTable(client, TableName), {
    message:
      'The table clicks has the keys requestid S HASH; expected contextid S HASH, requestid S RANGE. Remove the folder that it is kept in, or restore the one that fits.',
  })
})

t.test('ensureTable – a process was killed while it made the table', async (t) => {
  const path = t.testdir()
  const first = await start(t, path)
  await ensureTable(first.client, TableName)
  await first.database.close()

  const { Level } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level')
  const folder = new Level(path, { valueEncoding: 'json' })
  const table = await folder.get('table~clicks')
  await folder.put('table~clicks', { ...table, TableStatus: 'CREATING' })
  await folder.close()

  const { client } = await start(t, path)
  await ensureTable(client, TableName)
  await write(client, 'r-1')
  t.same(await read(client), ['r-1'])
})
