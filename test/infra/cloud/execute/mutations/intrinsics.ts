import { type Mutations, variable } from './mutation.ts'

const FUNCTION = 'AWS::Lambda::Function'
const STREAM = 'AWS::KinesisFirehose::DeliveryStream'
const TASK = 'AWS::ECS::TaskDefinition'
const S3 = 'ExtendedS3DestinationConfiguration'

/** What the resolver must refuse. */
export const INTRINSICS: Mutations = {
  'an intrinsic that is not played': {
    make: (edit) => edit.set(STREAM, '', `${S3} / Prefix`, { 'Fn::If': ['A', 'a/', 'b/'] }),
    caught: /Fn::If is not played/,
  },
  'an import that nobody exports': {
    make: (edit) =>
      edit.set(FUNCTION, 'Transformer', 'Environment / Variables / TABLE_NAME', { 'Fn::ImportValue': 'a' }),
    caught: /No stack exports a/,
  },
  'a reference to nothing': {
    make: (edit) => edit.set(TASK, '', `${variable(edit, 'DELIVERY_STREAM')} / Value`, { Ref: 'Nothing' }),
    caught: /has no resource Nothing/,
  },
  'an attribute that is none': {
    make: (edit) =>
      edit.set(FUNCTION, 'Authorizer', 'Environment / Variables / KEYS_SECRET_ARN', {
        'Fn::GetAtt': [
          (edit.get(FUNCTION, 'Authorizer', 'Environment / Variables / KEYS_SECRET_ARN') as { Ref: string }).Ref,
          'Arn',
        ],
      }),
    caught: /has no attribute Arn/,
  },
}
