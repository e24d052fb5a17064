import type { Mutation, Mutations } from './mutation.ts'

/** What each role may do. */
export const PERMISSIONS: Mutations = {
  ...Object.fromEntries(
    [
      'firehose:PutRecordBatch',
      'dynamodb:BatchWriteItem',
      'secretsmanager:GetSecretValue',
      'lambda:InvokeFunction',
      'glue:GetTableVersions',
      's3:ListBucket',
      's3:PutObject',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ecr:BatchGetImage',
    ].map((action): [string, Mutation] => [
      `nobody may ${action}`,
      { make: (edit) => edit.revoke(action), caught: new RegExp(`not authorized to perform ${action} on`) },
    ]),
  ),
  'the transformer may not write to rejected/': {
    make: (edit) => edit.redirect('s3:PutObject', '/rejected/*', '/reject/*', 'Transformer'),
    caught: /TransformerRole.+s3:PutObject on .+\/rejected\//,
  },
  'the service may not write to spill/': {
    make: (edit) => edit.redirect('s3:PutObject', '/spill/*', '/spilled/*', 'TaskRole'),
    caught: /TaskRole.+s3:PutObject on .+\/spill\//,
  },
  'the service may not write to rejected/': {
    make: (edit) => edit.redirect('s3:PutObject', '/rejected/*', '/reject/*', 'TaskRole'),
    caught: /TaskRole.+s3:PutObject on .+\/rejected\//,
  },
  'Firehose may not write to clicks/': {
    make: (edit) => edit.redirect('s3:PutObject', '/clicks/*', '/click/*'),
    caught: /DeliveryRole.+s3:AbortMultipartUpload on .+\/clicks\//,
  },
  'Firehose may not write to errors/': {
    make: (edit) => edit.redirect('s3:PutObject', '/errors/*', '/error/*'),
    caught: /DeliveryRole.+s3:AbortMultipartUpload on .+\/errors\//,
  },
  'a log group’s ARN has its star twice': {
    make: (edit) => {
      const path = 'PolicyDocument / Statement / 3 / Resource'
      const arn = edit.get('AWS::IAM::Policy', 'DeliveryPolicy', path)
      edit.set('AWS::IAM::Policy', 'DeliveryPolicy', path, { 'Fn::Join': ['', [arn, ':log-stream:*']] })
    },
    caught: /DeliveryRole.+logs:PutLogEvents on/,
  },
  'the bucket denies everybody': {
    make: (edit) => edit.remove('AWS::S3::BucketPolicy', '', 'PolicyDocument / Statement / 0 / Condition'),
    caught: /not authorized to perform s3:GetBucketLocation/,
  },
  'a statement has a condition': {
    make: (edit) =>
      edit.set('AWS::IAM::Policy', 'TaskTaskRole', 'PolicyDocument / Statement / 0 / Condition', {
        Bool: { a: 'true' },
      }),
    caught: /conditions of policies are not played/,
  },
}
