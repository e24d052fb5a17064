import type { Mutations } from './mutation.ts'

const FUNCTION = 'AWS::Lambda::Function'

/** Steps 2 and 8: functions. */
export const FUNCTIONS: Mutations = {
  'the authorizer’s handler is in another file': {
    make: (edit) => edit.set(FUNCTION, 'Authorizer', 'Handler', 'authorizer.handler'),
    caught: /an application sends a click.+500.+Cannot find module 'authorizer'/s,
  },
  'the transformer’s handler is another export': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Handler', 'index.transform'),
    caught: /errors\/processing-failed\/.+index\.transform is undefined or not exported/s,
  },
  'the transformer has the authorizer’s code': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Code / S3Key', edit.get(FUNCTION, 'Authorizer', 'Code / S3Key')),
    caught: /errors\/processing-failed\/.+The authorizer needs KEYS_SECRET_ARN/s,
  },
  'the code is nobody’s': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Code / S3Key', 'a.zip'),
    caught: /No asset is published as a\.zip/,
  },
  'another Node.js': {
    make: (edit) => edit.set(FUNCTION, 'Authorizer', 'Runtime', 'nodejs20.x'),
    caught: /\/Runtime/,
  },
  'the authorizer has no secret': {
    make: (edit) => edit.remove(FUNCTION, 'Authorizer', 'Environment / Variables / KEYS_SECRET_ARN'),
    caught: /an application sends a click.+500.+The authorizer needs KEYS_SECRET_ARN/s,
  },
  'the authorizer knows no origins': {
    make: (edit) => edit.set(FUNCTION, 'Authorizer', 'Environment / Variables / ALLOWED_ORIGINS', ''),
    caught: /a page sends the older site’s profile view.+Forbidden/s,
  },
  'the transformer has no table': {
    make: (edit) => edit.remove(FUNCTION, 'Transformer', 'Environment / Variables / TABLE_NAME'),
    caught: /errors\/processing-failed\/.+The transformer needs TABLE_NAME/s,
  },
  'the transformer has another bucket': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Environment / Variables / BUCKET_NAME', 'clicks'),
    caught: /not authorized to perform s3:PutObject on arn:aws:s3:::clicks\/rejected/,
  },
  'the transformer has no catalogue': {
    make: (edit) => edit.remove(FUNCTION, 'Transformer', 'Environment / Variables / ENRICHMENT_URL'),
    caught: /in the row of m-02 attributes is {"campaign":"spring"}$/,
  },
  'items live for another time': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Environment / Variables / RETENTION_DAYS', '9'),
    caught: /end by themselves/,
  },
  'a variable is Lambda’s own': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Environment / Variables / AWS_REGION', 'us-east-1'),
    caught: /the variable AWS_REGION is Lambda's own/,
  },
  'the transformer may run longer than Firehose waits': {
    make: (edit) => edit.set(FUNCTION, 'Transformer', 'Timeout', 600),
    caught: /five minutes at most/,
  },
}
