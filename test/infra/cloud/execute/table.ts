/** DynamoDB: the template's table, in the local one. */
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { Type } from '@sinclair/typebox'
import type { Deployment } from './resolve.ts'
import { strict, Text } from './schemas.ts'

const Table = strict({
  KeySchema: Type.Array(
    strict({ AttributeName: Text, KeyType: Type.Union([Type.Literal('HASH'), Type.Literal('RANGE')]) }),
  ),
  AttributeDefinitions: Type.Array(
    strict({
      AttributeName: Text,
      AttributeType: Type.Union([Type.Literal('S'), Type.Literal('N'), Type.Literal('B')]),
    }),
  ),
  BillingMode: Type.Literal('PAY_PER_REQUEST'),
  TimeToLiveSpecification: strict({ AttributeName: Text, Enabled: Type.Literal(true) }),
  // Of no effect on what is written.
  PointInTimeRecoverySpecification: Type.Unknown(),
  DeletionProtectionEnabled: Type.Boolean(),
})

export interface CreatedTable {
  readonly name: string
  /** The attribute that DynamoDB deletes by. */
  readonly ttl: string
}

/** Makes the template's only table. */
export async function createTable(deployment: Deployment, client: DynamoDBClient): Promise<CreatedTable> {
  const { ref: TableName, properties } = deployment.only('AWS::DynamoDB::Table', Table)
  const { KeySchema, AttributeDefinitions, BillingMode, TimeToLiveSpecification } = properties
  await client.send(new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode }))
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 }, { TableName })
  return { name: TableName, ttl: TimeToLiveSpecification.AttributeName }
}
