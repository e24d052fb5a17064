import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import {
  CfnTable,
  Database,
  DataFormat,
  PartitionProjectionConfiguration,
  S3Table,
  S3TableStorage,
  Schema,
} from 'aws-cdk-lib/aws-glue'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { COLUMNS, type Column, LAKE, PARTITION_COLUMNS, PREFIX, TABLE, VIEW_SQL } from '../pipeline.ts'
import { Analysis } from './analysis.ts'
import type { DeploymentOptions } from './options.ts'

export interface StorageStackProps extends StackProps {
  readonly options: DeploymentOptions
}

/** What is kept: the bucket, the catalogue and the table. It outlives the pipeline, and `destroy` unless told otherwise. */
export class StorageStack extends Stack {
  readonly bucket: Bucket
  /** The Glue table of all rows, in the form that Firehose takes its columns from. */
  readonly rows: CfnTable
  readonly table: Table

  constructor(scope: Construct, id: string, { options, ...props }: StorageStackProps) {
    super(scope, id, props)
    const { keepData } = options
    const removalPolicy = keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy,
      // So that clean-up needs no person: a function empties the bucket before it goes.
      autoDeleteObjects: !keepData,
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(7) },
        // What was put back is in clicks/. What was not, in spill/ and errors/, never expires.
        { prefix: PREFIX.replayed, expiration: Duration.days(30) },
        { prefix: PREFIX.queryResults, expiration: Duration.days(30) },
      ],
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Access logs of a lake would be larger than the lake; CloudTrail data events show who read what where that is needed.',
    })

    const database = new Database(this, 'Database', {
      databaseName: this.#databaseName,
      description: 'Clicks of Clicklake',
      removalPolicy,
    })
    this.rows = this.#defineRows(database)
    this.#defineView(database)

    this.table = new Table(this, 'Table', {
      partitionKey: { name: TABLE.hash, type: AttributeType.STRING },
      sortKey: { name: TABLE.range, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TABLE.ttl,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy,
    })

    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName, description: 'Bucket of the lake' })
    new CfnOutput(this, 'TableName', { value: this.table.tableName, description: 'DynamoDB table of clicks' })
    new Analysis(this, 'Analysis', { bucket: this.bucket, database, keepData })
  }

  /** The view's text holds it in base64, so it must be known before the deployment: a name that CloudFormation makes up is not. */
  get #databaseName(): string {
    return this.stackName.toLowerCase()
  }

  /** All rows. Partitions are projected from the query, so that a new hour can be queried without a crawler. */
  #defineRows(database: Database): CfnTable {
    const table = new S3Table(this, 'Rows', {
      database,
      tableName: LAKE.rows,
      description: 'All clicks as Firehose delivered them, duplicates included',
      storage: S3TableStorage.fromBucket(this.bucket),
      s3Prefix: PREFIX.clicks,
      dataFormat: DataFormat.PARQUET,
      columns: COLUMNS.map(glueColumn),
      partitionKeys: PARTITION_COLUMNS.map(({ name, type, comment }) => ({ name, type: GLUE_TYPES[type], comment })),
      partitionProjection: {
        dt: PartitionProjectionConfiguration.date({ min: '2025-01-01', max: 'NOW', format: 'yyyy-MM-dd' }),
        hour: PartitionProjectionConfiguration.integer({ min: 0, max: 23, digits: 2 }),
      },
      parameters: {
        'storage.location.template': `s3://${this.bucket.bucketName}/${PREFIX.clicks}dt=\${dt}/hour=\${hour}/`,
      },
    })
    return table.node.defaultChild as CfnTable
  }

  /** A view as Athena writes one: its text and columns in JSON, in base64, in a comment. */
  #defineView(database: Database): void {
    const columns = [...COLUMNS, ...PARTITION_COLUMNS]
    const definition = {
      originalSql: VIEW_SQL,
      catalog: 'awsdatacatalog',
      schema: this.#databaseName,
      columns: columns.map(({ name, type }) => ({ name, type: PRESTO_TYPES[type] })),
    }
    new CfnTable(this, 'View', {
      catalogId: this.account,
      databaseName: database.databaseName,
      tableInput: {
        name: LAKE.view,
        description: 'One row for each click of a day, the one received first',
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: 'Presto View' },
        viewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`,
        viewExpandedText: '/* Presto View */',
        storageDescriptor: {
          columns: columns.map(({ name, type, comment }) => ({ name, type, comment })),
          serdeInfo: {},
        },
      },
    }).addResourceDependency(this.rows)
  }
}

const GLUE_TYPES = {
  string: Schema.STRING,
  int: Schema.INTEGER,
  timestamp: Schema.TIMESTAMP,
  'map<string,string>': Schema.map(Schema.STRING, Schema.STRING),
} as const

/** A view says its types in Athena's own words. */
const PRESTO_TYPES = {
  string: 'varchar',
  int: 'integer',
  timestamp: 'timestamp(3)',
  'map<string,string>': 'map(varchar,varchar)',
} as const

const glueColumn = ({ name, type, comment }: Column) => ({ name, type: GLUE_TYPES[type], comment })
