/** The shape of the older system's transformer: one click a record, one PutItem after another. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { FirehoseTransformationResult, TransformedRecord } from '../../../infra/lambda/firehose-event.ts'
import { toItem } from '../../../infra/lambda/items.ts'
import { createDynamoDBClient } from '../../../infra/lambda/table.ts'
import type { Transformer } from '../../../infra/lambda/transform.ts'

/** With the client, the connections and the items of the new one, so that only the shape differs. */
export function createOlder(tableName: string, retentionDays: number): Transformer {
  const dynamo = createDynamoDBClient()
  return async ({ records }): Promise<FirehoseTransformationResult> => {
    const transformed: TransformedRecord[] = []
    for (const { recordId, data } of records) {
      const click = JSON.parse(Buffer.from(data, 'base64').toString())
      await dynamo.send(new PutItemCommand({ TableName: tableName, Item: toItem(click, retentionDays) }))
      transformed.push({ recordId, result: 'Ok', data })
    }
    return { records: transformed }
  }
}
