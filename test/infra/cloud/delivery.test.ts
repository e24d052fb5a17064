import { Match } from 'aws-cdk-lib/assertions'
import t from 'tap'
import { synthesize } from './synth.ts'

const { ingest } = synthesize({ enrichmentUrl: 'https://shop.example/items/{itemid}' })

t.test('stream – settings that the local pipeline has too, and a name of its own', async () => {
  ingest.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
    DeliveryStreamName: Match.absent(),
    DeliveryStreamType: 'DirectPut',
    DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
    ExtendedS3DestinationConfiguration: {
      Prefix: 'clicks/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
      BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 128 },
      CompressionFormat: Match.absent(),
      DataFormatConversionConfiguration: {
        Enabled: true,
        InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: { CaseInsensitive: false } } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
      },
      ProcessingConfiguration: {
        Enabled: true,
        Processors: [
          {
            Type: 'Lambda',
            Parameters: Match.arrayWith([
              { ParameterName: 'BufferIntervalInSeconds', ParameterValue: '60' },
              { ParameterName: 'BufferSizeInMBs', ParameterValue: '1' },
              { ParameterName: 'NumberOfRetries', ParameterValue: '3' },
            ]),
          },
        ],
      },
    },
  })
})

t.test('stream – its role can do no more than it needs', async (t) => {
  const actions = JSON.stringify(ingest.findResources('AWS::IAM::Policy'))
  t.notMatch(actions, /s3:Delete|s3:\*|s3:GetObject\*|s3:List\*|"glue:\*|firehose:\*|dynamodb:\*|lambda:\*/)
  for (const { Properties } of Object.values(ingest.findResources('AWS::IAM::Role'))) t.notOk(Properties.RoleName)
  for (const { Properties } of Object.values(ingest.findResources('AWS::IAM::Policy'))) {
    for (const { Action, Resource } of Properties.PolicyDocument.Statement)
      if (Resource === '*') t.equal(Action, 'ecr:GetAuthorizationToken', 'the one action that knows no resource')
  }
})

t.test('transformer – outside of the VPC, with its settings and nothing else', async (t) => {
  const functions = Object.values(ingest.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties)
  const transformer = functions.find(({ Description }) => /Enriches/.test(Description))
  t.notOk(transformer.VpcConfig)
  t.same(Object.keys(transformer.Environment.Variables).sort(), [
    'BUCKET_NAME',
    'ENRICHMENT_FIELDS',
    'ENRICHMENT_URL',
    'RETENTION_DAYS',
    'TABLE_NAME',
  ])
  t.match(transformer, { Timeout: 300, MemorySize: 1024, Runtime: 'nodejs24.x' })
  const plain = Object.values(synthesize().ingest.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties,
  )
  t.notOk(
    plain.find(({ Description }) => /Enriches/.test(Description)).Environment.Variables.ENRICHMENT_URL,
    'no URL, no enrichment',
  )
})

t.test('logs – every group ends', async (t) => {
  const groups = Object.values(ingest.findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties)
  t.equal(groups.length, 5)
  for (const { RetentionInDays } of groups) t.equal(RetentionInDays, 30)
})
