/** What must work once the templates are deployed: the two older systems' samples, through the lake and the table. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose'
import { openLake } from '../../../../infra/local/lake.ts'
import { SAMPLE } from '../../../helpers/app.ts'
import type { Cloud } from './cloud.ts'
import { viewSql } from './glue.ts'
import { REGION } from './names.ts'
import { assertRow, factsOf, readParquet } from './rows.ts'
import { AGENT, answers, CLICK, ORIGIN, post, put, SPOOFED } from './senders.ts'
import { filesOf } from './stream.ts'

/** As IP_POLICY has the service keep it: /24. */
const TRUNCATED_IP = '198.51.100.0'

/** No click, put into the stream by somebody else. */
const GARBAGE = 'no click at all'

type Step = (cloud: Cloud) => Promise<void>

/** In order; later ones look at what earlier ones sent. */
const STEPS: Readonly<Record<string, Step>> = {
  'an application sends a click with the generated key': async ({ gateway, key }) => {
    await answers(post(gateway.url, `ALLOW=${key}`, JSON.stringify(CLICK)), 200, { status: 'OK' })
    assert.equal(gateway.authorizerCalls(), 1)
    const last = gateway.forwarded.at(-1)?.headers
    assert.deepEqual([last?.['x-click-client'], last?.['x-click-ip']], ['default', '198.51.100.77'])
  },

  'the gateway keeps the authorizer’s answer': async ({ gateway, key }) => {
    const invalid = await post(gateway.url, `ALLOW=${key}`, JSON.stringify({ ...CLICK, component: ' ' }))
    assert.equal(invalid.status, 400)
    assert.equal(((await invalid.json()) as { code: string }).code, 'CLK_INVALID_CLICK')
    assert.equal(gateway.authorizerCalls(), 1)
  },

  'a wrong key is forbidden, no key is unauthorized': async ({ gateway }) => {
    await answers(post(gateway.url, 'ALLOW=wrong', JSON.stringify(CLICK)), 403, { message: 'Forbidden' })
    await answers(post(gateway.url, undefined, JSON.stringify(CLICK)), 401, { message: 'Unauthorized' })
  },

  'a page asks what it may do, and a foreign page may nothing': async ({ gateway }) => {
    const ask = (origin: string) =>
      fetch(`${gateway.url}/clicks`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'content-type',
        },
      })
    const { status, headers } = await ask(ORIGIN)
    assert.equal(status, 204)
    assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
    assert.ok(headers.get('access-control-allow-methods')?.split(',').includes('PUT'), 'PUT is allowed')
    assert.ok(
      headers.get('access-control-allow-headers')?.split(',').includes('content-type'),
      'content-type is allowed',
    )
    assert.equal((await ask('https://foreign.example')).headers.get('access-control-allow-origin'), null)
  },

  'a page sends the older site’s profile view': async ({ gateway }) => {
    const answer = await put(gateway.url, { origin: ORIGIN })
    await answers(answer, 200, { status: 'OK' })
    assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN)
    assert.equal(answer.headers.get('access-control-expose-headers'), 'retry-after')
  },

  'a page posts clicks': async ({ gateway }) => {
    const headers = { origin: ORIGIN, 'content-type': 'text/plain', 'user-agent': AGENT }
    const clicks = ['r-1', 'r-2'].map((requestid) => JSON.stringify({ ...SAMPLE, requestid })).join('\n')
    await answers(fetch(`${gateway.url}/clicks`, { method: 'POST', headers, body: clicks }), 200, { status: 'OK' })
  },

  'a foreign page is forbidden, without an origin nobody is asked': async ({ gateway }) => {
    await answers(put(gateway.url, { origin: 'https://foreign.example' }), 403, { message: 'Forbidden' })
    await answers(put(gateway.url, {}), 401, { message: 'Unauthorized' })
  },

  'other methods and paths are not there': async ({ gateway }) => {
    for (const [method, path] of [
      ['PATCH', '/clicks'],
      ['GET', '/clicklogger'],
      ['GET', '/metrics'],
      ['GET', '/health/ready'],
    ] as const)
      await answers(fetch(gateway.url + path, { method, headers: { origin: ORIGIN } }), 404, { message: 'Not Found' })
  },

  'the browser script is for everybody, who says nothing about himself': async ({ gateway }) => {
    const answer = await fetch(`${gateway.url}/tracker.js`, { headers: SPOOFED })
    const { routeKey, headers } = gateway.forwarded.at(-1) ?? {}
    assert.equal(routeKey, 'GET /tracker.js')
    assert.deepEqual([headers?.['x-click-client'], headers?.['x-click-ip']], [undefined, undefined])
    // By the service, whatever it has there: the gateway's own 404 is another text.
    assert.notEqual(await answer.text(), '{"message":"Not Found"}')
  },

  'clicks are in the lake': async (cloud) => {
    const { stream, bucket } = cloud
    const owner = { accessKeyId: 'owner', secretAccessKey: 'owner' }
    const firehose = new FirehoseClient({ region: REGION, endpoint: stream.url, credentials: owner })
    await firehose.send(
      new PutRecordCommand({ DeliveryStreamName: stream.name, Record: { Data: Buffer.from(`${GARBAGE}\n`) } }),
    )
    firehose.destroy()
    await stream.deliver()

    for (const key of await filesOf(bucket.dir))
      if (key.startsWith('errors/')) assert.fail(`${key} has ${await readFile(join(bucket.dir, key), 'utf8')}`)
    const rows = await readParquet(cloud)
    assert.equal(rows.length, 4)
    const arrived = { receivedat: Date, clientip: TRUNCATED_IP, useragent: AGENT }
    assertRow(rows, CLICK.itemid, {
      ...CLICK,
      ...arrived,
      createdtime: new Date(CLICK.createdtime),
      attributes: { ...CLICK.attributes, ...factsOf(CLICK.itemid) },
      client: 'default',
    })
    assertRow(rows, 'm-01', {
      ...arrived,
      requestid: String,
      contextid: String,
      callerid: 'MythicalMysfits',
      component: 'mysfit-profile',
      action: 'click',
      type: 'webpage',
      userid: 'GUEST',
      itemid: 'm-01',
      url: null,
      referrer: null,
      createdtime: Date,
      attributes: factsOf('m-01'),
      client: ORIGIN,
    })
  },

  'Athena finds them, and the view shows them': async ({ stream, bucket, deployment }) => {
    for (const key of await filesOf(bucket.dir))
      if (key.endsWith('.parquet')) stream.table.assertFound(`s3://${bucket.name}/${key}`)
    const sql = viewSql(deployment, stream.database)
    const lake = await openLake(bucket.dir)
    try {
      const { rows } = await lake.query(`SELECT client, count(*) AS n FROM (${sql}) GROUP BY client ORDER BY client`)
      assert.deepEqual(
        rows.map(({ client, n }) => [client, Number(n)]),
        [
          ['default', 1],
          [ORIGIN, 3],
        ],
      )
    } finally {
      lake.close()
    }
  },

  'a session’s clicks are one query of the table, and end by themselves': async ({ dynamo, table }) => {
    // Of three clicks in this session: that of the application and two of the page.
    const { Items: items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'contextid = :c',
        ExpressionAttributeValues: { ':c': { S: CLICK.contextid } },
      }),
    )
    assert.deepEqual(items.map(({ requestid }) => requestid?.S).sort(), [CLICK.requestid, 'r-1', 'r-2'].sort())
    const item = items.find(({ requestid }) => requestid?.S === CLICK.requestid)
    assert.equal(item?.client?.S, 'default')
    assert.equal(item?.attributes?.M?.campaign?.S, 'spring')
    const days = (Number(item?.[table.ttl]?.N) - Math.floor(Date.parse(`${item?.receivedat?.S}`) / 1000)) / 86_400
    assert.equal(days, 90)
  },

  'what is no click is kept with its reason': async ({ bucket }) => {
    const [key = '', ...others] = (await filesOf(bucket.dir)).filter((each) => each.startsWith('rejected/'))
    assert.match(key, /^rejected\/dt=\d{4}-\d\d-\d\d\/hour=\d\d\/\w+\.ndjson$/)
    assert.equal(others.length, 0)
    const line = JSON.parse(await readFile(join(bucket.dir, key), 'utf8')) as { data: string; reason: string }
    assert.equal(line.data, GARBAGE)
    assert.notEqual(line.reason, '')
  },
}

/**
 * Runs every step.
 *
 * @param passed called with the name of each step that worked
 * @throws AssertionError with the step's name in its message
 */
export async function runScenario(cloud: Cloud, passed: (name: string) => void = () => undefined): Promise<void> {
  for (const [name, step] of Object.entries(STEPS)) {
    try {
      await step(cloud)
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
    }
    passed(name)
  }
}
