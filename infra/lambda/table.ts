/** Writes clicks to DynamoDB: all that can be written, and says which could not. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import type { StoredClick } from '../../service/click.ts'
import { type Item, keyOfItem, toItem, withoutDuplicates } from './items.ts'
import { count, errorName, type Tally } from './tally.ts'

/**
 * Items a call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html. Its 16 MB a
 * call and 400 KB an item are out of reach: the longest click that the schema takes is less than 300 KB as JSON, and 25
 * of these are less than 8 MB (a test computes it).
 */
const BATCH = 25

/** One kept-alive client for the whole process. The writer tries again by itself, so the SDK does not. */
export function createDynamoDBClient(overrides: DynamoDBClientConfig = {}): DynamoDBClient {
  const dynamo = new DynamoDBClient({ maxAttempts: 1, ...overrides })
  // It copies every item for a logger, also where there is none: a quarter of the CPU time that the transformer takes.
  dynamo.middlewareStack.remove('loggerMiddleware')
  return dynamo
}

export interface TableOptions {
  readonly dynamo: DynamoDBClient
  readonly tableName: string
  /** Days after `receivedat` until DynamoDB may delete a click. */
  readonly retentionDays: number
}

export interface TableLimits {
  /** Calls at once. */
  readonly concurrency: number
  /** After it, a call counts as failed. The SDK alone would wait for as long as the Lambda lives. */
  readonly callMs: number
  /** Tries of one batch, after which what is left of it has failed. */
  readonly tries: number
  /** No call starts later than this after the first. Well within a Lambda's five minutes. */
  readonly budgetMs: number
  /** Back-off is a random time up to this, doubled with every try, and up to `maxDelayMs`. */
  readonly delayMs: number
  readonly maxDelayMs: number
}

export const TABLE_LIMITS: TableLimits = {
  concurrency: 8,
  callMs: 10_000,
  tries: 12,
  budgetMs: 45_000,
  delayMs: 50,
  maxDelayMs: 5_000,
}

export interface Written {
  /** Items written. */
  readonly items: number
  /** Clicks that share their key with one that was written instead. */
  readonly duplicates: number
  /** Keys, as of `keyOf`, that could not be written. */
  readonly failed: ReadonlySet<string>
  /** Names of the errors on the way, also of those that a later try overcame. */
  readonly errors: Tally
}

export type Write = (clicks: readonly StoredClick[]) => Promise<Written>

/** The write never rejects: what could not be written is in its result. */
export function createTable(
  { dynamo, tableName, retentionDays }: TableOptions,
  limits: TableLimits = TABLE_LIMITS,
): Write {
  return async (clicks) => {
    const items = [...withoutDuplicates(clicks).values()].map((click) => toItem(click, retentionDays))
    const errors: Tally = {}
    const deadline = performance.now() + limits.budgetMs

    /** @returns the items that DynamoDB left for later; rejects with the SDK's error */
    async function put(batch: readonly Item[]): Promise<Item[]> {
      const { UnprocessedItems = {} } = await dynamo.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
        { abortSignal: AbortSignal.timeout(limits.callMs) },
      )
      return (UnprocessedItems[tableName] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item === undefined ? [] : [PutRequest.Item],
      )
    }

    /** @returns the items that could not be written */
    async function write(batch: readonly Item[]): Promise<readonly Item[]> {
      let left = batch
      for (let tried = 1; performance.now() < deadline; tried += 1) {
        try {
          left = await put(left)
          if (left.length === 0) return left
          count(errors, 'UnprocessedItems')
        } catch (error) {
          count(errors, errorName(error))
          if (isPoison(error) && left.length > 1) return writeAlone(left)
          if (isFinal(error)) return left
        }
        if (tried >= limits.tries) break
        await sleep(Math.random() * Math.min(limits.maxDelayMs, limits.delayMs * 2 ** (tried - 1)))
      }
      return left
    }

    /** One invalid item fails a whole call: alone, it fails only itself. */
    async function writeAlone(batch: readonly Item[]): Promise<readonly Item[]> {
      return (await pMap(batch, (item) => write([item]), { concurrency: limits.concurrency })).flat()
    }

    const failed = (await pMap(batches(items), write, { concurrency: limits.concurrency })).flat()
    return {
      items: items.length - failed.length,
      duplicates: clicks.length - items.length,
      failed: new Set(failed.map(keyOfItem)),
      errors,
    }
  }
}

function* batches(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH)
}

const isPoison = (error: unknown) => errorName(error) === 'ValidationException'

/** Client errors that pass: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const PASSING = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException'])

/** An error that another try would only repeat. Time-outs and broken connections are no service exceptions. */
function isFinal(error: unknown): boolean {
  return error instanceof DynamoDBServiceException && error.$fault === 'client' && !PASSING.has(error.name)
}
