import { column, type Mutations } from './mutation.ts'

const GLUE = 'AWS::Glue::Table'
const STREAM = 'AWS::KinesisFirehose::DeliveryStream'
const TABLE = 'AWS::DynamoDB::Table'
const S3 = 'ExtendedS3DestinationConfiguration'

/** Steps 8 to 10: stream, catalogue and table. */
export const DELIVERY: Mutations = {
  'a column has another type': {
    make: (edit) => edit.set(GLUE, 'Rows', `${column(edit, 'receivedat')} / Type`, 'string'),
    caught: /in the row of m-02 receivedat is "/,
  },
  'a column has a type that is not known': {
    make: (edit) => edit.set(GLUE, 'Rows', `${column(edit, 'attributes')} / Type`, 'struct<a:string>'),
    caught: /\/Columns\/\d+\/Type/,
  },
  'a column is missing': {
    make: (edit) => edit.remove(GLUE, 'Rows', column(edit, 'client')),
    caught: /in the row of m-02 client is undefined/,
  },
  'a column has another name': {
    make: (edit) => edit.set(GLUE, 'Rows', `${column(edit, 'userid')} / Name`, 'user'),
    caught: /in the row of m-02 user is null, userid is undefined/,
  },
  'the stream takes its columns from the view': {
    make: (edit) =>
      edit.set(STREAM, '', `${S3} / DataFormatConversionConfiguration / SchemaConfiguration / TableName`, 'clicks'),
    caught: /ClicklakeStorage\.View.+PartitionKeys/,
  },
  'the stream takes its columns from another database': {
    make: (edit) =>
      edit.set(STREAM, '', `${S3} / DataFormatConversionConfiguration / SchemaConfiguration / DatabaseName`, 'other'),
    caught: /There is no AWS::Glue::Database other/,
  },
  'the stream has its role’s name and not its ARN': {
    make: (edit) => {
      const { 'Fn::GetAtt': [Ref] = [] } = edit.get(STREAM, '', `${S3} / RoleARN`) as { 'Fn::GetAtt'?: string[] }
      edit.set(STREAM, '', `${S3} / RoleARN`, { Ref })
    },
    caught: /There is no AWS::IAM::Role with the ARN ClicklakeIngest-DeliveryRole/,
  },
  'no conversion': {
    make: (edit) => edit.remove(STREAM, '', `${S3} / DataFormatConversionConfiguration`),
    caught: /DataFormatConversionConfiguration/,
  },
  'names of keys are folded': {
    make: (edit) =>
      edit.set(
        STREAM,
        '',
        `${S3} / DataFormatConversionConfiguration / InputFormatConfiguration / Deserializer / OpenXJsonSerDe / CaseInsensitive`,
        true,
      ),
    caught: /CaseInsensitive/,
  },
  'the stream is made before its role may anything': {
    make: (edit) => edit.free(STREAM, ''),
    caught: /does not depend on what lets its role s3:GetBucketLocation/,
  },
  'the buffer is too small for conversion': {
    make: (edit) => edit.set(STREAM, '', `${S3} / BufferingHints / SizeInMBs`, 32),
    caught: /SizeInMBs/,
  },
  'the prefix has the week-year': {
    make: (edit) => edit.set(STREAM, '', `${S3} / Prefix`, 'clicks/dt=!{timestamp:YYYY-MM-dd}/hour=!{timestamp:HH}/'),
    caught: /unknown time field YYYY/,
  },
  'the prefix has other partitions': {
    make: (edit) => edit.set(STREAM, '', `${S3} / Prefix`, 'clicks/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/'),
    caught: /no partition of/,
  },
  'the prefix is elsewhere': {
    make: (edit) => edit.set(STREAM, '', `${S3} / Prefix`, 'lake/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/'),
    caught: /not authorized to perform s3:AbortMultipartUpload on .*\/lake\//,
  },
  'the error prefix has no type': {
    make: (edit) => edit.set(STREAM, '', `${S3} / ErrorOutputPrefix`, 'errors/!{timestamp:yyyy}/'),
    caught: /!\{firehose:error-output-type\} is missing/,
  },
  'another function transforms': {
    make: (edit) => {
      const parameters = `${S3} / ProcessingConfiguration / Processors / 0 / Parameters / 1`
      const { 'Fn::GetAtt': [id] = [] } = edit.get('AWS::Lambda::Permission', 'Apikey', 'FunctionName') as {
        'Fn::GetAtt'?: string[]
      }
      edit.set(STREAM, '', `${parameters} / ParameterValue`, { 'Fn::GetAtt': [id, 'Arn'] })
    },
    caught: /not authorized to perform lambda:InvokeFunction/,
  },
  'Athena looks in another place': {
    make: (edit) =>
      edit.set(GLUE, 'Rows', 'TableInput / Parameters / storage.location.template', 's3://bucket/clicks/'),
    caught: /has no partition dt/,
  },
  'Athena looks for hours of one digit': {
    make: (edit) => edit.set(GLUE, 'Rows', 'TableInput / Parameters / projection.hour.digits', '1'),
    caught: /no partition of/,
  },
  'the view’s database is a token that was not resolved': {
    make: (edit) => {
      const text = String(edit.get(GLUE, 'View', 'TableInput / ViewOriginalText'))
      const [, base64 = ''] = /: (.+) \*\//.exec(text) ?? []
      const definition = JSON.parse(Buffer.from(base64, 'base64').toString()) as object
      const wrong = Buffer.from(JSON.stringify({ ...definition, schema: 'Token[TOKEN.1]' })).toString('base64')
      edit.set(GLUE, 'View', 'TableInput / ViewOriginalText', text.replace(base64, wrong))
    },
    caught: /looked for in awsdatacatalog\.Token/,
  },
  'the table’s keys are swapped': {
    make: (edit) => {
      const keys = edit.get(TABLE, '', 'KeySchema') as { AttributeName: string; KeyType: string }[]
      const [hash, range] = keys.map(({ AttributeName }) => AttributeName)
      edit.set(TABLE, '', 'KeySchema', [
        { AttributeName: range, KeyType: 'HASH' },
        { AttributeName: hash, KeyType: 'RANGE' },
      ])
    },
    caught: /a session’s clicks are one query/,
  },
  'a key of the table is a number': {
    make: (edit) => edit.set(TABLE, '', 'AttributeDefinitions / 0 / AttributeType', 'N'),
    caught: /errors\/processing-failed\//,
  },
  'the table has one key': {
    make: (edit) => {
      edit.remove(TABLE, '', 'KeySchema / 1')
      edit.remove(TABLE, '', 'AttributeDefinitions / 1')
    },
    caught: /a session’s clicks are one query/,
  },
  'the table deletes by another attribute': {
    make: (edit) => edit.set(TABLE, '', 'TimeToLiveSpecification / AttributeName', 'ttl'),
    caught: /NaN !== 90/,
  },
}
