import { CfnOutput, Stack } from 'aws-cdk-lib'
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import type { Database } from 'aws-cdk-lib/aws-glue'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { PREFIX } from '../pipeline.ts'
import { NAMED_QUERIES } from '../queries/queries.ts'

export interface AnalysisProps {
  readonly bucket: Bucket
  readonly database: Database
  /** Whether queries and their history outlive `destroy` with the data. */
  readonly keepData: boolean
}

/** Step 10, query: an Athena workgroup of its own, with the questions that everybody asks first. */
export class Analysis extends Construct {
  constructor(scope: Construct, id: string, { bucket, database, keepData }: AnalysisProps) {
    super(scope, id)
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: `${Stack.of(this).stackName}-clicks`,
      description: 'SQL over clicks',
      recursiveDeleteOption: !keepData,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${PREFIX.queryResults}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    })
    for (const { name, description, sql } of NAMED_QUERIES) {
      new CfnNamedQuery(this, name, {
        name,
        description,
        database: database.databaseName,
        workGroup: workGroup.ref,
        queryString: sql,
      })
    }
    const output = (id: string, value: string, description: string) =>
      new CfnOutput(Stack.of(this), id, { value, description })
    output('WorkGroupName', workGroup.ref, 'Athena workgroup')
    output('DatabaseName', database.databaseName, 'Database in the Glue catalogue')
  }
}
