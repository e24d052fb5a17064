import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FirehoseClient } from '@aws-sdk/client-firehose'
import type { Test } from 'tap'
import { createFirehoseClient } from '../../service/delivery/firehose.ts'

/** What the stub does with a call: for each record accept it or name the error, or answer in its own way. */
export type Behave = (
  texts: readonly string[],
  call: number,
  response: ServerResponse,
) => (string | undefined)[] | 'answered' | Promise<(string | undefined)[] | 'answered'>

export interface FirehoseStub {
  readonly url: string
  /** Texts of the records of each call, accepted or not. */
  readonly calls: string[][]
  /** Texts of the records that were accepted. */
  readonly accepted: string[]
  /** Clicks in them. */
  clicks(): Record<string, unknown>[]
  /** A client of the service for this stub, with `put`'s own settings. */
  client(): FirehoseClient
}

const accept: Behave = (texts) => texts.map(() => undefined)

/** A server that speaks PutRecordBatch of Firehose's protocol and fails as it is told. Stopped with the test. */
export async function startFirehoseStub(t: Test, behave: Behave = accept): Promise<FirehoseStub> {
  const calls: string[][] = []
  const accepted: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { Records } = JSON.parse(Buffer.concat(chunks).toString()) as { Records: { Data: string }[] }
    const texts = Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())
    calls.push(texts)
    const outcome = await behave(texts, calls.length, response)
    if (outcome === 'answered') return
    accepted.push(...texts.filter((_, index) => outcome[index] === undefined))
    answer(response, 200, {
      FailedPutCount: outcome.filter((error) => error !== undefined).length,
      RequestResponses: outcome.map((error, index) =>
        error === undefined ? { RecordId: `record-${index}` } : { ErrorCode: error, ErrorMessage: 'Slow down.' },
      ),
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    calls,
    accepted,
    clicks: () =>
      accepted.flatMap((text) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    client() {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
      const client = createFirehoseClient({ region: 'us-east-1', endpoint: url, credentials })
      t.teardown(() => client.destroy())
      return client
    },
  }
}

/** Answers as an AWS JSON 1.1 service. */
export function answer(response: ServerResponse, status: number, body: unknown): 'answered' {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
  return 'answered'
}
