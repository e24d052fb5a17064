/** The Lambda: environment and clients. What it does is in `transform.ts`, which one machine uses too. */
import { S3Client } from '@aws-sdk/client-s3'
import { ENRICHMENT_FIELDS, TRANSFORMER_ENV } from '../pipeline.ts'
import { embedSummary } from './summary.ts'
import { createDynamoDBClient } from './table.ts'
import { createTransformer } from './transform.ts'

const { table, bucket, retentionDays, enrichmentUrl, enrichmentFields } = TRANSFORMER_ENV

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`The transformer needs ${name} in its environment`)
  return value
}

const url = process.env[enrichmentUrl]
const fields = process.env[enrichmentFields] || ENRICHMENT_FIELDS

// Once per Lambda environment: connections and the cache of the catalogue outlive an invocation.
export const handler = createTransformer({
  dynamo: createDynamoDBClient(),
  tableName: required(table),
  s3: new S3Client({}),
  bucket: required(bucket),
  retentionDays: Number(required(retentionDays)),
  ...(url && { enrichment: { url, fields: fields.split(',').map((field) => field.trim()) } }),
  // Not the console, which puts a time and an id before the JSON: CloudWatch finds no metrics in such a line.
  log: (summary) => process.stdout.write(`${JSON.stringify(embedSummary(summary))}\n`),
})
