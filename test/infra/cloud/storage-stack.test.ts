import { Match } from 'aws-cdk-lib/assertions'
import t from 'tap'
import { COLUMNS, VIEW_SQL } from '../../../infra/pipeline.ts'
import { NAMED_QUERIES } from '../../../infra/queries/queries.ts'
import { StoredClick } from '../../../service/click.ts'
import { only, synthesize } from './synth.ts'

const { storage } = synthesize()

t.test('bucket – private, versioned, encrypted, TLS only; nothing that was not delivered expires', async () => {
  storage.resourceCountIs('AWS::S3::Bucket', 1)
  storage.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      BucketName: Match.absent(),
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpirationInDays: Match.absent() }),
          Match.objectLike({ Prefix: 'replayed/', ExpirationInDays: 30 }),
          Match.objectLike({ Prefix: 'query-results/', ExpirationInDays: 30 }),
        ],
      },
    },
  })
  storage.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  })
})

t.test('catalogue – the columns of a stored click, partitions without a crawler', async (t) => {
  storage.resourceCountIs('AWS::Glue::Crawler', 0)
  const tables = Object.values(storage.findResources('AWS::Glue::Table')).map(({ Properties }) => Properties.TableInput)
  const rows = tables.find(({ Name }) => Name === 'clicks_raw')
  const named = (columns: { Name: string; Type: string }[]) =>
    columns.map(({ Name, Type }) => ({ name: Name, type: Type }))
  t.same(
    named(rows.StorageDescriptor.Columns),
    COLUMNS.map(({ name, type }) => ({ name, type })),
  )
  t.same(
    rows.StorageDescriptor.Columns.map(({ Name }: { Name: string }) => Name),
    Object.keys(StoredClick.properties),
  )
  t.same(named(rows.PartitionKeys), [
    { name: 'dt', type: 'string' },
    { name: 'hour', type: 'int' },
  ])
  t.match(rows.Parameters, {
    'projection.enabled': 'true',
    'projection.dt.type': 'date',
    'projection.dt.format': 'yyyy-MM-dd',
    'projection.dt.range': /,NOW$/,
    'projection.hour.type': 'integer',
    'projection.hour.range': '0,23',
    'projection.hour.digits': '2',
  })
  t.match(JSON.stringify(rows.Parameters['storage.location.template']), /clicks\/dt=\$\{dt\}\/hour=\$\{hour\}\//)
})

t.test('catalogue – the view is SQL that Athena reads back', async (t) => {
  const tables = Object.values(storage.findResources('AWS::Glue::Table')).map(({ Properties }) => Properties.TableInput)
  const view = tables.find(({ Name }) => Name === 'clicks')
  t.equal(view.TableType, 'VIRTUAL_VIEW')
  t.equal(view.Parameters.presto_view, 'true')
  const [, base64] = /^\/\* Presto View: (\S+) \*\/$/.exec(view.ViewOriginalText) ?? []
  const definition = JSON.parse(Buffer.from(base64 ?? '', 'base64').toString())
  t.equal(definition.originalSql, VIEW_SQL)
  t.notMatch(JSON.stringify(definition), /Token/, 'nothing in it is left for CloudFormation to fill in')
  t.equal(definition.schema, (only(storage, 'AWS::Glue::Database').DatabaseInput as { Name: string }).Name)
  t.same(
    definition.columns.map(({ name }: { name: string }) => name),
    view.StorageDescriptor.Columns.map(({ Name }: { Name: string }) => Name),
  )
  t.same(
    new Set(definition.columns.map(({ type }: { type: string }) => type)),
    new Set(['varchar', 'timestamp(3)', 'map(varchar,varchar)', 'integer']),
  )
})

t.test('table – a session is one query, on demand, no index', async (t) => {
  storage.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: {
      TableName: Match.absent(),
      KeySchema: [
        { AttributeName: 'contextid', KeyType: 'HASH' },
        { AttributeName: 'requestid', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresat', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: Match.absent(),
      ProvisionedThroughput: Match.absent(),
    },
  })
  t.pass()
})

t.test('analysis – a workgroup of its own with every named query', async (t) => {
  storage.hasResourceProperties('AWS::Athena::WorkGroup', {
    WorkGroupConfiguration: Match.objectLike({
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: Match.objectLike({ EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } }),
    }),
  })
  const queries = Object.values(storage.findResources('AWS::Athena::NamedQuery')).map(({ Properties }) => Properties)
  t.same(queries.map(({ Name }) => Name).sort(), NAMED_QUERIES.map(({ name }) => name).sort())
  for (const { QueryString, WorkGroup } of queries) t.ok(QueryString && WorkGroup)
})

t.test('keepData=false – everything goes with `destroy`, and the bucket is emptied by a function', async (t) => {
  const { storage: gone, app } = synthesize({ keepData: 'false' })
  for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Glue::Database'])
    gone.hasResource(type, { DeletionPolicy: 'Delete' })
  gone.resourceCountIs('Custom::S3AutoDeleteObjects', 1)
  gone.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false })
  gone.hasResourceProperties('AWS::Athena::WorkGroup', { RecursiveDeleteOption: true })
  storage.resourceCountIs('Custom::S3AutoDeleteObjects', 0)
  t.equal(app.synth().getStackByName('ClicklakeStorage').terminationProtection, false)
})
