/** The Glue catalogue: the columns that Firehose converts to, and where Athena looks for their objects. */
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Column } from '../../../../infra/pipeline.ts'
import { type Deployment, TemplateError } from './resolve.ts'
import { Text } from './schemas.ts'

/** Types that the local conversion knows; `int` is of partitions. */
const ColumnType = Type.Union([Type.Literal('string'), Type.Literal('timestamp'), Type.Literal('map<string,string>')])
const columns = <T extends TSchema>(type: T) =>
  Type.Array(Type.Object({ Name: Text, Type: type, Comment: Type.Optional(Type.String()) }))

const Database = Type.Object({})
const AnyTable = Type.Object({
  DatabaseName: Text,
  TableInput: Type.Object({
    Name: Text,
    TableType: Text,
    ViewOriginalText: Type.Optional(Text),
    StorageDescriptor: Type.Object({ Columns: columns(Text) }),
  }),
})
const ParquetTable = Type.Object({
  DatabaseName: Text,
  TableInput: Type.Object({
    TableType: Type.Literal('EXTERNAL_TABLE'),
    PartitionKeys: columns(Text),
    Parameters: Type.Record(Text, Type.Union([Text, Type.Boolean()])),
    StorageDescriptor: Type.Object({
      Columns: columns(ColumnType),
      Location: Text,
      InputFormat: Type.Literal('org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'),
      SerdeInfo: Type.Object({
        SerializationLibrary: Type.Literal('org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'),
      }),
    }),
  }),
})

export interface GlueTable {
  readonly columns: readonly Column[]
  /** Fails unless Athena's partition projection leads to an object. */
  assertFound(s3Url: string): void
}

/** The table of this name in this database. */
export function glueTable(deployment: Deployment, database: string, table: string): GlueTable {
  deployment.find('AWS::Glue::Database', Database, database)
  const named = deployment
    .all('AWS::Glue::Table', AnyTable)
    .find(({ ref, properties }) => ref === table && properties.DatabaseName === database)
  if (named === undefined) throw new TemplateError(`There is no Glue table ${database}.${table}`)
  const { at, properties } = deployment.find('AWS::Glue::Table', ParquetTable, table)
  const { StorageDescriptor, Parameters, PartitionKeys } = properties.TableInput
  return {
    columns: StorageDescriptor.Columns.map(({ Name, Type, Comment = '' }) => ({
      name: Name,
      type: Type,
      comment: Comment,
    })),
    assertFound(s3Url) {
      if (!s3Url.startsWith(StorageDescriptor.Location))
        throw new TemplateError(`${at} is at ${StorageDescriptor.Location}, and not where ${s3Url} is`)
      const pattern = projectedLocation(at, Parameters, PartitionKeys)
      if (!pattern.test(s3Url)) throw new TemplateError(`${at}: no partition of ${pattern} has ${s3Url}`)
    },
  }
}

/** https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
function projectedLocation(
  at: string,
  parameters: Record<string, string | boolean>,
  keys: readonly { readonly Name: string }[],
): RegExp {
  const parameter = (name: string) => String(parameters[name])
  if (parameter('projection.enabled') !== 'true') throw new TemplateError(`${at}: its partitions are not projected`)
  const location = parameter('storage.location.template').replaceAll(/[.+^()|[\]\\]/g, '\\$&')
  const pattern = keys.reduce((text, { Name }) => {
    const type = parameter(`projection.${Name}.type`)
    const format = parameter(`projection.${Name}.format`)
    const values =
      type === 'date' && format === 'yyyy-MM-dd'
        ? '\\d{4}-\\d\\d-\\d\\d'
        : type === 'integer'
          ? `\\d{${parameter(`projection.${Name}.digits`)}}`
          : undefined
    if (values === undefined) throw new TemplateError(`${at}: the projection of ${Name} is not played`)
    if (!text.includes(`\${${Name}}`)) throw new TemplateError(`${at}: ${location} has no partition ${Name}`)
    return text.replace(`\${${Name}}`, values)
  }, location)
  return new RegExp(`^${pattern}[^/]+$`)
}

/** What Athena reads of a view. https://trino.io/docs/current/connector/hive.html: its definition is JSON in base64. */
const ViewDefinition = Type.Object({
  originalSql: Text,
  catalog: Text,
  schema: Text,
  columns: Type.Array(Type.Object({ name: Text, type: Text })),
})

/**
 * Reads the only view.
 *
 * @returns its SQL
 * @throws unless its names lead to this database, in which Athena looks for tables that the SQL names without one
 */
export function viewSql(deployment: Deployment, database: string): string {
  const views = deployment
    .all('AWS::Glue::Table', AnyTable)
    .filter(({ properties: { TableInput } }) => TableInput.TableType === 'VIRTUAL_VIEW')
  const [view] = views
  if (view === undefined || views.length > 1) throw new TemplateError(`There are ${views.length} views, not one`)
  const { ViewOriginalText = '', StorageDescriptor } = view.properties.TableInput
  const [, base64 = ''] = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec(ViewOriginalText) ?? []
  const definition = Value.Parse(ViewDefinition, JSON.parse(Buffer.from(base64, 'base64').toString()))
  if (definition.catalog !== 'awsdatacatalog' || definition.schema !== database)
    throw new TemplateError(
      `${view.at}: its tables are looked for in ${definition.catalog}.${definition.schema}, and they are in awsdatacatalog.${database}`,
    )
  const declared = StorageDescriptor.Columns.map(({ Name }) => Name).join()
  if (definition.columns.map(({ name }) => name).join() !== declared)
    throw new TemplateError(`${view.at}: its columns differ from ${declared}`)
  return definition.originalSql
}
